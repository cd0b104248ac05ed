"""Better a plan step by step: part two sittings anew, then three that have to do with each other, then shake and again.

Parting two anew holds every move, swap, merge and split between them; parting three, every chain of ejections through
them. The number of steps is given, not the time, and chance has a seed: the same question has the same answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import combinations

from quotas.merging.cost import Costs
from quotas.merging.regroup import Placed, Regrouping

LARGEST = 8
"""Requests and meetings parted anew at once: the work doubles with each."""
ROUNDS = 80
STALE = 30
"""Rounds without a better plan after which no more are made."""
SLACK = 100
"""A shaken plan is gone on from when it is worse by less than one part in so many."""


class Improving:
    def __init__(self, costs: Costs, seed: int = 0) -> None:
        self._costs, self._regrouping = costs, Regrouping(costs)
        self._chance = random.Random(seed)
        self._related = [self._relations(part) for part in range(len(costs.parts))]

    def run(self, start: Placed, rounds: int = ROUNDS) -> Placed:
        best = current = self._settle(start)
        least, stale = self._total(best), 0
        for _ in range(rounds):
            if stale >= STALE:
                break
            current = self._settle(self._shaken(current))
            total = self._total(current)
            if total < least:
                best, least, stale = current, total, 0
            else:
                stale += 1
                current = current if total - least < least // SLACK else best
        return best

    def _settle(self, placed: Placed) -> Placed:
        """Until neither two nor three sittings can be parted better."""
        while True:
            bettered = self._better(placed, self._near(placed, 2)) or self._better(placed, self._near(placed, 3))
            if bettered is None:
                return placed
            placed = bettered

    def _better(self, placed: Placed, choices: Iterable[Placed]) -> Placed | None:
        for chosen in choices:
            whole = sum(group for group, _ in chosen)
            if whole.bit_count() > LARGEST:
                continue
            now = sum(self._costs.value_at(*each) for each in chosen)
            if self._regrouping.least(whole) >= now:
                continue
            others = tuple(each for each in placed if each not in chosen)
            found = self._regrouping.best(whole, others, now)
            if found is not None:
                return (*others, *found[1])
        return None

    def _near(self, placed: Placed, size: int) -> Iterable[Placed]:
        """Choices of so many sittings that hang together by persons and days; in another order each time, so that a
        shaken plan does not fall back to where it was."""
        ordered = sorted(placed)
        self._chance.shuffle(ordered)
        near = [self._neighbours(group) for group, _ in ordered]
        for chosen in combinations(range(len(ordered)), size):
            links = sum(1 for a, b in combinations(chosen, 2) if near[a] & ordered[b][0])
            if links >= size - 1:
                yield tuple(ordered[each] for each in chosen)

    def _neighbours(self, group: int) -> int:
        found = 0
        for part, related in enumerate(self._related):
            if group >> part & 1:
                found |= related
        return found

    def _relations(self, part: int) -> int:
        """The parts it shares persons with and may sit with."""
        costs, found = self._costs, 0
        for other in range(len(costs.parts)):
            if other != part and costs.persons[part] & costs.persons[other] and costs.options(1 << part | 1 << other):
                found |= 1 << other
        return found

    def _shaken(self, placed: Placed) -> Placed:
        """A joint sitting and some that have to do with it taken apart: their requests go home, each alone."""
        joint = [each for each in sorted(placed) if each[0] & (each[0] - 1)]
        if not joint:
            return placed
        first = self._chance.choice(joint)
        near = self._neighbours(first[0])
        related = [each for each in joint if each != first and near & each[0]]
        torn = {first, *self._chance.sample(related, min(len(related), self._chance.randint(2, 4)))}
        parts = sum(group for group, _ in torn)
        alone = tuple((1 << bit, bit) for bit in range(len(self._costs.parts)) if parts >> bit & 1)
        return (*(each for each in placed if each not in torn), *alone)

    def _total(self, placed: Placed) -> int:
        return sum(self._costs.value_at(*each) for each in placed)
