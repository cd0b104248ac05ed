"""One meeting as it went → what it cost each committee.

A committee counts as having attended when its attendance sheet says that it came, as sealed or as corrected since; one
that was asked for nothing, when it was there all the same. Where people came in person nobody is connected: there a
committee that told how many it sent was there, for the whole meeting.

How long it sat is its presence within the meeting. What it sat through was *addressed* to a person while the item that
was on concerned the person's committee and, if the item is for some roles or one line only, one of the person's roles.
Time that belongs to no item is the host's, for everybody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.burden.model import Line, Ride, Share, Sitting, Source
from meetinghub.clock import SHANGHAI
from meetinghub.meetings.model import Mode
from meetinghub.people.model import Role

SECOND = timedelta(seconds=1)
_ORDER = {role.value: place for place, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody ticked by name: (role, line), the line only where it narrows the role."""

    duties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An agenda item as it went. ``committees`` None: all of them; ``roles`` None: everybody there."""

    department: int | None
    start: datetime
    end: datetime
    committees: frozenset[int] | None = None
    roles: frozenset[str] | None = None
    line: str = ""

    def concerns(self, committee: int, attendee: Attendee | None) -> bool:
        """``attendee`` None: a person whose role nobody knows, whom everything for the committee concerns."""
        if self.committees is not None and committee not in self.committees:
            return False
        if self.roles is None or attendee is None:
            return True
        return any(
            role in self.roles and (role != Role.LINE_WORKER or not self.line or line == self.line)
            for role, line in attendee.duties
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """One committee in a meeting that is over. ``came``: what its sheet says, None when it was asked for nothing.

    ``there`` is its presence within the meeting, disjoint and in order; ``part`` what it was asked for. ``heads`` is
    how many sat there (None: nobody said), of whom ``people`` were ticked by name.
    """

    committee: int
    came: bool | None
    there: tuple[Span, ...] = ()
    part: Span | None = None
    heads: int | None = None
    people: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that is over. ``items`` are disjoint; ``roles`` are those it was for."""

    number: int
    title: str
    host: str
    department: int | None
    mode: Mode
    start: datetime
    end: datetime
    roles: frozenset[str]
    items: tuple[Item, ...]
    seats: tuple[Seat, ...]


def counted(held: Held) -> Sitting:
    """``held``'s cost, by committee and role."""
    return Sitting(
        source=Source.MEETING,
        number=held.number,
        day=held.start.astimezone(SHANGHAI).date(),
        starts_at=held.start,
        seconds=(held.end - held.start) // SECOND,
        title=held.title,
        host=held.host,
        department=held.department,
        mode=held.mode.value,
        measured=True,
        lines=tuple(_line(held, seat) for seat in held.seats),
        rides=_rides(held),
    )


def _line(held: Held, seat: Seat) -> Line:
    attended = _attended(held, seat)
    called = seat.came is not None or held.mode is Mode.IN_PERSON
    if not attended:
        return Line(seat.committee, called, attended=False)
    heads, spans = seat.heads or 0, _sat(held, seat)
    travelled = held.mode is Mode.IN_PERSON or (held.mode is Mode.MIXED and not seat.there)
    sat = _length(spans) // SECOND
    roles: defaultdict[str, Share] = defaultdict(Share)
    for attendee in _attendees(seat, heads):
        addressed = _addressed(held, seat.committee, spans, attendee) // SECOND
        roles[_called_as(held, attendee)] += Share(1, int(travelled), sat, addressed)
    return Line(seat.committee, called, attended=True, uncounted=seat.heads is None, roles=dict(roles))


def _attended(held: Held, seat: Seat) -> bool:
    if seat.came is None:
        return bool(seat.there)
    return seat.came or (held.mode is not Mode.VIDEO and bool(seat.heads))


def _sat(held: Held, seat: Seat) -> tuple[Span, ...]:
    """A committee that came without being connected: in person for the whole of it, else for its own part."""
    whole = Span(held.start, held.end)
    if held.mode is Mode.IN_PERSON:
        return (whole,)
    if seat.there:
        return seat.there
    return (whole,) if held.mode is Mode.MIXED or seat.part is None else (seat.part,)


def _attendees(seat: Seat, heads: int) -> list[Attendee | None]:
    """As many as there were: those with names first, None for each of the others."""
    return [*seat.people[:heads], *(None for _ in range(heads - len(seat.people)))]


def _called_as(held: Held, attendee: Attendee | None) -> str:
    """The one role under which a person with several is counted: one that the meeting is for, in the fixed order."""
    if attendee is None:
        return ""
    own = sorted({role for role, _ in attendee.duties}, key=lambda role: (role not in held.roles, _ORDER.get(role, 99)))
    return own[0] if own else ""


def _addressed(held: Held, committee: int, spans: Sequence[Span], attendee: Attendee | None) -> timedelta:
    """All of what was sat through, without the items that were for others."""
    elsewhere = (Span(item.start, item.end) for item in held.items if not item.concerns(committee, attendee))
    return _length(spans) - sum((_shared(spans, each) for each in elsewhere), timedelta())


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((each.end - each.start for each in spans), timedelta())


def _shared(spans: Iterable[Span], with_: Span) -> timedelta:
    found = (min(each.end, with_.end) - max(each.start, with_.start) for each in spans)
    return sum((each for each in found if each > timedelta()), timedelta())


def _rides(held: Held) -> tuple[Ride, ...]:
    items, lengths = Counter[int](), Counter[int]()
    for item in held.items:
        if item.department is not None and item.department != held.department:
            items[item.department] += 1
            lengths[item.department] += (item.end - item.start) // SECOND
    return tuple(Ride(department, items[department], lengths[department]) for department in sorted(items))
