"""How growth of memory is read from samples."""

from __future__ import annotations

import random

import pytest

from tests.soak.memory import Sample, growth, growth_between


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


def test_growth_between_two_calm_spans_is_found_whatever_was_between() -> None:
    away = [Sample(at, "web", 1, 70.0) for at in range(300, 600, 3)]
    before, after = life(1, 0, 300, 12.0), life(1, 600, 300, 12.0, base=80.0 + 12.0 * 600 / 3600)
    found = growth_between([*before, *away, *after], (200.0, 230.0), (800.0, 830.0))
    assert found["web"] == pytest.approx(12.0, abs=2.0)


def test_who_did_not_live_through_both_calm_spans_says_nothing() -> None:
    assert growth_between([*life(1, 0, 300, 0.0), *life(2, 300, 600, 0.0)], (200.0, 230.0), (800.0, 830.0)) == {}
