"""Other plans to start from: sittings taken by what they are overpaid, a little of it left to chance.

Prices see the whole fortnight at once, which bettering a plan piece by piece does not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from quotas.merging.cost import Costs
from quotas.merging.days import Added
from quotas.merging.prices import UNIT, Priced
from quotas.merging.regroup import Placed

NOISES = (4 * UNIT, 16 * UNIT, 40 * UNIT)
"""Units that may be added to what a sitting seems to be overpaid: one after the other."""


def drafts(costs: Costs, priced: Priced, count: int, seed: int) -> Iterator[Placed]:
    chance = random.Random(seed)
    overs = [(priced.over(column), column.group) for row in priced.rows for column in row]
    for number in range(count):
        noise = _upto(NOISES[number % len(NOISES)], chance)
        yield _draft(costs, sorted((over + next(noise), group) for over, group in overs))


def _upto(most: int, chance: random.Random) -> Iterator[int]:
    """Numbers from 0 to ``most``, each as likely: what ``randint`` does, for thousands of them."""
    bits = most.bit_length()
    while True:
        drawn = chance.getrandbits(bits)
        if drawn <= most:
            yield drawn


def _draft(costs: Costs, columns: list[tuple[int, int]]) -> Placed:
    """A whole plan; the cheapest sittings first, as long as their requests and places are free."""
    opening, used = costs.count + len(costs.instance.announced), 0
    placed, taken, added = list[tuple[int, int]](), set[int](), Added()
    for _, group in columns:
        if group & used or not group & (group - 1):
            continue
        for place in costs.options(group):
            if place not in taken and costs.days.fits(added, group, place):
                placed.append((group, place))
                used |= group
                if place >= opening:
                    taken.add(place)
                break
    alone = ((1 << bit, bit) for bit in range(len(costs.parts)) if not used >> bit & 1)
    return (*placed, *alone)
