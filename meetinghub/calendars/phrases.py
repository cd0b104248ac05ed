"""A sitting in words, for calendars and mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetinghub.calendars import ical
from meetinghub.calendars.ical import Entry
from meetinghub.calendars.model import Part, Sitting
from meetinghub.words import Words


def entry(words: Words, sitting: Sitting, *, domain: str, address: str, more: Sequence[str] = ()) -> Entry:
    """``domain`` makes the UID the installation's own; ``address`` is the pages', without a slash."""
    _ = words
    title = _("calendar.cancelled_title", title=sitting.title) if sitting.cancelled else sitting.title
    return Entry(
        uid=ical.uid(sitting.meeting, domain),
        sequence=sitting.revision,
        stamp=sitting.changed_at,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        summary=title,
        location=sitting.place,
        description="\n".join([*said(words, sitting), *more]),
        url=f"{address}/meetings/{sitting.meeting}",
        cancelled=sitting.cancelled,
    )


def said(words: Words, sitting: Sitting) -> list[str]:
    """The reader's part first; then why it is off, who holds it, the agenda, whom to call."""
    _ = words
    found = [part_text(words, part) for part in sitting.parts]
    if sitting.reason:
        found.append(_("calendar.cancelled_why" if sitting.cancelled else "calendar.moved_why", reason=sitting.reason))
    found.append(_("calendar.host", host=sitting.host))
    if sitting.items:
        found.append(_("calendar.agenda"))
        found += [
            _("calendar.item", span=_.span(each.starts_at, each.ends_at), title=each.title, department=each.department)
            for each in sitting.items
        ]
    if sitting.phone:
        found.append(_("calendar.phone", phone=sitting.phone))
    return found


def part_text(words: Words, part: Part) -> str:
    """您的部分 14:00–14:25, or whose it is."""
    span = words.span(part.starts_at, part.ends_at)
    if not part.role:
        return words("calendar.part", span=span)
    return words("calendar.part_of", who=group(words, part), span=span)


def group(words: Words, part: Part) -> str:
    """书记 · 民政条线."""
    return words("agenda.line", line=part.line) if part.line else words(f"role.{part.role}")


def moment(words: Words, at: datetime) -> str:
    return f"{words.day(at)} {words.time(at)}"
