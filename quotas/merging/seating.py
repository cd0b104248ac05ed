"""How long people sit at one sitting, over the order of its parts.

By prefixes: there during a part is whoever is called by it or before it and also by it or after it; so what a part adds
depends on the set of those before it, not on their order. How many that are follows from how many each set of parts
calls. Having to be there early is the lot of all but whom the first part calls, so it is settled with the first part.
"""

from __future__ import annotations

from functools import cache

from quotas.merging.bits import bits
from quotas.merging.model import Rules

NEVER = 1 << 62
"""Dearer than any order."""


class Seating:
    """``persons`` (as bits) and ``minutes`` of each part; ``held``: the last of them has been told and sits first."""

    def __init__(self, persons: list[int], minutes: list[int], rules: Rules, held: bool) -> None:
        called = [0]
        for each in persons:
            called += [before | each for before in called]
        self._minutes, self._count = minutes, [each.bit_count() for each in called]
        self._whole = whole = len(called) - 1
        count, everybody = self._count, self._count[whole]
        first = 1 << len(persons) - 1 if held else whole
        self._least = least = [0] * len(called)
        """By set of parts: what they add in their best order; what all add to being early is with the first."""
        for place, alone in enumerate(minutes):
            part = 1 << place
            seated = rules.early * everybody + (alone - rules.early) * count[part]
            least[part] = seated if first & part else NEVER
        for prefix, ways in _ways(len(persons)):
            best, gone = NEVER, count[prefix] - everybody
            for before, others, place in ways:
                cost = least[before] + minutes[place] * (count[others] + gone)
                if cost < best:
                    best = cost
            least[prefix] = best

    @property
    def least(self) -> int:
        """Person-minutes from when each has to be there to when each may go, in the best order."""
        return self._least[self._whole]

    def order(self) -> tuple[int, ...]:
        """The best order; of equally good ones that which a list of them would begin with."""
        return self._order(self._whole)

    def _order(self, prefix: int) -> tuple[int, ...]:
        if not prefix & (prefix - 1):
            return tuple(bits(prefix))
        least = self._least[prefix]
        ways = (place for place in bits(prefix) if self._when_last(prefix, place) == least)
        return min((*self._order(prefix ^ 1 << place), place) for place in ways)

    def _when_last(self, prefix: int, place: int) -> int:
        """What the parts of ``prefix`` add in their best order that ends with the part at ``place``."""
        before, count = prefix ^ 1 << place, self._count
        there = count[prefix] + count[self._whole ^ before] - count[self._whole]
        return self._least[before] + self._minutes[place] * there


@cache
def _ways(parts: int) -> tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]:
    """Each set of two or more of so many parts after all that it holds; for each part that may be its last: the set
    before that one, all but that set, and its place."""
    whole = (1 << parts) - 1
    return tuple(
        (prefix, tuple((prefix ^ 1 << place, whole ^ prefix ^ 1 << place, place) for place in bits(prefix)))
        for prefix in range(3, whole + 1)
        if prefix & (prefix - 1)
    )
