from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.pace import SLOT, SPAN, Pace


def running(rates: list[float]) -> Pace:
    """``rates`` in bit/s, one per slot."""
    pace, octets, now = Pace(), 0.0, 50.0
    pace.note(0, now)
    for rate in rates:
        octets += rate / 8 * SLOT
        now += SLOT
        assert pace.due(now)
        pace.note(round(octets), now)
        assert not pace.due(now + SLOT / 2)
    return pace


def test_nothing_is_sure_before_a_second_has_passed() -> None:
    assert running([]).steady() == 0
    assert running([800_000] * 3).steady() == 0
    assert running([800_000] * 4).steady() == pytest.approx(800_000)


def test_a_second_in_which_the_publisher_stood_still_counts_for_two() -> None:
    steady = [800_000.0] * 12
    assert running([*steady, 0, 0, 0, 0]).steady() == 0
    assert running([*steady, 0, 0, 0, 0, *[800_000] * 4]).steady() == 0
    assert running([*steady, 0, 0, 0, 0, *[800_000] * 8]).steady() == pytest.approx(800_000)


def test_a_step_up_is_sure_when_it_has_lasted() -> None:
    assert running([*[200_000] * 12, *[900_000] * 4]).steady() == pytest.approx(200_000)
    assert running([*[200_000] * 12, *[900_000] * 8]).steady() == pytest.approx(900_000)


def test_a_feed_that_has_gone_takes_its_count_with_it() -> None:
    pace = running([400_000] * 8)
    pace.note(0, 50 + 9 * SLOT)
    assert pace.steady() == 0


@given(st.lists(st.floats(0, 5e6), min_size=12, max_size=40))
def test_it_is_never_more_than_the_last_two_seconds_carried(rates: list[float]) -> None:
    last = rates[-round(SPAN / SLOT) :]
    assert running(rates).steady() <= sum(last) / len(last) * 1.01 + 100
