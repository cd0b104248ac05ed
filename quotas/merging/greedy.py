"""The first plan: join the two sittings whose joining saves most, until none saves anything. No chance in it."""

from __future__ import annotations

from itertools import combinations

from quotas.merging.cost import Costs
from quotas.merging.days import Added
from quotas.merging.regroup import Placed


def greedy(costs: Costs) -> Placed:
    """Groups with their places; announced meetings that nobody rides on are groups, too."""
    placed = {1 << bit: bit for bit in range(len(costs.parts))}
    refused = set[int]()
    while True:
        gains = []
        for one, other in combinations(placed, 2):
            cost = None if one | other in refused else costs.value(one | other)
            if cost is not None:
                before = costs.value_at(one, placed[one]) + costs.value_at(other, placed[other])
                gains.append((cost - before, one, other))
        for gain, one, other in sorted(gains):
            if gain >= 0:
                return tuple(placed.items())
            rest = {group: place for group, place in placed.items() if group not in (one, other)}
            place = _place(costs, one | other, rest)
            if place is not None:
                placed = {**rest, one | other: place}
                break
            refused.add(one | other)
        else:
            return tuple(placed.items())


def _place(costs: Costs, group: int, rest: dict[int, int]) -> int | None:
    added = Added()
    for other, place in rest.items():
        costs.days.fits(added, other, place)
    for place in costs.options(group):
        if place not in rest.values() and costs.days.fits(dict(added), group, place):
            return int(place)
    return None
