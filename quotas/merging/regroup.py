"""Part a handful of requests and announced meetings anew, in the best possible way, while all else stays."""

from __future__ import annotations

from collections.abc import Iterable

from quotas.merging.bits import bits
from quotas.merging.cost import Costs
from quotas.merging.days import Added

Placed = tuple[tuple[int, int], ...]
"""Groups and their places."""
Groups = dict[int, list[tuple[int, int]]]
"""By lowest bit: the groups that may be, with what they cost at least."""
MOST_TRIED = 400
"""Partings tried for places before giving up: openings or days are short, and what stands there may stay."""


class Regrouping:
    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._least: dict[int, int] = {}
        self._opening = costs.count + len(costs.instance.announced)
        """Places from here on are openings, of which each holds one sitting."""

    def least(self, whole: int) -> int:
        """What any parting of ``whole`` costs at least, whatever else there is."""
        known = self._least.get(whole)
        if known is None:
            known = self._least[whole] = _Bounds(self._groups(whole)).of(whole)
        return known

    def best(self, whole: int, others: Iterable[tuple[int, int]], below: int) -> tuple[int, Placed] | None:
        """The cheapest parting of ``whole`` beside ``others`` that costs less than ``below``, with its cost."""
        groups = self._groups(whole)
        bounds = _Bounds(groups)
        if bounds.of(whole) >= below:
            return None
        taken, added = set[int](), Added()
        for group, place in others:
            if place >= self._opening:
                taken.add(place)
            self._costs.days.fits(added, group, place)
        search = _Search(self._costs, self._opening, groups, bounds, below)
        search.run(whole, 0, (), frozenset(taken), added)
        return None if search.found is None else (search.below, search.found)

    def _groups(self, whole: int) -> Groups:
        found: Groups = {1 << bit: [] for bit in bits(whole)}
        value, subset = self._costs.value, whole
        while subset:
            cost = value(subset)
            if cost is not None:
                found[subset & -subset].append((subset, cost))
            subset = (subset - 1) & whole
        return found


class _Search:
    """Depth first, cheapest first, cut off by the bounds; with free places everywhere the first leaf is the best."""

    def __init__(self, costs: Costs, opening: int, groups: Groups, bounds: _Bounds, below: int) -> None:
        self._costs, self._opening = costs, opening
        self._groups, self._bounds, self._tried = groups, bounds, 0
        self.below = below
        self.found: Placed | None = None

    def run(self, left: int, spent: int, placed: Placed, taken: frozenset[int], added: Added) -> None:
        if not left:
            self.below, self.found = spent, placed
            return
        for cost, group, place in self._choices(left):
            if spent + cost + self._bounds.of(left ^ group) >= self.below or self._tried > MOST_TRIED:
                return
            self._tried += 1
            if place in taken:
                continue
            then = dict(added)
            if self._costs.days.fits(then, group, place):
                now_taken = taken | {place} if place >= self._opening else taken
                self.run(left ^ group, spent + cost, (*placed, (group, place)), now_taken, then)

    def _choices(self, left: int) -> list[tuple[int, int, int]]:
        """Groups of what is left that hold its lowest bit, at each of their places, the most promising first."""
        costs = self._costs
        found = [
            (costs.value_at(group, place), group, place)
            for group, _ in self._groups[left & -left]
            if not group & ~left
            for place in costs.options(group)
        ]
        return sorted(found, key=lambda choice: (choice[0] + self._bounds.of(left ^ choice[1]), choice[1], choice[2]))


class _Bounds:
    """What the cheapest parting of a subset costs when places are no matter, worked out where it is asked for."""

    def __init__(self, groups: Groups) -> None:
        self._groups, self._known = groups, {0: 0}

    def of(self, subset: int) -> int:
        known = self._known.get(subset)
        if known is not None:
            return known
        outside, least = ~subset, self._known
        best: int | None = None
        for group, cost in self._groups[subset & -subset]:
            if not group & outside:
                rest = subset ^ group
                cost += least[rest] if rest in least else self.of(rest)
                if best is None or cost < best:
                    best = cost
        assert best is not None  # each part may sit alone
        least[subset] = best
        return best
