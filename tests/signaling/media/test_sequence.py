from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.sequence import Continuity, extend, extend32


@given(st.integers(0, 1 << 40), st.integers(-0x7FFF, 0x7FFF))
def test_a_number_is_found_again_within_half_the_range_of_the_last(near: int, distance: int) -> None:
    number = near + distance
    assert extend(number & 0xFFFF, near) == number


@given(st.integers(1 << 32, 1 << 40), st.integers(-0x7FFF_FFFF, 0x7FFF_FFFF))
def test_a_timestamp_is_found_again_within_half_the_range_of_the_last(near: int, distance: int) -> None:
    assert extend32((near + distance) & 0xFFFF_FFFF, near) == near + distance


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_swallowing_in_order_leaves_no_gap(kept: list[bool]) -> None:
    continuity = Continuity()
    placed: list[int | None] = [continuity.place(999)]
    for number, keep in enumerate(kept, start=1000):
        if keep:
            placed.append(continuity.place(number))
        else:
            assert continuity.swallow(number)
    assert placed == list(range(999, 999 + len(placed)))


@given(st.lists(st.booleans(), min_size=4, max_size=50), st.data())
def test_a_late_packet_gets_the_number_it_would_have_had_in_time(kept: list[bool], data: st.DataObject) -> None:
    late = data.draw(st.sampled_from([i for i, keep in enumerate(kept) if keep] or [0]))
    kept[late] = True
    in_time, delayed = Continuity(), Continuity()
    in_time.place(99)
    delayed.place(99)
    expected = -1
    for index, keep in enumerate(kept):
        if not keep:
            in_time.swallow(100 + index)
            delayed.swallow(100 + index)
        elif index == late:
            expected = in_time.place(100 + index) or 0
        else:
            assert in_time.place(100 + index) == delayed.place(100 + index)
    assert delayed.place(100 + late) == expected


def test_padding_that_comes_late_cannot_be_swallowed() -> None:
    continuity = Continuity()
    assert not continuity.swallow(5)
    continuity.place(10)
    continuity.place(12)
    assert not continuity.swallow(11)
    assert continuity.place(11) == 11


def test_a_stream_held_back_continues_right_behind_its_last_number() -> None:
    continuity = Continuity()
    continuity.resume(3)
    assert continuity.place(10) == 10
    continuity.resume(500)
    assert continuity.place(500) == 11
    assert continuity.place(499) is None
    continuity.resume(400)
    assert continuity.place(501) == 12


def test_what_lies_behind_all_remembered_ranges_is_not_placed() -> None:
    continuity = Continuity()
    continuity.place(0)
    for number in range(1, 200):
        continuity.swallow(number)
    assert continuity.place(3) is None
    assert continuity.place(200) == 1
