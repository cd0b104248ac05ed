"""How growth of memory is read from samples."""

from __future__ import annotations

import random

import pytest

from tests.soak.memory import Sample, grown, growth


def life(pid: int, start: float, seconds: float, megabytes_an_hour: float, *, base: float = 80.0) -> list[Sample]:
    source = random.Random(pid)
    return [
        Sample(start + at, "web", pid, base + megabytes_an_hour * at / 3600 + source.uniform(-0.2, 0.2))
        for at in range(0, int(seconds), 3)
    ]


def test_steady_growth_is_found_through_noise() -> None:
    assert growth(life(1, 0, 900, 12.0))["web"] == pytest.approx(12.0, abs=1.5)


def test_memory_that_stays_is_flat_whatever_it_was_while_warming_up() -> None:
    warming = [Sample(at, "web", 1, 40.0 + at / 6) for at in range(0, 240, 3)]
    assert growth([*warming, *life(1, 240, 900, 0.0)])["web"] == pytest.approx(0.0, abs=1.0)


def test_a_single_step_is_no_growth() -> None:
    samples = [*life(1, 0, 800, 0.0), *life(1, 800, 100, 0.0, base=85.0)]
    assert growth(samples)["web"] == pytest.approx(0.0, abs=2.0)


def test_a_restart_begins_anew_and_the_longest_life_counts() -> None:
    assert growth([*life(1, 0, 500, 300.0), *life(2, 500, 900, 0.0)])["web"] == pytest.approx(0.0, abs=1.0)


def test_who_never_lived_long_enough_says_nothing() -> None:
    assert growth(life(1, 0, 245, 0.0)) == {}


def test_growth_of_a_short_run_is_told_in_megabytes_from_end_to_end() -> None:
    assert grown(life(1, 0, 940, 36.0))["web"] == pytest.approx(6.4, abs=0.4)
    assert grown(life(1, 0, 940, 0.0))["web"] == pytest.approx(0.0, abs=0.3)
