"""One meeting for one committee's calendar: a published object (RFC 5546, 3.2.1), from when to when it is needed."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session as Db

from meetinghub.calendars import ical, phrases, viewing
from meetinghub.calendars.model import Kind, Scope
from meetinghub.calendars.planned import planned, viewer
from meetinghub.calendars.ports import Parts
from meetinghub.errors import NotFound
from meetinghub.ids import CommitteeId
from meetinghub.words import Words


def calendar_of(
    db: Db, meeting: int, committee: CommitteeId, parts: Parts, *, words: Words, domain: str, address: str
) -> str:
    """As the meeting stands now; a cancelled one says so. Raises :class:`NotFound` when the committee is not asked any
    more. ``address`` is the pages', without a slash."""
    found = planned(db, among=[meeting])
    whose = viewer(db, Scope(Kind.COMMITTEE, str(committee)))
    sitting = viewing.seen(found[0], whose, parts) if found and whose else None
    if sitting is None:
        raise NotFound("link.bad")
    entry = phrases.entry(words, sitting, domain=domain, address=address)
    if sitting.parts:
        first = min(each.starts_at for each in sitting.parts)
        last = max(each.ends_at for each in sitting.parts)
        entry = replace(entry, starts_at=first, ends_at=last)
    made = ical.calendar("PUBLISH")
    made.add_component(ical.event(entry))
    return ical.text_of(made)
