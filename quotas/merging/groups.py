"""All joint sittings that may be, as long as there are not too many of them."""

from __future__ import annotations

from quotas.merging.bits import bits
from quotas.merging.cost import Costs

MOST = 30_000
"""Groups looked at before giving up: a few seconds."""


def all_groups(costs: Costs, most: int = MOST) -> list[int] | None:
    """Every group with a value, those of one part included; None when there are too many to look at.

    A sitting that gives people time hangs together by persons, and what is left of it when the right part is taken
    away still does and can still be held somewhere. So each is found by adding one part at a time.
    """
    related = [_related(costs, part) for part in range(len(costs.parts))]
    mates = [costs.mates(part) for part in range(len(costs.parts))]
    level = {1 << part for part in range(len(costs.parts))}
    found, looked = sorted(level), 0
    for _ in range(costs.rules.parts - 1):
        larger = set[int]()
        for group in sorted(level):
            near, able = 0, costs.short(group)
            for part in bits(group):
                near |= related[part]
                able &= mates[part]
            for part in bits(near & able & ~group):
                joint = group | 1 << part
                if joint not in larger and costs.options(joint):
                    larger.add(joint)
            if looked + len(larger) > most:
                return None
        looked += len(larger)
        found += [group for group in sorted(larger) if costs.value(group) is not None]
        level = larger
    return found


def _related(costs: Costs, part: int) -> int:
    """The parts that share a person with it."""
    theirs = costs.persons[part]
    return sum(1 << other for other, persons in enumerate(costs.persons) if other != part and persons & theirs)
