"""The whole product under seeded faults: how true attendance stays, and whether memory does.

``BENCH_SOAK_MINUTES=60 BENCH_SOAK_SEED=3 make bench`` makes it as long, and as it was, as wanted.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

from tests.benchmarks.measure import Metric, emit, say
from tests.soak.judging import Judged, judged, story, verified
from tests.soak.meeting import soaked
from tests.soak.schedule import Plan, plan
from tests.soak.truth import Cause

MINUTES = 3.0
TELLING_MINUTES = 15.0  # a shorter run says little about memory
GROWTH = 5  # MB an hour


async def soak_bench() -> None:
    minutes = float(os.environ.get("BENCH_SOAK_MINUTES") or MINUTES)
    planned = plan(int(os.environ.get("BENCH_SOAK_SEED") or 3), 60 * minutes)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        async with soaked(Path(folder), planned, say) as held:
            result = judged(held, planned)
            for error in result.errors[:10]:
                say(story(held, error))
            code, words = verified(held)
            say(words)
    if code:
        raise AssertionError(f"the ledger does not verify: {words}")
    _report(result, planned, minutes)


def _report(result: Judged, planned: Plan, minutes: float) -> None:
    kinds = Counter(fault.kind.value for fault in planned.faults)
    faults = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    run = f"{minutes:.0f} minutes, seed {planned.seed}: {faults}; {result.facts} facts, verified"
    died, seen = result.worst(Cause.DIED), result.worst(Cause.SEEN)
    wrong = len(result.wrong)
    emit(
        Metric(
            "soak_attendance_error_s",
            max(died, seen),
            "s",
            15,
            note=f"worst interval in which presence differs from the truth of the harness; {seen:.2f} s where a going "
            f"was seen; {wrong} beyond a heartbeat (a second, where seen), web's absences apart; {run}",
        )
    )
    telling = minutes >= TELLING_MINUTES
    by_process = ", ".join(f"{name} {value:+.1f}" for name, value in sorted(result.growth.items()))
    if result.growth:
        emit(
            Metric(
                "soak_rss_growth_mb_per_h",
                max(result.growth.values()),
                "MB/h",
                GROWTH if telling else None,
                note=f"median slope over each process's longest life, the largest of {by_process}; {run}"
                + ("" if telling else "; too short to tell (BENCH_SOAK_MINUTES=60)"),
            )
        )
