from __future__ import annotations

import struct
from array import array
from typing import Any

import pytest
from pylibsrtp import Policy, Session

from signaling.media import srtp
from signaling.media.codecs import parse_vp8
from signaling.media.fanout import Fanout, Group, Shape
from signaling.media.port import ffi
from signaling.media.rewrite import Shift
from signaling.media.stats import LATENCY_BUCKETS, Counters
from signaling.media.wire import SEND_SLOTS, STRIDE
from tests.signaling.media.client import vp8

KEY = bytes(range(28))


class Memory:
    """A wire that keeps what it was given."""

    def __init__(self) -> None:
        self.arena = ffi.new("char[]", SEND_SLOTS * STRIDE)
        self.slots: list[Any] = [self.arena + i * STRIDE for i in range(SEND_SLOTS)]
        self.cells = ffi.new("int[]", SEND_SLOTS)
        self.lengths: list[Any] = [self.cells + i for i in range(SEND_SLOTS)]
        self.received = memoryview(b"")
        self.received_slots: list[Any] = []
        self.used = 0
        self.sent: list[bytes] = []
        self.cancelled: list[int] = []

    def reserve(self, length: int, addresses: array[int]) -> int:
        if self.used + len(addresses) > SEND_SLOTS:
            self.flush()
        first, self.used = self.used, self.used + len(addresses)
        for i in range(first, self.used):
            self.cells[i] = length
        return first

    def cancel(self, slot: int) -> None:
        self.cancelled.append(slot)
        self.cells[slot] = 0

    def flush(self) -> None:
        self.sent += [bytes(ffi.buffer(self.slots[i], self.cells[i])) for i in range(self.used)]
        self.used = 0


def sessions(count: int) -> list[Session]:
    return [
        Session(
            Policy(
                key=bytes((i % 256,)) + KEY[1:],
                ssrc_type=Policy.SSRC_ANY_OUTBOUND,
                srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
            )
        )
        for i in range(count)
    ]


def opened(packet: bytes, number: int) -> bytes:
    policy = Policy(
        key=bytes((number % 256,)) + KEY[1:],
        ssrc_type=Policy.SSRC_ANY_INBOUND,
        srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    )
    return Session(policy).unprotect(packet)


def test_every_receiver_gets_the_same_plaintext_under_its_own_key() -> None:
    memory, counters = Memory(), Counters()
    fanout = Fanout(memory, counters)
    keys = sessions(3)
    packet = struct.pack("!BBHII", 0x80, 96, 1, 2, 3) + b"payload"
    fanout.send(packet, [srtp.context(key) for key in keys], array("Q", [1, 2, 3]))
    fanout.flush()
    assert len(set(memory.sent)) == 3
    assert [opened(sent, number) for number, sent in enumerate(memory.sent)] == [packet] * 3
    assert counters.packets_out == 3


def test_more_receivers_than_slots_are_served_in_parts() -> None:
    memory = Memory()
    fanout = Fanout(memory, Counters())
    (key,) = sessions(1)
    packet = struct.pack("!BBHII", 0x80, 96, 1, 2, 3)
    count = SEND_SLOTS + 5
    fanout.send(packet, [srtp.context(key)] * count, array("Q", [0] * count))
    fanout.flush()
    assert len(memory.sent) == count


def test_what_could_not_be_protected_does_not_leave() -> None:
    memory, counters = Memory(), Counters()
    fanout = Fanout(memory, counters)
    keys = sessions(2)
    fanout.send(b"\x80short", [srtp.context(key) for key in keys], array("Q", [1, 2]))
    fanout.flush()
    assert memory.cancelled == [0, 1]
    assert memory.sent == [b"", b""]
    assert counters.dropped["protect"] == 2


@pytest.mark.parametrize(("time_id", "mid_id"), [(0, 0), (2, 0), (0, 3), (2, 3), (2, 20)])
def test_packets_carry_what_was_negotiated(time_id: int, mid_id: int) -> None:
    memory = Memory()
    fanout = Fanout(memory, Counters())
    fanout.send_time = b"\x01\x02\x03"
    group = Group(fanout, 7, Shape(96, time_id, mid_id, "12"), Shift(), first=0)
    (key,) = sessions(1)
    feed: Any = object()
    group.join(feed, srtp.context(key), 1)
    group.forward(65536 + 9, 1000, 0x80, b"data", None, 0.0)
    fanout.flush()
    packet = opened(memory.sent[0], 0)
    assert packet[0] == (0x90 if time_id or mid_id else 0x80)
    assert packet[1] == 0x80 | 96
    assert (b"\x01\x02\x03" in packet) == bool(time_id)
    assert (b"12" in packet[12:-4]) == bool(mid_id)
    assert packet.endswith(b"data")
    assert group.store.get(65536 + 9) == packet


def test_late_packets_from_before_a_group_are_not_its_own() -> None:
    memory = Memory()
    fanout = Fanout(memory, Counters())
    group = Group(fanout, 7, Shape(96, 0, 0, ""), Shift(sequence=5, picture=1), first=100)
    group.forward(99, 1, 0, b"late", None, 0.0)
    assert group.packets == 0
    payload = vp8(3, key=True)
    group.forward(101, 1, 0, payload, parse_vp8(payload), 0.0)
    group.forward(100, 1, 0, payload, parse_vp8(payload), 0.0)
    assert group.tail is not None
    assert (group.tail.sequence, group.tail.picture) == (106, 4)
    assert group.packets == 2


def test_latency_falls_into_its_bucket() -> None:
    counters = Counters()
    fanout = Fanout(Memory(), counters)
    fanout.forwarded(1_000_000_000)
    fanout.forwarded(1_000_000_000 - 200_000_000)
    fanout.settle(1_000_000_000 + 250_000)
    fanout.settle(1_000_000_000 + 250_000)
    assert counters.latency[LATENCY_BUCKETS.index(0.0003)] == 1
    assert counters.latency[-1] == 1
    assert sum(counters.latency) == 2
