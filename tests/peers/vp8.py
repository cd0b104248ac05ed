"""The VP8 payload descriptor (RFC 7741 section 4.2): written as browsers write it, read to judge decodability.

No pixel is ever decoded: a frame counts as decodable when all its packets are there, in order, and it is either a key
frame or the direct successor (picture id) of a decodable one.
"""

from __future__ import annotations

from typing import NamedTuple

DESCRIPTOR_SIZE = 6  # what `describe` writes: X, I with 15 bits, L, T
PICTURE_IDS = 1 << 15


class Described(NamedTuple):
    begins: bool  # first packet of a frame
    key: bool  # first packet of a key frame
    picture_id: int  # -1 when absent
    size: int  # bytes before the VP8 payload proper


def describe(*, begins: bool, picture_id: int, tl0_index: int) -> bytes:
    """A descriptor of one temporal layer: picture id of 15 bits, TL0PICIDX, TID 0."""
    return bytes(
        (
            0x90 if begins else 0x80,
            0xE0,
            0x80 | (picture_id >> 8) & 0x7F,
            picture_id & 0xFF,
            tl0_index & 0xFF,
            0x00,
        )
    )


def read(packet: memoryview, start: int, end: int) -> Described | None:
    """The descriptor at ``start``; None when it is cut short or nothing follows it."""
    if end - start < 2:
        return None
    first = packet[start]
    at = start + 1
    picture_id = -1
    if first & 0x80:
        flags = packet[at]
        at += 1
        if flags & 0x80:
            if end - at < 2:
                return None
            if packet[at] & 0x80:
                picture_id = (packet[at] & 0x7F) << 8 | packet[at + 1]
                at += 2
            else:
                picture_id = packet[at]
                at += 1
        if flags & 0x40:
            at += 1
        if flags & 0x30:
            at += 1
    if at >= end:
        return None
    begins = first & 0x10 != 0 and first & 0x07 == 0
    return Described(begins, begins and not packet[at] & 0x01, picture_id, at - start)
