from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.nack import GIVE_UP_SECONDS, KEEP_BYTES, MAX_ASKED, MAX_MISSING, LossDetector, PacketStore


def test_a_stored_packet_comes_back_byte_for_byte_and_the_first_stays() -> None:
    store = PacketStore()
    store.put(7, b"first", 1.0)
    store.put(7, b"second", 1.1)
    assert store.get(7) == b"first"
    assert store.get(8) is None


def test_packets_are_kept_for_a_second() -> None:
    store = PacketStore()
    store.put(1, b"old", 1.0)
    store.put(2, b"new", 2.5)
    assert store.get(1) is None
    assert store.get(2) == b"new"


@given(st.lists(st.integers(1, 400_000), max_size=20))
def test_a_store_never_holds_more_than_its_bytes(sizes: list[int]) -> None:
    store = PacketStore()
    for number, size in enumerate(sizes):
        store.put(number, bytes(size), 1.0)
        assert store.size == sum(map(len, store.packets.values())) <= KEEP_BYTES


def test_one_packet_larger_than_everything_is_not_kept() -> None:
    store = PacketStore()
    store.put(1, bytes(KEEP_BYTES + 1), 1.0)
    assert store.size == 0
    assert store.get(1) is None


@given(st.permutations(list(range(100, 130))))
def test_every_packet_counts_once_in_any_order(order: list[int]) -> None:
    detector = LossDetector()
    assert all(detector.arrived(number, 0.0) for number in order)
    assert not any(detector.arrived(number, 0.0) for number in order)
    below = {number for number in range(order[0], 130)}
    assert not below & set(detector.missing)


def test_a_gap_is_asked_for_after_a_moment_and_again_with_patience() -> None:
    detector = LossDetector()
    detector.arrived(100, 0.0)
    detector.arrived(103, 0.0)
    assert detector.due(0.001, 0.1) == []
    assert detector.due(0.02, 0.1) == [101, 102]
    assert detector.due(0.05, 0.1) == []
    detector.arrived(101, 0.06)
    assert detector.due(0.2, 0.1) == [102]


def test_what_does_not_come_is_given_up() -> None:
    detector = LossDetector()
    detector.arrived(100, 0.0)
    detector.arrived(102, 0.0)
    asked = sum(bool(detector.due(step / 50, 0.0)) for step in range(100))
    assert 1 <= asked <= MAX_ASKED
    assert not detector.missing
    detector.arrived(104, 5.0)
    assert detector.due(5.1 + GIVE_UP_SECONDS, 0.1) == []
    assert not detector.missing


def test_a_jump_is_a_new_start_and_not_a_thousand_losses() -> None:
    detector = LossDetector()
    detector.arrived(100, 0.0)
    detector.arrived(101 + MAX_MISSING + 1, 0.0)
    assert not detector.missing
    detector.arrived(100_000, 0.0)
    assert not detector.missing
    assert not detector.arrived(98_000, 0.0)


def test_old_gaps_are_forgotten_when_the_stream_moves_on() -> None:
    detector = LossDetector()
    detector.arrived(100, 0.0)
    detector.arrived(102, 0.0)
    for number in range(103, 102 + MAX_MISSING + 2):
        detector.arrived(number, 0.0)
    assert detector.due(0.5, 0.1) == []
    assert not detector.missing
