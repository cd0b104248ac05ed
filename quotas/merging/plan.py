"""A solution as people read it: one row for each joint sitting, with what it saves and for whom.

Any choice of rows may be accepted (:mod:`quotas.merging.days`); what is in no row stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from quotas.merging.bits import bits
from quotas.merging.cost import Costs
from quotas.merging.model import Instance, Place, PlaceKind, Sitting
from quotas.merging.solve import solve


@dataclass(frozen=True, slots=True)
class Part:
    """``anyway``: of its ``persons``, those whom the other parts call, too. ``host``: the sitting is at its place."""

    key: str
    minutes: int
    persons: int
    anyway: int
    host: bool


@dataclass(frozen=True, slots=True)
class Row:
    """``parts`` in the order of the sitting; ``seated`` are person-minutes, beyond an announced meeting's own."""

    place: Place
    key: str
    parts: tuple[Part, ...]
    attendances_before: int
    attendances_after: int
    seated_before: int
    seated_after: int

    @property
    def saved(self) -> int:
        return self.attendances_before - self.attendances_after

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts)


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Attendances of all that was asked about, announced meetings included. ``at_least``: no plan has fewer."""

    rows: tuple[Row, ...]
    before: int
    after: int
    at_least: int


def propose(instance: Instance, seed: int = 0) -> MergePlan:
    """Rows that save most first."""
    solution, costs = solve(instance, seed), Costs(instance)
    anyway = sum(len(each.persons) for each in instance.announced)
    rows = [_row(costs, sitting) for sitting in solution.arrangement if _joint(costs, sitting)]
    return MergePlan(
        rows=tuple(sorted(rows, key=lambda row: (-row.saved, row.place.day, row.key))),
        before=anyway + solution.before.attendances,
        after=anyway + solution.score.attendances,
        at_least=anyway + solution.at_least,
    )


def _joint(costs: Costs, sitting: Sitting) -> bool:
    group = costs.group(sitting)
    return bool(group & (group - 1))


def _row(costs: Costs, sitting: Sitting) -> Row:
    group, place = costs.group(sitting), costs.places[sitting.place]
    ride = group & costs.riding
    key = _key(costs.instance, place)
    members = [1 << member for member in bits(group ^ ride)]
    own: int = costs.seated(ride) if ride else 0
    after: int = costs.seated(group)
    return Row(
        place=place,
        key=key,
        parts=tuple(_part(costs, group, part, key) for part in costs.order(group)),
        attendances_before=sum(costs.attendances(member) for member in members),
        attendances_after=costs.attendances(group),
        seated_before=sum(costs.seated(member) for member in members),
        seated_after=after - own,
    )


def _part(costs: Costs, group: int, number: int, key: str) -> Part:
    part, persons = costs.parts[number], costs.persons[number]
    others: int = costs.union(group & ~(1 << number))
    host = part.key == key
    return Part(part.key, part.minutes, len(part.persons), (persons & others).bit_count(), host)


def _key(instance: Instance, place: Place) -> str:
    match place.kind:
        case PlaceKind.HOME:
            return instance.requests[place.number].key
        case PlaceKind.ANNOUNCED:
            return instance.announced[place.number].key
        case PlaceKind.OPENING:
            return instance.openings[place.number].key
