"""An invitation's letter as a mail: text, HTML and the iCalendar object, in the office's language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from meetinghub.calendars import ical, itip
from meetinghub.calendars.itip import Answer, Letter, Method, Told
from meetinghub.calendars.model import Part, Planned, Sitting
from meetinghub.calendars.phrases import entry, part_text
from meetinghub.calendars.viewing import sitting
from meetinghub.mail.links import Link, Links
from meetinghub.mail.message import Owed, Sender
from meetinghub.meetings.lifecycle import State
from meetinghub.words import Words

PURPOSE = "rsvp"
_TEMPLATES = Path(__file__).parent / "templates"
Row = tuple[str, str, bool]
"""Name, value, and whether it is what the reader looks for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A letter in words."""

    subject: str
    kind: str
    lead: str
    rows: tuple[Row, ...]
    items: tuple[str, ...]
    foot: tuple[str, ...]
    link: str


class InvitationLetters:
    """``address`` is the installation's, without a slash; ``sender`` is the organiser of every meeting."""

    def __init__(self, words: Words, address: str, sender: Sender, links: Links) -> None:
        self._, self._address, self._sender, self._links = words, address, sender, links
        self.domain = urlsplit(address).hostname or "localhost"

    def uid(self, meeting: int) -> str:
        return ical.uid(meeting, self.domain)

    def mail(self, letter: Letter, meeting: Planned, *, reply_to: str, now: datetime) -> Owed:
        sequence, who = letter.sequence, letter.invitee
        uid = letter.before.uid if letter.before else self.uid(meeting.id)
        shown = _shown(meeting, who.told)
        said = self._said(letter, meeting, shown)
        return Owed(
            key=f"invitation:{meeting.id}:{_digest(who.address)}:{sequence}",
            to=who.address,
            to_name=who.name,
            subject=said.subject,
            text=self._text(said),
            html=self._html(said, meeting.title, off=letter.method is Method.CANCEL),
            calendar=self._calendar(letter, shown, uid, now),
            order_key=uid,
            not_after=who.told.ends_at,
            reply_to=reply_to,
        )

    def _calendar(self, letter: Letter, shown: Sitting, uid: str, now: datetime) -> str:
        made = entry(self._, shown, domain=self.domain, address=self._address)
        off = letter.method is Method.CANCEL
        summary = self._("calendar.cancelled_title", title=shown.title) if off else shown.title
        event = ical.Entry(
            uid=uid,
            sequence=letter.sequence,
            stamp=now,
            starts_at=made.starts_at,
            ends_at=made.ends_at,
            summary=summary,
            location=made.location,
            description=made.description,
            url=made.url,
            cancelled=off,
        )
        before = letter.before
        answered = before.answer if before is not None and before.answered_for == shown.starts_at else Answer.NONE
        return itip.written(
            letter.method,
            event,
            letter.invitee,
            answer=answered,
            organizer=self._sender.address,
            organizer_name=self._sender.name,
        )

    def _said(self, letter: Letter, meeting: Planned, shown: Sitting) -> Said:
        _, who, told = self._, letter.invitee, letter.invitee.told
        what = _what(letter, shown)
        values = {"name": who.name, "title": meeting.title, "host": meeting.host}
        before = letter.before.invitee.told if letter.changed and letter.before else None
        if before is not None:
            values["what"] = _("page.comma").join(_(f"calendar.change_{each}") for each in _changes(before, told))
        lead = _(f"calendar.lead_{what}", **values)
        if before is not None and meeting.final:
            lead += _("calendar.lead_final")
        reasons = _reasons(letter, meeting)
        if reasons:
            lead += _("calendar.lead_reason", reason=_("calendar.reasons").join(reasons))
        when = f"{_.day(told.starts_at)} {_.span(told.starts_at, told.ends_at)}"
        coming = letter.method is Method.REQUEST
        return Said(
            subject=_(
                f"calendar.subject_{what}",
                title=meeting.title,
                when=f"{_.day(told.starts_at)} {_.time(told.starts_at)}",
            ),
            kind=_(f"calendar.kind_{what}"),
            lead=lead,
            rows=tuple(self._rows(told, before, when, meeting, coming=coming)),
            items=tuple(self._items(shown)) if coming else (),
            foot=tuple(self._foot(meeting, coming=coming)),
            link=self.link(meeting.id, letter) if coming else "",
        )

    def _rows(self, told: Told, before: Told | None, when: str, meeting: Planned, *, coming: bool) -> list[Row]:
        _ = self._
        found = [(_("calendar.when"), when, True)]
        if before is not None and (before.starts_at, before.ends_at) != (told.starts_at, told.ends_at):
            found.append(
                (_("calendar.before"), f"{_.day(before.starts_at)} {_.span(before.starts_at, before.ends_at)}", False)
            )
        if coming:
            found += [(_("calendar.yours"), _own(_, each), True) for each in told.parts]
        if coming and before is not None and before.parts != told.parts:
            whole = [Part(before.starts_at, before.ends_at)]
            was = [each for each in before.parts if each not in told.parts] if before.parts else whole
            if was:
                found.append((_("calendar.before"), _("page.comma").join(_own(_, each) for each in was), False))
        found.append((_("calendar.where"), _("calendar.place", place=meeting.place, sites=len(meeting.seats)), False))
        if before is not None and before.place != told.place:
            found.append((_("calendar.before"), before.place, False))
        found.append((_("calendar.held_by"), meeting.host, False))
        return found

    def _items(self, shown: Sitting) -> list[str]:
        _ = self._
        return [
            _("calendar.item", span=_.span(each.starts_at, each.ends_at), title=each.title, department=each.department)
            for each in shown.items
        ]

    def _foot(self, meeting: Planned, *, coming: bool) -> list[str]:
        _ = self._
        found = [_("calendar.foot_link")] if coming else []
        found.append(_("calendar.foot_page", address=f"{self._address}/meetings/{meeting.id}"))
        if meeting.phone:
            found.append(_("calendar.phone", phone=meeting.phone))
        return found

    def link(self, meeting: int, letter: Letter) -> str:
        """Good until the meeting begins."""
        who = letter.invitee
        made = Link(PURPOSE, f"{meeting}:{letter.sequence}", who.address, who.told.starts_at)
        return f"{self._address}/rsvp/{self._links.token(made)}"

    def _text(self, said: Said) -> str:
        _ = self._
        found = [said.lead, *(_("calendar.row", name=name, value=value) for name, value, _strong in said.rows)]
        if said.link:
            found.append(_("calendar.answer_here", link=said.link))
        if said.items:
            found.append("\n".join([_("calendar.agenda"), *said.items]))
        return "\n\n".join([*found, "\n".join(said.foot)])

    def _html(self, said: Said, title: str, *, off: bool) -> str:
        return _template().render(
            language=self._.language,
            subject=said.subject,
            kind=said.kind,
            title=title,
            lead=said.lead,
            rows=said.rows,
            items=said.items,
            agenda=self._("calendar.agenda_head"),
            foot=said.foot,
            link=said.link,
            link_text=self._("calendar.answer"),
            off=off,
        )


def _what(letter: Letter, shown: Sitting) -> str:
    if letter.method is Method.CANCEL:
        return "cancelled" if shown.cancelled else "released"
    return "changed" if letter.changed else "invited"


def _changes(before: Told, after: Told) -> list[str]:
    """What of it is another, the most urgent first; whose part merely moved with the start is told of the start."""
    found = []
    if before.starts_at != after.starts_at:
        found.append("start")
    if before.place != after.place:
        found.append("place")
    by = after.starts_at - before.starts_at
    moved = (replace(each, starts_at=each.starts_at + by, ends_at=each.ends_at + by) for each in before.parts)
    if tuple(moved) != after.parts:
        found.append("part")
    if not found and before.ends_at != after.ends_at:
        found.append("end")
    return found


def _reasons(letter: Letter, meeting: Planned) -> list[str]:
    """Of a new time or of calling off; of the agenda's changes since the letter before."""
    before = letter.before
    if before is None or not before.standing:
        return []
    if meeting.state is State.CANCELLED or before.invitee.told.starts_at != letter.invitee.told.starts_at:
        return [meeting.reason] if meeting.reason else []
    since = [why for at, why in meeting.arranged if before.told_at is None or at > before.told_at]
    return list(dict.fromkeys(since))


def _shown(meeting: Planned, told: Told) -> Sitting:
    return sitting(meeting, told.parts)


def _own(words: Words, part: Part) -> str:
    """Behind the words "your part" a reader's own needs its times only."""
    return part_text(words, part) if part.role else words.span(part.starts_at, part.ends_at)


def _digest(address: str) -> str:
    """Of an address, because keys of mails are short and stand in lists."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


@cache
def _template() -> Template:
    loader = FileSystemLoader(_TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return made.get_template("invitation.html")
