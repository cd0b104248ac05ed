from __future__ import annotations

import struct

from aiortc.rtp import unpack_header_extensions
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtp

SMALL = st.lists(
    st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), max_size=6, unique_by=lambda e: e[0]
)
LARGE = st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=60)), max_size=5, unique_by=lambda e: e[0])


def packet(block: bytes, csrcs: int = 0) -> tuple[bytes, int]:
    first = 0x80 | (0x10 if block else 0) | csrcs
    return bytes((first,)) + bytes(11 + 4 * csrcs) + block + b"payload", first


@given(SMALL | LARGE, st.integers(0, 15))
def test_elements_come_back_and_the_payload_is_found(elements: list[tuple[int, bytes]], csrcs: int) -> None:
    data, first = packet(rtp.extension_block(elements), csrcs)
    assert rtp.extensions(data, first) == dict(elements)
    assert data[rtp.payload_start(data, first) :] == b"payload"


@given(SMALL)
def test_another_implementation_reads_the_same_elements(elements: list[tuple[int, bytes]]) -> None:
    block = rtp.extension_block(elements)
    if block:
        profile, _ = struct.unpack_from("!HH", block)
        assert dict(unpack_header_extensions(profile, block[4:])) == dict(elements)


@given(st.binary(min_size=12, max_size=60))
def test_noise_is_read_without_trouble(noise: bytes) -> None:
    rtp.extensions(noise, noise[0])
    assert rtp.payload_start(noise, noise[0]) >= 12


def test_a_block_longer_than_the_packet_is_not_read() -> None:
    data = b"\x90" + bytes(11) + b"\xbe\xde\x00\x09" + bytes(8)
    assert rtp.extensions(data, 0x90) == {}
    assert rtp.payload_start(data, 0x90) > len(data)
    assert rtp.payload_start(data[:14], 0x90) > 14


def test_elements_that_overrun_the_block_are_left_out() -> None:
    one = b"\x90" + bytes(11) + b"\xbe\xde\x00\x01" + b"\x10\xaa\x2f\xbb"
    assert rtp.extensions(one, 0x90) == {1: b"\xaa"}
    two = b"\x90" + bytes(11) + b"\x10\x00\x00\x01" + b"\x00\x01\x09\xaa"
    assert rtp.extensions(two, 0x90) == {}
    reserved = b"\x90" + bytes(11) + b"\xbe\xde\x00\x01" + b"\xf0\xaa\x10\xbb"
    assert rtp.extensions(reserved, 0x90) == {}
    foreign = b"\x90" + bytes(11) + b"\x12\x34\x00\x01" + b"\x10\xaa\x10\xbb"
    assert rtp.extensions(foreign, 0x90) == {}


def test_the_send_time_wraps_after_64_seconds() -> None:
    assert rtp.abs_send_time(0) == b"\0\0\0"
    assert rtp.abs_send_time(500_000_000) == b"\x02\x00\x00"
    assert rtp.abs_send_time(64_500_000_000) == b"\x02\x00\x00"
