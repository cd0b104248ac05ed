"""OR-tools' CP-SAT on the same question: every sitting that is allowed is a variable, every request sits in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ortools.sat.python import cp_model

from quotas.merging.model import Instance, PlaceKind
from tests.quotas.merging.naive import Naive


@dataclass(frozen=True, slots=True)
class Proven:
    """``attendances`` could not be fewer when ``optimal``; otherwise they cannot be fewer than ``bound``."""

    attendances: int
    bound: float
    optimal: bool
    variables: int


def candidates(naive: Naive) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every allowed (members, place): grown request by request among those that may go there at all."""
    instance = naive.instance
    for number in range(len(instance.requests)):
        yield (number,), number
    for number, place in enumerate(naive.places):
        goers = [
            member
            for member, request in enumerate(instance.requests)
            if not request.alone and request.first <= place.day <= request.last and request.minutes <= place.minutes
        ]
        own = place.number if place.kind is PlaceKind.HOME else None
        start = () if own is None else (own,)
        yield from _grown(naive, number, start, [goer for goer in goers if goer != own])


def _grown(
    naive: Naive, place: int, members: tuple[int, ...], goers: list[int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    whole = tuple(sorted(members))
    riding = naive.places[place].kind is PlaceKind.ANNOUNCED
    if len(members) + riding > 1 and members and naive.allowed(whole, place):
        yield whole, place
    if len(members) + riding >= naive.rules.parts:
        return
    left = naive.places[place].minutes - sum(naive.instance.requests[member].minutes for member in members)
    for index, goer in enumerate(goers):
        if naive.instance.requests[goer].minutes <= left:
            yield from _grown(naive, place, (*members, goer), goers[index + 1 :])


def solve(instance: Instance, *, naive: Naive | None = None, seconds: float = 60.0) -> Proven:
    naive = naive or Naive(instance)
    model = cp_model.CpModel()
    covers: defaultdict[int, list[cp_model.IntVar]] = defaultdict(list)
    holds: defaultdict[int, list[cp_model.IntVar]] = defaultdict(list)
    adds: defaultdict[tuple[int, date], list[cp_model.IntVar]] = defaultdict(list)
    room: dict[tuple[int, date], int] = {}
    cost = []
    for members, place in candidates(naive):
        chosen = model.new_bool_var(f"{members}@{place}")
        cost.append(naive.attendances(members, place) * chosen)
        for member in members:
            covers[member].append(chosen)
        holds[place].append(chosen)
        if naive.rules.a_day is not None:
            for committee in naive.gained(members, place):
                key = (committee, naive.places[place].day)
                adds[key].append(chosen)
                if key not in room:
                    room[key] = max(0, naive.rules.a_day - naive.planned(committee, place))
    for variables in covers.values():
        model.add_exactly_one(variables)
    for variables in holds.values():
        model.add_at_most_one(variables)
    for key, variables in adds.items():
        model.add(sum(variables) <= room[key])
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    return Proven(round(solver.objective_value), solver.best_objective_bound, status == cp_model.OPTIMAL, len(cost))
