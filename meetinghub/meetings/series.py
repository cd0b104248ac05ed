"""Meetings that were asked for together: what of them stands where, and how a series becomes another from a date on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.recurrence import Freq, Recurrence

OPEN = (State.PLANNED, State.POSTPONED)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting of a series; ``place`` counts from 1, in the order in which they were planned."""

    meeting: int
    place: int
    title: str
    where: str
    state: State
    starts_at: datetime
    ends_at: datetime

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Series:
    """``first`` is the day that ``repeat`` counts from. ``follows``: the series it took over from, ``followed_by`` the
    one that took over from it."""

    id: int
    title: str
    department_id: int
    department: str
    request_id: int
    repeat: Recurrence
    first: date
    follows: int | None
    followed_by: int | None
    made_by: str
    made_at: datetime
    sittings: tuple[Sitting, ...]

    def sitting(self, place: int) -> Sitting | None:
        return next((each for each in self.sittings if each.place == place), None)

    def from_on(self, place: int) -> tuple[Sitting, ...]:
        """That one and the following, as far as they can still be changed, by date."""
        found = (each for each in self.sittings if each.place >= place and each.open)
        return tuple(sorted(found, key=lambda each: (each.starts_at, each.place)))


@dataclass(frozen=True, slots=True)
class Part:
    """A meeting's place in its series of ``whole`` meetings."""

    series: int
    place: int
    whole: int


@dataclass(frozen=True, slots=True)
class Shift:
    """What turns meetings into those of other dates. All numbers are meetings'."""

    kept: tuple[int, ...]
    moved: tuple[tuple[int, datetime], ...]
    dropped: tuple[int, ...]
    added: tuple[datetime, ...]


def step(repeat: Recurrence) -> timedelta:
    """What lies between two of a series at least."""
    return timedelta(days=7 if repeat.freq is Freq.WEEKLY else 28) * repeat.interval


def shift(sittings: Sequence[Sitting], starts: Iterable[datetime], *, within: timedelta) -> Shift:
    """Meet at ``starts`` instead, and disturb as few as can be.

    A meeting whose time is among them stays. Of the others each goes to the first time left, in order, unless that is
    ``within`` or further away: whoever prepared for it prepared for another time of the year, so it is called off and a
    new one planned.
    """
    wanted = sorted(set(starts))
    kept = [each for each in sittings if each.starts_at in wanted]
    left = [each for each in wanted if each not in {one.starts_at for one in kept}]
    moved: list[tuple[int, datetime]] = []
    dropped: list[int] = []
    for each in sorted(sittings, key=lambda one: (one.starts_at, one.place)):
        if each in kept:
            continue
        to = next((moment for moment in left if abs(moment - each.starts_at) < within), None)
        if to is None:
            dropped.append(each.meeting)
        else:
            left.remove(to)
            moved.append((each.meeting, to))
    return Shift(tuple(each.meeting for each in kept), tuple(moved), tuple(dropped), tuple(left))
