"""Planned meetings → the question of which had better be one.

A meeting may move while nobody but its host has anything in it and nobody was told of it. Others are held anyway, and
what is free in them can be taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from meetinghub.clock import SHANGHAI
from quotas.merging.model import Announced, Instance, Place, PlaceKind, Request, Rules

SHIFTED = 3
"""Working days by which a meeting may be moved either way when nobody said otherwise."""


class Workdays(Protocol):
    def is_working(self, day: date) -> bool: ...

    def add(self, day: date, n: int) -> date: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """``minutes`` are those of its agenda. ``movable``: see above. ``free``: minutes that can be claimed now.
    ``open``: others may still come to it. ``alone``: law, emergency or a higher office demand it as it is."""

    meeting: int
    starts_at: datetime
    minutes: int
    persons: frozenset[int]
    sites: frozenset[int]
    department: int | None
    movable: bool
    open: bool
    free: int = 0
    alone: bool = False

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(SHANGHAI).date()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def key(meeting: int) -> str:
    return str(meeting)


def question(
    planned: Sequence[Planned],
    *,
    committee_of: Mapping[int, int],
    workdays: Workdays,
    earliest: date,
    closed: Iterable[date],
    rules: Rules,
) -> Instance:
    """``earliest``: nothing is moved to a day before it. ``closed``: days without meetings."""
    movable = [each for each in planned if each.movable]
    fixed = [each for each in planned if not each.movable]
    requests = tuple(_request(each, planned, workdays, earliest, rules) for each in movable)
    announced = tuple(
        Announced(key(each.meeting), each.day, each.minutes, _free(each, planned, rules), each.persons)
        for each in fixed
    )
    seats = {key(each.meeting): each.sites for each in planned}

    def connected(members: tuple[Request, ...], place: Place) -> bool:
        """The host's meeting must reach every site of those who come."""
        host = movable[place.number] if place.kind is PlaceKind.HOME else fixed[place.number]
        return all(seats[member.key] <= host.sites for member in members)

    return Instance(
        requests=requests,
        announced=announced,
        rules=Rules(
            longest=rules.longest,
            parts=rules.parts,
            way=rules.way,
            early=rules.early,
            a_day=rules.a_day,
            closed=rules.closed | frozenset(closed),
            apart=rules.apart,
        ),
        committee_of=committee_of,
        permit=connected,
    )


def _request(own: Planned, planned: Sequence[Planned], workdays: Workdays, earliest: date, rules: Rules) -> Request:
    first = min(own.day, max(earliest, workdays.add(own.day, -SHIFTED)))
    return Request(
        key=key(own.meeting),
        minutes=own.minutes,
        persons=own.persons,
        home=own.day,
        first=first,
        last=max(own.day, workdays.add(own.day, SHIFTED)),
        room=min(rules.longest, _until_next(own, planned)) if own.open else 0,
        department=str(own.department or ""),
        alone=own.alone,
    )


def _free(own: Planned, planned: Sequence[Planned], rules: Rules) -> int:
    if not own.open:
        return 0
    return max(0, min(own.free, rules.longest, _until_next(own, planned) - own.minutes))


def _until_next(own: Planned, planned: Sequence[Planned]) -> int:
    """Minutes from its start until the venue is needed again; 0 when it is needed already."""
    minutes = 24 * 60
    for other in planned:
        if other is own or other.ends_at <= own.starts_at:
            continue
        if other.starts_at <= own.starts_at:
            return 0
        minutes = min(minutes, int((other.starts_at - own.starts_at) / timedelta(minutes=1)))
    return minutes if minutes > own.minutes else 0
