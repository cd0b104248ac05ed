"""How long people sit at one sitting, over the order of its parts.

By prefixes: who is there during a part is whoever it calls, and whoever was called before it and is called again after
it; so what a part adds depends on the set of those before it, not on their order.
"""

from __future__ import annotations

from quotas.merging.bits import bits
from quotas.merging.model import Rules

NEVER = 1 << 62
"""Dearer than any order."""


class Seating:
    """``persons`` (as bits) and ``minutes`` of each part; ``held``: the last of them has been told and sits first."""

    def __init__(self, persons: list[int], minutes: list[int], rules: Rules, held: bool) -> None:
        self._persons, self._minutes, self._early = persons, minutes, rules.early
        self._called = [0]
        for each in persons:
            self._called += [before | each for before in self._called]
        self._whole = len(self._called) - 1
        self._first = 1 << len(persons) - 1 if held else self._whole
        self._least = [0]
        for prefix in range(1, self._whole + 1):
            self._least.append(min(self._when_last(prefix, place) for place in bits(prefix)))

    @property
    def least(self) -> int:
        """Person-minutes from when each has to be there to when each may go, in the best order."""
        return self._least[self._whole]

    def order(self) -> tuple[int, ...]:
        """The best order; of equally good ones that which a list of them would begin with."""
        return self._order(self._whole)

    def _order(self, prefix: int) -> tuple[int, ...]:
        least = self._least[prefix]
        ways = (place for place in bits(prefix) if self._when_last(prefix, place) == least)
        return min(((*self._order(prefix ^ 1 << place), place) for place in ways), default=())

    def _when_last(self, prefix: int, place: int) -> int:
        """Person-minutes of the best order of ``prefix`` that ends with the part at ``place``."""
        before, persons = prefix ^ 1 << place, self._persons[place]
        if not before:
            return self._minutes[place] * persons.bit_count() if prefix & self._first else NEVER
        called = self._called[before]
        there = (persons | called & self._called[self._whole ^ prefix]).bit_count()
        fresh = (persons & ~called).bit_count()
        return self._least[before] + self._minutes[place] * there + self._early * fresh
