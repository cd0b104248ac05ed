"""A lower bound from prices: what each request pays, so that no joint sitting is paid more than it costs.

Lagrange's relaxation of "every request sits exactly once". Whatever the prices are, their sum less what sittings could
be overpaid is a bound (at most one sitting has a given request as its first, at most one rides on a given meeting);
subgradient steps make it a good one. Prices are whole numbers of 1/1024 attendance, so nothing is rounded unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import sub

from quotas.merging.bits import bits
from quotas.merging.cost import Costs

UNIT = 1024
NEVER = 1 << 62
"""What no price pays."""
STEPS = 160
PATIENCE = 8
"""Steps without a better bound after which they become shorter."""


@dataclass(frozen=True, slots=True)
class Column:
    """A group of at least one request. ``cost`` in units."""

    group: int
    members: tuple[int, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Priced:
    """``least`` is proven, in units; ``prices`` by request; of a row's columns at most one is in any plan."""

    least: int
    prices: tuple[int, ...]
    rows: tuple[tuple[Column, ...], ...]

    @property
    def attendances(self) -> int:
        return max(0, -(-self.least // UNIT))

    def over(self, column: Column) -> int:
        """What the column costs beyond what its members pay."""
        return column.cost - sum(map(self.prices.__getitem__, column.members))


def priced(costs: Costs, groups: Sequence[int], reached: int) -> Priced:
    """``groups``: all that may be. ``reached``: attendances of some plan; the steps' length follows from it."""
    rows = _rows(costs, groups)
    walks = [_levels(row) for row in rows]
    prices = [UNIT * costs.persons[number].bit_count() // 2 for number in range(costs.count)]
    best, best_prices, stale, scale = -1, prices, 0, 1.0
    for _ in range(STEPS):
        bound, covered = _at(walks, prices)
        if bound > best:
            best, best_prices, stale = bound, prices, 0
        else:
            stale += 1
        if stale >= PATIENCE:
            stale, scale = 0, scale / 2
        steepness = sum((1 - count) ** 2 for count in covered)
        if not steepness or best > (reached - 1) * UNIT:
            break
        step = scale * (reached * UNIT - bound) / steepness
        prices = [price + round(step * (1 - count)) for price, count in zip(prices, covered, strict=True)]
    return Priced(best, tuple(best_prices), rows)


def _rows(costs: Costs, groups: Sequence[int]) -> tuple[tuple[Column, ...], ...]:
    rows: dict[int, list[Column]] = {}
    for group in groups:
        ride = group & costs.riding
        members = group ^ ride
        if members:
            column = Column(group, tuple(bits(members)), UNIT * costs.attendances(group))
            rows.setdefault(ride or members & -members, []).append(column)
    return tuple(tuple(rows[key]) for key in sorted(rows))


@dataclass(slots=True)
class _Level:
    """Members of one row's columns, all of one number: what each is when its last is taken away (by its place in the
    level before), the last, and the cost."""

    members: list[tuple[int, ...]] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)


def _levels(row: Sequence[Column]) -> list[_Level]:
    """The columns of a row by their number of members, each put together from one with a member less.

    What is no column and only leads to one costs what no price pays.
    """
    place: dict[tuple[int, ...], int] = {(): 0}
    levels = [_Level() for _ in range(max(len(column.members) for column in row))]

    def add(members: tuple[int, ...], cost: int) -> int:
        before = place.get(members[:-1])
        if before is None:
            before = add(members[:-1], NEVER)
        level = levels[len(members) - 1]
        place[members] = len(level.members)
        level.members.append(members)
        level.before.append(before)
        level.last.append(members[-1])
        level.cost.append(cost)
        return place[members]

    for column in row:
        add(column.members, column.cost)
    return levels


def _at(rows: Sequence[Sequence[_Level]], prices: list[int]) -> tuple[int, list[int]]:
    """The bound at these prices, and how often each request sits in what would be chosen at them."""
    bound, covered = sum(prices), [0] * len(prices)
    for levels in rows:
        least, cheapest, paid = 0, tuple[int, ...](), [0]
        for level in levels:
            paid = [paid[before] + prices[last] for before, last in zip(level.before, level.last, strict=True)]
            over = list(map(sub, level.cost, paid))
            if (fewest := min(over)) < least:
                least, cheapest = fewest, level.members[over.index(fewest)]
        bound += least
        for member in cheapest:
            covered[member] += 1
    return bound, covered
