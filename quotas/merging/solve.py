"""From a week's question to its plan: join greedily, better it, bound it, and close the gap where that is quick."""

from __future__ import annotations

from dataclasses import dataclass

from quotas.merging.bits import bits
from quotas.merging.bound import attendances_at_least
from quotas.merging.cost import Costs, unpacked
from quotas.merging.exact import Exact
from quotas.merging.greedy import greedy
from quotas.merging.groups import all_groups
from quotas.merging.improve import LARGEST, Improving
from quotas.merging.model import Arrangement, Instance, Score, Sitting, untouched
from quotas.merging.prices import priced
from quotas.merging.regroup import Placed, Regrouping

FEW, MANY = 8, 30
"""Shakes: for fewer person-minutes alone, or for fewer attendances, too."""


@dataclass(frozen=True, slots=True)
class Solution:
    """``at_least``: no plan whatsoever has fewer attendances. Who comes to announced meetings anyway is not counted."""

    arrangement: Arrangement
    score: Score
    before: Score
    at_least: int


def solve(instance: Instance, seed: int = 0) -> Solution:
    """The same question and seed have the same answer."""
    costs = Costs(instance)
    improving = Improving(costs, seed)
    plan, at_least = greedy(costs), attendances_at_least(costs)
    plan = _outright(costs, plan) if len(costs.parts) <= LARGEST + 1 else improving.run(plan, rounds=0)
    groups = all_groups(costs)
    proven = False
    if groups is not None:
        prices = priced(costs, groups, _score(costs, plan).attendances)
        exact = Exact(costs, prices, plan)
        plan = exact.run()
        proven, at_least = exact.proven, max(at_least, prices.attendances)
    plan = improving.run(plan, rounds=FEW if proven else MANY)
    score = _score(costs, plan)
    return Solution(
        arrangement=_arranged(costs, plan),
        score=score,
        before=_score(costs, tuple((costs.group(sitting), sitting.place) for sitting in untouched(instance))),
        at_least=score.attendances if proven else min(at_least, score.attendances),
    )


def _outright(costs: Costs, plan: Placed) -> Placed:
    whole = (1 << len(costs.parts)) - 1
    found = Regrouping(costs).best(whole, (), _total(costs, plan))
    return plan if found is None else found[1]


def _total(costs: Costs, plan: Placed) -> int:
    return sum(costs.value_at(*each) for each in plan)


def _score(costs: Costs, plan: Placed) -> Score:
    return unpacked(_total(costs, plan))


def _arranged(costs: Costs, plan: Placed) -> Arrangement:
    sittings = [Sitting(tuple(bits(group & ~costs.riding)), place) for group, place in plan if group & ~costs.riding]
    return tuple(sorted(sittings, key=lambda sitting: sitting.members))
