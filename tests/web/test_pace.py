from __future__ import annotations

import pytest

from meetinghub.errors import TooMany
from web.pace import MOST_KEPT, Pace


def test_a_burst_is_taken_and_then_the_pace_holds() -> None:
    pace = Pace(rate=2, burst=3)
    for _ in range(3):
        pace.spend("a", 10.0)
    with pytest.raises(TooMany):
        pace.spend("a", 10.0)
    pace.spend("b", 10.0)
    pace.spend("a", 10.5)
    with pytest.raises(TooMany):
        pace.spend("a", 10.6)


def test_a_long_rest_saves_up_no_more_than_a_burst() -> None:
    pace = Pace(rate=2, burst=3)
    pace.spend("a", 0.0)
    for _ in range(3):
        pace.spend("a", 1000.0)
    with pytest.raises(TooMany):
        pace.spend("a", 1000.0)


def test_strangers_do_not_grow_our_memory() -> None:
    pace = Pace()
    for number in range(3 * MOST_KEPT):
        pace.spend(f"stranger-{number}", number / 1000)
    assert len(pace._left) <= MOST_KEPT
