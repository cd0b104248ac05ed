"""Plans of faults: repeatable, complete, and over in time."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tests.soak.schedule import PROCESSES, SITES, Kind, plan

seeds = st.integers(0, 10_000)


@given(seeds, st.sampled_from((90.0, 300.0, 1200.0)))
def test_a_seed_and_a_length_give_one_plan(seed: int, seconds: float) -> None:
    assert plan(seed, seconds) == plan(seed, seconds)


@given(seeds, st.sampled_from((90.0, 1200.0, 3600.0)))
def test_every_process_alone_and_all_together_are_killed(seed: int, seconds: float) -> None:
    kills = {fault.processes for fault in plan(seed, seconds).faults if fault.kind is Kind.KILL}
    assert kills == {PROCESSES, *((name,) for name in PROCESSES)}


@given(seeds, st.sampled_from((90.0, 1200.0)))
def test_faults_come_in_order_and_are_over_when_it_grows_quiet(seed: int, seconds: float) -> None:
    planned = plan(seed, seconds)
    assert [fault.at for fault in planned.faults] == sorted(fault.at for fault in planned.faults)
    assert all(fault.at > 0 and fault.at + fault.seconds <= planned.quiet_at for fault in planned.faults)
    assert all(1 <= number <= SITES for fault in planned.faults for number in fault.sites)


@given(seeds)
def test_a_long_run_has_every_kind_of_fault_and_wrong_clocks(seed: int) -> None:
    planned = plan(seed, 1200.0)
    assert {fault.kind for fault in planned.faults} == set(Kind)
    assert any(abs(error) > 60 for error in planned.clock_errors)


@given(seeds)
def test_processes_have_time_to_start_again_between_two_kills(seed: int) -> None:
    kills = [fault.at for fault in plan(seed, 1200.0).faults if fault.kind is Kind.KILL]
    assert all(after - before >= 13 for before, after in itertools.pairwise(kills))


@given(seeds, st.sampled_from((1200.0, 3600.0)))
def test_in_calm_spans_everybody_has_been_back_for_half_a_minute(seed: int, seconds: float) -> None:
    planned = plan(seed, seconds)
    assert len(planned.calms) == 2
    for since, until in planned.calms:
        assert all(f.at + f.seconds <= since - 30 or f.at >= until for f in planned.faults)
        assert since - planned.kills_end >= 240
