"""Fields of an RTP packet, read and written at their offsets (RFC 3550 section 5.1, RFC 8285)."""

from __future__ import annotations

import struct

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

ONE_BYTE = 0xBEDE
TWO_BYTE = 0x1000

HEADER = struct.Struct("!BBHII")
_PROFILE = struct.Struct("!HH")


def payload_start(packet: memoryview | bytes, first: int) -> int:
    """Offset of the payload behind CSRCs and extension. ``first`` is the first byte. The result may lie beyond the
    end of a damaged packet: the caller compares."""
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > len(packet):
            return len(packet) + 1
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    return start


def extensions(packet: memoryview | bytes, first: int) -> dict[int, bytes]:
    """Header extension elements by id, one-byte and two-byte form. Elements that overrun the block are left out."""
    found: dict[int, bytes] = {}
    position = 12 + 4 * (first & 0x0F)
    if not first & 0x10 or position + 4 > len(packet):
        return found
    profile, words = _PROFILE.unpack_from(packet, position)
    position += 4
    end = position + 4 * words
    if end > len(packet):
        return found
    if profile == ONE_BYTE:
        while position < end:
            byte = packet[position]
            position += 1
            if byte == 0:
                continue
            size = (byte & 0x0F) + 1
            if byte >> 4 == 15 or position + size > end:
                break
            found[byte >> 4] = bytes(packet[position : position + size])
            position += size
    elif profile & 0xFFF0 == TWO_BYTE:
        while position + 1 < end:
            identifier = packet[position]
            position += 1
            if identifier == 0:
                continue
            size = packet[position]
            position += 1
            if position + size > end:
                break
            found[identifier] = bytes(packet[position : position + size])
            position += size
    return found


def extension_block(elements: list[tuple[int, bytes]]) -> bytes:
    """The whole header extension for these elements, in order; empty for none. The two-byte form is used only when
    an id above 14 or a value above 16 bytes asks for it."""
    if not elements:
        return b""
    if all(identifier < 15 and 1 <= len(value) <= 16 for identifier, value in elements):
        profile = ONE_BYTE
        body = b"".join(bytes((identifier << 4 | len(value) - 1,)) + value for identifier, value in elements)
    else:
        profile = TWO_BYTE
        body = b"".join(bytes((identifier, len(value))) + value for identifier, value in elements)
    body += bytes(-len(body) % 4)
    return _PROFILE.pack(profile, len(body) // 4) + body


def abs_send_time(nanoseconds: int) -> bytes:
    """24-bit fixed point seconds, 18 bits of fraction, wrapping every 64 s."""
    return ((nanoseconds << 18) // 1_000_000_000 & 0xFFFFFF).to_bytes(3, "big")
