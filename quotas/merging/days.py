"""How many sittings a committee has on one day, however many of a plan's rows are accepted.

Counted against what is planned before any row is accepted: a row may add a sitting to a committee's day only where the
bound leaves room even if no other row takes one away.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from quotas.merging.bits import bits
from quotas.merging.model import Instance

Added = dict[date, list[int]]
"""For each day: element j holds the committees (as bits) to which rows add more than j sittings."""


class Days:
    def __init__(self, instance: Instance) -> None:
        self._bound, self._places = instance.rules.a_day, instance.places
        seats = sorted(set(instance.committee_of.values()))
        number = {committee: bit for bit, committee in enumerate(seats)}
        committees = [sum(1 << number[c] for c in instance.committees(part.persons)) for part in instance.parts]
        homes = [part.home for part in instance.requests] + [part.day for part in instance.announced]
        self._part = {1 << bit: each for bit, each in enumerate(zip(homes, committees, strict=True))}
        planned: defaultdict[date, list[int]] = defaultdict(lambda: [0] * len(seats))
        for day, theirs in self._part.values():
            for seat in bits(theirs):
                planned[day][seat] += 1
        self._room = {place.day: self._left(planned[place.day]) for place in self._places}

    def fits(self, added: Added, group: int, place: int) -> bool:
        """Whether the row may come on top of ``added``; if so it is counted there."""
        if self._bound is None or not group & (group - 1):
            return True
        gained, day = self.gained(group, place), self._places[place].day
        if not gained:
            return True
        room, now = self._room[day], added.get(day) or [0] * self._bound
        if not self._bound or now[-1] & gained:
            return False
        then = [now[0] | gained, *(now[j] | (now[j - 1] & gained) for j in range(1, self._bound))]
        if any(then[j] & ~room[j] for j in range(self._bound)):
            return False
        added[day] = then
        return True

    def gained(self, group: int, place: int) -> int:
        """The committees (as bits) that have a sitting more on that day when this row alone is accepted."""
        day, come, came = self._places[place].day, 0, 0
        while group:
            low = group & -group
            home, theirs = self._part[low]
            come |= theirs
            if home == day:
                came |= theirs
            group ^= low
        return come & ~came

    def _left(self, planned: list[int]) -> list[int]:
        """Element j: the committees that may have more than j sittings added."""
        bound = self._bound or 0
        return [sum(1 << seat for seat, count in enumerate(planned) if bound - count > j) for j in range(bound)]
