from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.peers import rtp, vp8
from tests.peers.incoming import PATIENCE, Stream, Video


def video() -> tuple[Video, list[float]]:
    seen: list[float] = []
    return Video(1, lambda _, now: seen.append(now)), seen


def feed(stream: Video, sequence: int, *, picture: int, begins: bool, ends: bool, key: bool, now: float) -> None:
    descriptor = vp8.describe(begins=begins, picture_id=picture, tl0_index=0)
    packet = memoryview(descriptor + (b"\x00" if key else b"\x01"))
    number = stream.packet(sequence & 0xFFFF, 0, len(packet), now)
    if number is not None:
        stream.payload(number, packet, 0, len(packet), marker=ends, now=now)


@given(first=st.integers(0, 0xFFFF), count=st.integers(1, 300), seed=st.integers(0, 99))
def test_packets_shuffled_within_a_window_are_all_received_and_none_is_lost(first: int, count: int, seed: int) -> None:
    stream = Stream(1, 48_000)
    order = list(range(1, count))
    source = random.Random(seed)
    for start in range(0, len(order), 8):
        window = order[start : start + 8]
        source.shuffle(window)
        order[start : start + 8] = window
    for step in [0, *order]:
        stream.packet(first + step & 0xFFFF, 0, 100, 0.0)
    assert stream.received == count
    assert stream.duplicates == 0
    assert not stream.holes
    assert stream.missing(9.0) == []


def test_a_hole_is_asked_for_again_and_given_up_after_its_time() -> None:
    stream = Stream(1, 48_000)
    stream.packet(10, 0, 100, 0.0)
    stream.packet(13, 0, 100, 0.0)
    assert stream.missing(0.005) == []
    assert stream.missing(0.02) == [11, 12]
    assert stream.missing(0.03) == []
    assert stream.missing(0.1) == [11, 12]
    stream.packet(11, 0, 100, 0.11)
    assert stream.repaired == 1
    assert stream.missing(PATIENCE + 0.1) == []
    assert stream.lost == 1


def test_a_second_copy_is_a_duplicate() -> None:
    stream = Stream(1, 48_000)
    assert stream.packet(7, 0, 100, 0.0) is not None
    assert stream.packet(7, 0, 100, 0.0) is None
    assert stream.duplicates == 1


def test_frames_count_from_the_first_key_frame_on() -> None:
    stream, seen = video()
    feed(stream, 1, picture=5, begins=True, ends=True, key=False, now=1.0)
    assert stream.wants_key_frame(1.0)
    assert not stream.wants_key_frame(1.1)
    feed(stream, 2, picture=6, begins=True, ends=False, key=True, now=2.0)
    feed(stream, 3, picture=6, begins=False, ends=True, key=False, now=2.1)
    feed(stream, 4, picture=7, begins=True, ends=True, key=False, now=2.2)
    assert seen == [2.1, 2.2]
    assert not stream.wish


def test_a_frame_whose_predecessor_was_skipped_is_not_decodable() -> None:
    stream, seen = video()
    feed(stream, 1, picture=5, begins=True, ends=True, key=True, now=1.0)
    feed(stream, 2, picture=7, begins=True, ends=True, key=False, now=2.0)
    assert len(seen) == 1
    assert stream.broken == 1


def test_a_repaired_packet_lets_the_waiting_frames_through_in_order() -> None:
    stream, seen = video()
    feed(stream, 0xFFFF, picture=0x7FFF, begins=True, ends=True, key=True, now=1.0)
    feed(stream, 1, picture=1, begins=True, ends=True, key=False, now=2.0)
    assert len(seen) == 1
    feed(stream, 0, picture=0, begins=True, ends=True, key=False, now=3.0)
    assert seen == [1.0, 3.0, 3.0]


def test_a_lost_packet_freezes_video_until_the_next_key_frame() -> None:
    stream, seen = video()
    feed(stream, 1, picture=1, begins=True, ends=True, key=True, now=0.0)
    feed(stream, 3, picture=3, begins=True, ends=True, key=False, now=0.1)
    feed(stream, 4, picture=4, begins=True, ends=True, key=True, now=0.2)
    assert len(seen) == 1
    stream.missing(PATIENCE + 1)
    assert len(seen) == 2
    assert stream.pieces_waiting == 0


def test_padding_closes_its_number_without_touching_frames() -> None:
    stream, seen = video()
    feed(stream, 1, picture=1, begins=True, ends=True, key=True, now=0.0)
    number = stream.packet(2, 0, 12, 0.1)
    assert number is not None
    stream.payload(number, memoryview(b""), 0, 0, marker=False, now=0.1)
    feed(stream, 3, picture=2, begins=True, ends=True, key=False, now=0.2)
    assert len(seen) == 2


def test_a_report_says_what_was_lost_since_the_last() -> None:
    stream = Stream(9, 48_000)
    for sequence in (0, 1, 2, 3, 8, 9):
        stream.packet(sequence, 0, 100, 0.0)
    report = stream.report(1.0)
    assert (report.lost, report.fraction) == (4, 4 * 256 // 10)
    stream.packet(10, 0, 100, 1.0)
    assert stream.report(2.0).fraction == 0
    assert next(rtp.reports(next(rtp.parts(rtp.receiver_report(1, [report]))))) == report
