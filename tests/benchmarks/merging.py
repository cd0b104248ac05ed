"""Fortnights of 40 requests: the weekly plan's distance from the optimum that CP-SAT proves, and what it takes."""

from __future__ import annotations

import time
from statistics import mean

from quotas.merging.cost import Costs
from quotas.merging.model import Instance
from quotas.merging.solve import solve
from tests.benchmarks.measure import Metric, emit, say
from tests.quotas.merging.instances import week
from tests.quotas.merging.naive import Naive, Part
from tests.quotas.merging.oracle import solve as prove

REQUESTS, WEEKS = 40, 20
LONGEST = 300.0
"""Seconds for CP-SAT; what it has not proven by then is measured against the better of both bounds."""


class _Quick(Naive):
    """Asks our own rule which sittings give time, which the suite holds against every order tried."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self._costs = Costs(instance)
        self._bit = {part.key: 1 << bit for bit, part in enumerate(instance.parts)}

    def _gives_time(self, parts: tuple[Part, ...]) -> bool:
        return self._costs.gives_time(sum(self._bit[part.key] for part in parts))


def merging_bench(*, quick: bool) -> None:
    gaps, spent, loose, rivals = [], [], [], []
    for seed in range(3 if quick else WEEKS):
        instance = week(seed, REQUESTS)
        start = time.process_time()
        found = solve(instance)
        spent.append(time.process_time() - start)
        start = time.process_time()
        best = prove(instance, naive=_Quick(instance), seconds=LONGEST)
        rivals.append(time.process_time() - start)
        least = best.attendances if best.optimal else max(best.bound, found.at_least)
        gaps.append(100 * (found.score.attendances / least - 1))
        loose.append(100 * (1 - found.at_least / found.score.attendances))
        say(f"merging {seed}: {found.score.attendances} of {found.before.attendances}, {best}, {spent[-1]:.2f} s")
    unit = "% of attendances"
    note = f"worst of {len(gaps)} fortnights of {REQUESTS} requests, mean {mean(gaps):.2f}; the optimum is CP-SAT's"
    emit(Metric("merge_plan_gap_percent", max(gaps), unit, 2, note=note))
    note = f"what we print as the least possible lies below the plan by this much at worst, mean {mean(loose):.2f}"
    emit(Metric("merge_plan_gap_percent", max(loose), unit, None, variant="as shown", note=note))
    note = f"processor time, bound included; worst, mean {mean(spent):.2f}; listing and CP-SAT mean {mean(rivals):.2f}"
    emit(Metric("merge_plan_s", max(spent), "s", 2, note=note))
