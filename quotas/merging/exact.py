"""Look for a plan with fewer attendances than the one at hand, and prove that there is none if time allows.

Only sittings that could be part of such a plan are looked at: one that is overpaid by more than what lies between the
bound and the plan cannot be.
"""

from __future__ import annotations

from quotas.merging.bits import bits, joined
from quotas.merging.cost import Costs
from quotas.merging.days import Added
from quotas.merging.prices import UNIT, Priced
from quotas.merging.regroup import Placed

_Choices = dict[int, list[tuple[int, int, int]]]
"""By request: what a sitting adds to the bound, its group, and the requests in it; the fittest first."""

MOST = 2_000
"""Choices tried before giving up."""


class Exact:
    def __init__(self, costs: Costs, priced: Priced, plan: Placed) -> None:
        self.plan, self.tried = plan, 0
        self._costs, self._priced = costs, priced
        self._opening = costs.count + len(costs.instance.announced)
        self._reached = sum(costs.attendances(group) for group, _ in plan)
        self._columns = self._useful()

    @property
    def proven(self) -> bool:
        """Whether no plan has fewer attendances than :attr:`plan`."""
        return self.tried < MOST

    def run(self) -> Placed:
        whole = (1 << self._costs.count) - 1
        self._go(whole, self._columns, self._priced.least, (), frozenset(), Added())
        return self.plan

    @property
    def _most(self) -> int:
        """Units that a better plan may cost."""
        return (self._reached - 1) * UNIT

    def _useful(self) -> _Choices:
        """By request, the columns that a better plan could hold, with what they add to the bound; the fittest first."""
        found: _Choices = {number: [] for number in range(self._costs.count)}
        for row in self._priced.rows:
            overs = [self._priced.over(column) for column in row]
            least = min(0, *overs)  # is in the bound already
            for over, column in zip(overs, row, strict=True):
                if self._priced.least + over - least <= self._most:
                    members = column.group & ~self._costs.riding
                    for member in column.members:
                        found[member].append((over - least, column.group, members))
        return {number: sorted(each) for number, each in found.items()}

    def _go(
        self, left: int, choices: _Choices, least: int, placed: Placed, taken: frozenset[int], added: Added
    ) -> None:
        """``choices`` may still hold some that are not all ``left``; ``least``: no way of going on costs less units."""
        if not left:
            self._keep(placed)
            return
        choices = self._possible(left, choices)
        for adds, group, members in min(choices.values(), key=len):
            if least + adds > self._most:
                return
            for place in self._places(group):
                self.tried += 1
                if self.tried > MOST:
                    return
                then = dict(added)
                if place not in taken and self._costs.days.fits(then, group, place):
                    now = taken | {place} if place >= self._costs.count else taken
                    self._go(left ^ members, choices, least + adds, (*placed, (group, place)), now, then)

    @staticmethod
    def _possible(left: int, choices: _Choices) -> _Choices:
        """What each request that is left may sit in; as soon as one has no choice, only that one."""
        gone, found = ~left, _Choices()
        for member in bits(left):
            found[member] = [choice for choice in choices[member] if not choice[2] & gone]
            if not found[member]:
                return {member: []}
        return found

    def _places(self, group: int) -> tuple[int, ...]:
        """Where it matters which it is, all of them: one that takes nothing from others is as good as any."""
        options: tuple[int, ...] = self._costs.options(group)
        for place in options:
            if place < self._opening and not self._costs.days.gained(group, place):
                return (place,)
        return options

    def _keep(self, placed: Placed) -> None:
        reached = sum(self._costs.attendances(group) for group, _ in placed)
        if reached < self._reached:
            used = joined(group for group, _ in placed)
            alone = ((1 << bit, bit) for bit in bits(self._costs.riding & ~used))
            self._reached, self.plan = reached, (*placed, *alone)
