"""Invitations by iTIP (RFC 5546) over mail (RFC 6047): who is owed which letter, and the object in it.

Each recipient has an object of their own with nobody else in it, all of one UID. What a letter must follow are changes
of time, place or the recipient's own part; anything else waits for the next letter or is read on the page. SEQUENCE
counts one recipient's letters, so it grows with every one of them (RFC 5546, 2.1.4).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from icalendar import Calendar, vCalAddress, vText

from meetinghub.calendars import ical
from meetinghub.calendars.ical import Entry
from meetinghub.calendars.model import Part
from meetinghub.ledger.fact import utc_moment, utc_text


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Answer(StrEnum):
    """``DEPUTY``: somebody else comes instead."""

    NONE = ""
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    DEPUTY = "deputy"


PARTSTAT = {
    Answer.NONE: "NEEDS-ACTION",
    Answer.ACCEPTED: "ACCEPTED",
    Answer.TENTATIVE: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
    Answer.DEPUTY: "DECLINED",  # DELEGATED would have to name the deputy's mail address
}


@dataclass(frozen=True, slots=True)
class Told:
    """What of a meeting matters to one recipient; a letter is owed when it is not what the last one said."""

    starts_at: datetime
    ends_at: datetime
    place: str
    parts: tuple[Part, ...] = ()

    def dumps(self) -> str:
        parts = [[utc_text(each.starts_at), utc_text(each.ends_at), each.role, each.line] for each in self.parts]
        values = [utc_text(self.starts_at), utc_text(self.ends_at), self.place, parts]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def loads(cls, text: str) -> Told:
        starts_at, ends_at, place, parts = json.loads(text)
        read = (Part(utc_moment(start), utc_moment(end), role, line) for start, end, role, line in parts)
        return cls(utc_moment(starts_at), utc_moment(ends_at), place, tuple(read))


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who is wanted. ``address`` is in lower case, one invitation each; ``heads``: how many people read it.

    ``unit``: a committee's or department's mailbox, not a person's.
    """

    address: str
    name: str
    unit: bool
    heads: int
    committee: int | None
    department: int | None
    told: Told


@dataclass(frozen=True, slots=True)
class Invited:
    """What was last sent, and when. ``standing`` False: they were told that they need not come."""

    invitee: Invitee
    uid: str
    sequence: int
    standing: bool
    answer: Answer = Answer.NONE
    reason: str = ""
    deputy: str = ""
    answered_at: datetime | None = None
    answered_for: datetime | None = None
    told_at: datetime | None = None

    @property
    def current(self) -> bool:
        """Whether the answer was given for the time that holds now."""
        return self.answer is not Answer.NONE and self.answered_for == self.invitee.told.starts_at


@dataclass(frozen=True, slots=True)
class Letter:
    """``before``: what the recipient was told last, None = nothing yet."""

    method: Method
    invitee: Invitee
    sequence: int
    before: Invited | None

    @property
    def changed(self) -> bool:
        return self.method is Method.REQUEST and self.before is not None and self.before.standing


@dataclass(frozen=True, slots=True)
class Plan:
    """``waits``: something small changed that is told when the agenda has come to rest."""

    letters: tuple[Letter, ...]
    waits: bool


def letters(invited: Iterable[Invited], wanted: Iterable[Invitee], *, at_rest: bool) -> Plan:
    """What is owed to whom, by address. ``at_rest``: nobody is moving items about at the moment.

    A new start or place cannot wait; an end or a part that moves with every claim of another department can.
    """
    known = {each.invitee.address: each for each in invited}
    found, waits = [], False
    for invitee in sorted(wanted, key=lambda each: each.address):
        before = known.pop(invitee.address, None)
        if before is None:
            found.append(Letter(Method.REQUEST, invitee, 0, None))
        elif not before.standing or _urgent(before.invitee.told, invitee.told):
            found.append(Letter(Method.REQUEST, invitee, before.sequence + 1, before))
        elif before.invitee.told != invitee.told:
            if at_rest:
                found.append(Letter(Method.REQUEST, invitee, before.sequence + 1, before))
            waits = waits or not at_rest
    gone = [each for address, each in sorted(known.items()) if each.standing]
    found += [Letter(Method.CANCEL, each.invitee, each.sequence + 1, each) for each in gone]
    return Plan(tuple(found), waits)


def sent(letter: Letter, uid: str) -> Invited:
    """What is kept of a letter. An answer stays what it was; whether it still counts follows from the times."""
    before = letter.before
    return Invited(
        invitee=letter.invitee,
        uid=before.uid if before else uid,
        sequence=letter.sequence,
        standing=letter.method is Method.REQUEST,
        answer=before.answer if before else Answer.NONE,
        reason=before.reason if before else "",
        deputy=before.deputy if before else "",
        answered_at=before.answered_at if before else None,
        answered_for=before.answered_for if before else None,
    )


def written(
    method: Method, entry: Entry, invitee: Invitee, *, answer: Answer, organizer: str, organizer_name: str
) -> str:
    """The object of one letter. Answers come by the link in the mail, so none by mail is asked for (RSVP=FALSE)."""
    made: Calendar = ical.calendar(method.value)
    event = ical.event(entry)
    host, guest = vCalAddress(f"mailto:{organizer}"), vCalAddress(f"mailto:{invitee.address}")
    if name := _quotable(organizer_name):
        host.params["CN"] = vText(name)
    guest.params.update(
        {
            "CN": vText(_quotable(invitee.name) or invitee.address),
            "CUTYPE": vText("GROUP" if invitee.unit else "INDIVIDUAL"),
            "ROLE": vText("REQ-PARTICIPANT"),
            "PARTSTAT": vText(PARTSTAT[answer]),
            "RSVP": vText("FALSE"),
        }
    )
    event.add("organizer", host)
    event.add("attendee", guest)
    made.add_component(event)
    return ical.text_of(made)


def counted(invited: Iterable[Invited]) -> Mapping[Answer, int]:
    """Invitations by answer; one that was given for another time counts as none."""
    found = dict.fromkeys(Answer, 0)
    for each in invited:
        if each.standing:
            found[each.answer if each.current else Answer.NONE] += 1
    return found


def _urgent(before: Told, after: Told) -> bool:
    return (before.starts_at, before.place) != (after.starts_at, after.place)


def _quotable(name: str) -> str:
    """Fit for a parameter: a double quote has no place there in what most programmes read (RFC 6868 is newer)."""
    return ical.line(name).replace('"', "").strip()
