"""Where a picture begins, and VP8's counters (RFC 7741, RFC 6184). Nothing is decoded.

A feed starts, resumes and changes its layer only at a packet for which ``starts_keyframe`` holds.
"""

from __future__ import annotations

from typing import NamedTuple

VP8 = "video/vp8"
H264 = "video/h264"

H264_IDR = 5
H264_SPS = 7
H264_STAP_A = 24
H264_FU_A = 28


class Vp8(NamedTuple):
    """A payload descriptor. Positions are offsets in the payload, 0 when the field is absent (byte 0 is taken)."""

    starts_keyframe: bool
    picture_id: int
    picture_at: int
    picture_bits: int
    tl0: int
    tl0_at: int


def parse_vp8(payload: bytes) -> Vp8 | None:
    """None when the descriptor runs beyond the payload."""
    size = len(payload)
    if size < 2:
        return None
    first = payload[0]
    picture = picture_at = bits = tl0 = tl0_at = 0
    position = 1
    if first & 0x80:
        flags = payload[1]
        position = 2
        if flags & 0x80:
            picture_at = position
            if position + 1 >= size:
                return None
            if payload[position] & 0x80:
                picture, bits = (payload[position] & 0x7F) << 8 | payload[position + 1], 15
                position += 2
            else:
                picture, bits = payload[position], 7
                position += 1
        if flags & 0x40:
            tl0_at = position
            if position >= size:
                return None
            tl0 = payload[position]
            position += 1
        if flags & 0x30:
            position += 1
    if position >= size:
        return None
    # S = 1 and PID = 0: start of the first partition; then bit 0 of the frame header says "not a key frame".
    return Vp8(first & 0x17 == 0x10 and not payload[position] & 1, picture, picture_at, bits, tl0, tl0_at)


def shift_vp8(payload: bytes, descriptor: Vp8, *, picture: int, tl0: int) -> bytes:
    """The payload with its picture id and TL0PICIDX moved by these amounts, each within its own width."""
    changed = bytearray(payload)
    if descriptor.picture_bits == 15:
        value = descriptor.picture_id + picture & 0x7FFF
        changed[descriptor.picture_at] = 0x80 | value >> 8
        changed[descriptor.picture_at + 1] = value & 0xFF
    elif descriptor.picture_bits == 7:
        changed[descriptor.picture_at] = descriptor.picture_id + picture & 0x7F
    if descriptor.tl0_at:
        changed[descriptor.tl0_at] = descriptor.tl0 + tl0 & 0xFF
    return bytes(changed)


def h264_starts_keyframe(payload: bytes) -> bool:
    """The packet with the parameter sets, or the first of an IDR picture when they came earlier."""
    if not payload:
        return False
    kind = payload[0] & 0x1F
    if kind == H264_FU_A:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 0x1F in (H264_IDR, H264_SPS)
    if kind == H264_STAP_A:
        position = 1
        while position + 2 < len(payload):
            if payload[position + 2] & 0x1F in (H264_IDR, H264_SPS):
                return True
            position += 2 + int.from_bytes(payload[position : position + 2], "big")
        return False
    return kind in (H264_IDR, H264_SPS)
