"""Checked by a decoder of its own, written from the draft."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.transportcc import TICK, ArrivalLog


def decode(packet: bytes) -> dict[int, int | None]:
    """16-bit number → arrival in ticks of 250 µs, or None for a hole."""
    assert packet[0] == 0x80 | 15
    assert packet[1] == 205
    assert len(packet) == 4 * (1 + struct.unpack_from("!H", packet, 2)[0])
    base, count = struct.unpack_from("!HH", packet, 12)
    reference = int.from_bytes(packet[16:19], "big")
    symbols: list[int] = []
    position = 20
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, position)
        position += 2
        if chunk & 0x8000 == 0:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            symbols += [chunk >> 12 - 2 * i & 3 for i in range(7)]
        else:
            symbols += [chunk >> 13 - i & 1 for i in range(14)]
    clock = reference * 256
    found: dict[int, int | None] = {}
    for index, symbol in enumerate(symbols[:count]):
        number = (base + index) & 0xFFFF
        if symbol == 0:
            found[number] = None
            continue
        if symbol == 1:
            delta = packet[position]
            position += 1
        else:
            (delta,) = struct.unpack_from("!h", packet, position)
            position += 2
        clock += delta
        found[number] = clock
    assert len(packet) - position < 4
    return found


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.integers(1, 4), st.integers(-3_000_000, 40_000_000)), min_size=1, max_size=900),
)
def test_every_arrival_is_reported_once_with_its_time(first: int, steps: list[tuple[int, int]]) -> None:
    log = ArrivalLog()
    number, at = first, 1_000_000_000_000
    sent: dict[int, int] = {}
    for ahead, later in steps:
        log.arrived(number & 0xFFFF, at)
        sent[number & 0xFFFF] = at // TICK
        number, at = number + ahead, at + later
    reported: dict[int, int | None] = {}
    for packet in log.feedback(1, 2):
        reported |= decode(packet)
    assert {n: t for n, t in reported.items() if t is not None} == {n: t & 0xFFFFFFFF for n, t in sent.items()}
    assert log.feedback(1, 2) == []


def test_a_hole_between_two_feedbacks_is_reported() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.feedback(1, 2)
    log.arrived(12, 1_010_000_000)
    (packet,) = log.feedback(1, 2)
    assert decode(packet) == {11: None, 12: 1_010_000_000 // TICK}


def test_a_late_packet_is_reported_after_all() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.arrived(12, 1_010_000_000)
    log.feedback(1, 2)
    log.arrived(11, 1_020_000_000)
    (packet,) = log.feedback(1, 2)
    assert decode(packet) == {11: 1_020_000_000 // TICK}


def test_a_pause_of_minutes_needs_two_packets() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.arrived(11, 61_000_000_000)
    first, second = log.feedback(1, 2)
    assert decode(first) == {10: 4000}
    assert decode(second) == {11: 244_000}
    assert (first[19], second[19]) == (0, 1)


def test_a_sender_that_starts_over_is_followed() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.arrived(30_000, 1_010_000_000)
    (packet,) = log.feedback(1, 2)
    assert decode(packet) == {30_000: 4040}


def test_time_going_back_does_not_stop_the_feedback() -> None:
    log = ArrivalLog()
    log.arrived(10, 100_000_000_000)
    log.arrived(11, 1_000_000_000)
    reported = [decode(packet) for packet in log.feedback(1, 2)]
    assert [list(part) for part in reported] == [[10], [11]]


def test_a_hole_longer_than_one_packet_holds_is_left_out() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.feedback(1, 2)
    log.arrived(900, 1_010_000_000)
    (packet,) = log.feedback(1, 2)
    assert decode(packet)[900] == 4040


def test_a_hole_in_front_of_a_long_pause_belongs_to_the_next_packet() -> None:
    log = ArrivalLog()
    log.arrived(10, 1_000_000_000)
    log.arrived(12, 61_000_000_000)
    assert [decode(packet) for packet in log.feedback(1, 2)] == [{10: 4000}, {12: 244_000}]
