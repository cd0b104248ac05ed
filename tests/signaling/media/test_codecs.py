from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.codecs import h264_starts_keyframe, parse_vp8, shift_vp8
from tests.signaling.media.client import vp8


def test_the_first_packet_of_a_vp8_key_frame_starts_one() -> None:
    described = parse_vp8(vp8(700, key=True))
    assert described is not None
    assert described.starts_keyframe
    assert (described.picture_id, described.picture_bits, described.tl0) == (700, 15, 700 & 0xFF)


def test_other_vp8_packets_do_not() -> None:
    for payload in (
        vp8(1, key=False),
        vp8(1, key=True, start=False),
        bytes((0x11, 0x00)),  # start of the second partition
    ):
        described = parse_vp8(payload)
        assert described is not None
        assert not described.starts_keyframe


def test_short_forms_of_the_descriptor_are_read() -> None:
    assert parse_vp8(b"\x10\x00") == (True, 0, 0, 0, 0, 0)
    assert parse_vp8(b"\x90\x80\x05\x00") == (True, 5, 2, 7, 0, 0)
    assert parse_vp8(b"\x90\xa0\x05\x20\x00") == (True, 5, 2, 7, 0, 0)
    assert parse_vp8(b"\x90\x40\x09\x01") == (False, 0, 0, 0, 9, 2)


@given(st.binary(max_size=8))
def test_damaged_vp8_is_never_misread_beyond_its_end(payload: bytes) -> None:
    described = parse_vp8(payload)
    if described is not None:
        assert max(described.picture_at, described.tl0_at) < len(payload)
        shift_vp8(payload, described, picture=3, tl0=4)


@given(st.integers(0, 0x7FFF), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_counters_are_moved_within_their_width(picture: int, by: int, tl0_by: int) -> None:
    payload = vp8(picture, key=True, body=b"frame")
    before = parse_vp8(payload)
    assert before is not None
    moved = shift_vp8(payload, before, picture=by, tl0=tl0_by)
    after = parse_vp8(moved)
    assert after is not None
    assert after.picture_id == (picture + by) & 0x7FFF
    assert after.tl0 == (before.tl0 + tl0_by) & 0xFF
    assert after.starts_keyframe
    assert moved[5:] == payload[5:]


def test_a_seven_bit_picture_id_stays_seven_bits_and_an_absent_one_absent() -> None:
    short = b"\x90\x80\x7f\x00"
    described = parse_vp8(short)
    assert described is not None
    assert shift_vp8(short, described, picture=2, tl0=9) == b"\x90\x80\x01\x00"
    bare = b"\x10\x00"
    described = parse_vp8(bare)
    assert described is not None
    assert shift_vp8(bare, described, picture=2, tl0=9) == bare


def test_h264_key_frames_start_with_parameter_sets_or_an_idr_slice() -> None:
    assert h264_starts_keyframe(b"\x67\x42")  # SPS
    assert h264_starts_keyframe(b"\x65\x88")  # IDR
    assert h264_starts_keyframe(b"\x7c\x85\x00")  # first fragment of an IDR
    assert h264_starts_keyframe(b"\x78\x00\x01\x68\x00\x02\x67\x42")  # aggregate: PPS, SPS
    for other in (b"", b"\x61\x00", b"\x7c\x05", b"\x7c", b"\x7c\x81", b"\x78\x00\x01\x68", b"\x78\x00"):
        assert not h264_starts_keyframe(other)
