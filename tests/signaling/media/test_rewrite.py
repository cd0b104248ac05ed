from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.rewrite import UNSHIFTED, Shift, Start, Tail, continue_from

NUMBERS = st.integers(0x10000, 1 << 34)
STARTS = st.builds(Start, NUMBERS, NUMBERS, st.integers(0, 0x7FFF), st.integers(0, 255), st.floats(100, 200))
TAILS = st.builds(Tail, NUMBERS, NUMBERS, st.integers(0, 1 << 16), st.integers(0, 1 << 9), st.floats(0, 100))


@given(STARTS, st.none() | st.integers())
def test_a_first_start_keeps_the_layers_own_numbers(start: Start, aligned: int | None) -> None:
    assert continue_from(None, start, clock_rate=90_000, aligned=aligned) is UNSHIFTED


@given(TAILS, STARTS, st.none() | st.integers(-(1 << 40), 1 << 40))
def test_every_continuation_is_seamless_and_later(tail: Tail, start: Start, aligned: int | None) -> None:
    shift = continue_from(tail, start, clock_rate=90_000, aligned=aligned)
    assert start.sequence + shift.sequence == tail.sequence + 1
    assert start.timestamp + shift.timestamp > tail.timestamp
    assert (start.picture + shift.picture) & 0x7FFF == (tail.picture + 1) & 0x7FFF
    assert (start.tl0 + shift.tl0) & 0xFF == (tail.tl0 + 1) & 0xFF


def test_sender_reports_place_the_new_layer_exactly() -> None:
    tail = Tail(10, 1_000_000, 1, 1, at=5.0)
    start = Start(70_000, 5_000_000, 0, 0, at=6.0)
    shift = continue_from(tail, start, clock_rate=90_000, aligned=-3_909_990)
    assert shift.timestamp == -3_909_990


def test_without_reports_the_time_between_arrivals_counts() -> None:
    tail = Tail(10, 1_000_000, 1, 1, at=5.0)
    start = Start(70_000, 5_000_000, 0, 0, at=6.0)
    assert start.timestamp + continue_from(tail, start, clock_rate=90_000, aligned=None).timestamp == 1_090_000


def test_reports_that_contradict_the_arrivals_are_not_believed() -> None:
    tail = Tail(10, 1_000_000, 1, 1, at=5.0)
    start = Start(70_000, 5_000_000, 0, 0, at=6.0)
    shift = continue_from(tail, start, clock_rate=90_000, aligned=77_000_000)
    assert start.timestamp + shift.timestamp == 1_090_000


def test_a_timestamp_never_goes_back() -> None:
    tail = Tail(10, 1_000_000, 1, 1, at=5.0)
    start = Start(20, 990_000, 2, 2, at=5.0)
    assert continue_from(tail, start, clock_rate=90_000, aligned=0) == Shift(-9, 10_001, 0, 0)
