"""From a week's question to its plan: join greedily, better it, bound it, and close the gap where that is quick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from quotas.merging.bits import bits
from quotas.merging.bound import attendances_at_least
from quotas.merging.cost import Costs, unpacked
from quotas.merging.drafts import drafts
from quotas.merging.exact import Exact
from quotas.merging.greedy import greedy
from quotas.merging.groups import all_groups
from quotas.merging.improve import LARGEST, Improving
from quotas.merging.model import Arrangement, Instance, Score, Sitting, untouched
from quotas.merging.prices import priced
from quotas.merging.regroup import Placed, Regrouping

DRAFTS = 12
"""Other plans to start from."""
FEW, MANY = 4, 30
"""Shakes after all else, or where there is nothing else."""


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
    plan = greedy(costs)
    plan = _outright(costs, plan) if len(costs.parts) <= LARGEST + 1 else improving.run(plan, rounds=0)
    groups, proven = all_groups(costs), False
    if groups is not None:
        prices = priced(costs, groups, _score(costs, plan).attendances)
        others = (improving.run(each, rounds=0) for each in drafts(costs, prices, DRAFTS, seed))
        exact = Exact(costs, prices, min(plan, *others, key=partial(_total, costs)))
        plan = exact.run()
        proven, at_least = exact.proven, prices.attendances
    else:
        at_least = attendances_at_least(costs)
    plan = improving.run(plan, rounds=MANY if groups is None else FEW)
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
