"""A whole meeting under faults: everybody comes back by himself, and the sheet says when each was there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.measure import say
from tests.soak.judging import Judged, judged, setting, story, verified
from tests.soak.meeting import soaked
from tests.soak.schedule import PROCESSES, plan
from tests.soak.truth import Cause


async def soak(folder: Path, seed: int, seconds: float) -> Judged:
    """A run that fails says its plan, by which it can be run again (``SOAK_SEED``)."""
    planned = plan(seed, seconds)
    try:
        async with soaked(folder, planned, say) as held:
            result = judged(held, planned)
            for error in result.errors[:5]:
                say(story(held, error))
            say(f"seen {result.worst(Cause.SEEN):.2f} s, died {result.worst(Cause.DIED):.2f} s")
            say(f"memory between calms {result.growth_between_calms} MB/h, slopes {result.growth} MB/h")
            assert not result.wrong, "\n".join(story(held, error) for error in result.wrong)
            code, words = verified(held)
            assert code == 0, words
            return result
    except BaseException:
        say(str(planned))
        raise


@pytest.mark.timeout(300)
async def test_a_meeting_survives_every_fault_and_its_attendance_is_true(tmp_path: Path) -> None:
    await soak(tmp_path, int(setting("SOAK_SEED", 1)), 90.0)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_twenty_minutes_of_faults_leave_attendance_true_and_memory_flat(tmp_path: Path) -> None:
    result = await soak(tmp_path, int(setting("SOAK_SEED", 2)), 1200.0)
    assert set(result.growth_between_calms) == set(PROCESSES)
    assert max(result.growth_between_calms.values()) <= 5.0
