"""What speaks against a date, found before anything is sent; each with the way that costs people less.

Two meetings clash when somebody is called to both: at the same time, or on the same day. The way out is to ride on the
other one when it has room, else to meet right before or after it, so that one journey serves both. A day off moves to
the next working day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from meetinghub.asking.wish import Own
from meetinghub.clock import SHANGHAI
from meetinghub.ids import PersonId

NEAR = timedelta(minutes=90)


class Clash(StrEnum):
    SAME_TIME = "same_time"
    ADJACENT = "adjacent"
    SAME_DAY = "same_day"
    DAY_OFF = "day_off"


class Days(Protocol):
    def is_working(self, day: date, /) -> bool: ...

    def add(self, day: date, n: int, /) -> date: ...


@dataclass(frozen=True, slots=True)
class Other:
    """A meeting planned for the same day. ``free`` minutes can still be claimed."""

    meeting_id: int
    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    free: int
    persons: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Conflict:
    """``shared``: how many are called to both. ``ride``: the other has room for it. ``better``: a start that suits.
    ``on``: which occurrence of a series it is about, None where there is but one."""

    clash: Clash
    shared: int = 0
    other: Other | None = None
    ride: bool = False
    better: datetime | None = None
    on: datetime | None = None


def conflicts(
    own: Own, persons: frozenset[PersonId], others: Iterable[Other], *, minutes: int, days: Days
) -> tuple[Conflict, ...]:
    """The gravest first. ``minutes`` is what the wish needs when it rides."""
    found = [clash for other in others if (clash := _with(own, persons, other, minutes)) is not None]
    if not days.is_working(own.day):
        start = own.starts_at.astimezone(SHANGHAI)
        moved = datetime.combine(days.add(own.day, 1), start.time(), SHANGHAI)
        found.append(Conflict(Clash.DAY_OFF, better=moved))
    order = list(Clash)
    return tuple(sorted(found, key=lambda each: (order.index(each.clash), -each.shared)))


def _with(own: Own, persons: frozenset[PersonId], other: Other, minutes: int) -> Conflict | None:
    shared = len(persons & other.persons)
    if not shared or other.starts_at.astimezone(SHANGHAI).date() != own.day:
        return None
    if own.starts_at < other.ends_at and other.starts_at < own.ends_at:
        clash = Clash.SAME_TIME
    elif min(abs(own.starts_at - other.ends_at), abs(other.starts_at - own.ends_at)) <= NEAR:
        clash = Clash.ADJACENT
    else:
        clash = Clash.SAME_DAY
    after = other.ends_at
    joined = own.starts_at == after or own.ends_at == other.starts_at
    ride = other.free >= minutes
    return Conflict(clash, shared, other, ride, None if joined or ride else after)
