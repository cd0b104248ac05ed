"""RTCP, read and written (RFC 3550 section 6, RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb). Pure.

Reading is tolerant of kinds it does not know and strict about lengths: what does not fit is not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
FB_NACK, FB_TRANSPORT_CC = 1, 15
FB_PLI, FB_FIR, FB_APPLICATION = 1, 4, 15

NTP_EPOCH = 2_208_988_800  # 1900 → 1970 in seconds

_BLOCK = struct.Struct("!IIIIII")
_SENDER = struct.Struct("!QIII")


@dataclass(frozen=True, slots=True)
class Block:
    """A reception report. ``fraction`` is loss in 0…1 since the last one, ``last_sr`` and ``delay`` in 1/65536 s."""

    ssrc: int
    fraction: float
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp: int
    rtp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Reports:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    media: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """PLI or FIR: for our purpose the same wish."""

    media: int


@dataclass(frozen=True, slots=True)
class Remb:
    bitrate: int


@dataclass(frozen=True, slots=True)
class Bye:
    ssrcs: tuple[int, ...]


Message = SenderReport | Reports | Nack | KeyframeRequest | Remb | Bye


def parse(data: bytes) -> list[Message]:
    """The messages of a compound packet up to the first that does not fit into it."""
    messages: list[Message] = []
    position = 0
    while position + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            break
        body = data[position + 4 : end]
        if first & 0x20:
            padding = body[-1] if body else 0
            if not 0 < padding <= len(body):
                break
            body = body[:-padding]
        messages.extend(_parse_one(kind, first & 0x1F, body))
        position = end
    return messages


def _parse_one(kind: int, count: int, body: bytes) -> Iterable[Message]:
    if kind == SR and len(body) >= 24:
        yield SenderReport(int.from_bytes(body[:4], "big"), *_SENDER.unpack_from(body, 4))
        yield Reports(_blocks(body[24:], count))
    elif kind == RR and len(body) >= 4:
        yield Reports(_blocks(body[4:], count))
    elif kind == BYE and len(body) >= 4 * count:
        yield Bye(struct.unpack_from(f"!{count}I", body))
    elif kind in (RTPFB, PSFB) and len(body) >= 8:
        yield from _parse_feedback(kind, count, body)


def _parse_feedback(kind: int, form: int, body: bytes) -> Iterable[Message]:
    (media,) = struct.unpack_from("!I", body, 4)
    if kind == RTPFB and form == FB_NACK:
        numbers: list[int] = []
        for position in range(8, len(body) - 3, 4):
            base, mask = struct.unpack_from("!HH", body, position)
            numbers.append(base)
            numbers.extend((base + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1)
        yield Nack(media, tuple(numbers))
    elif kind == PSFB and form == FB_PLI:
        yield KeyframeRequest(media)
    elif kind == PSFB and form == FB_FIR:
        for position in range(8, len(body) - 7, 8):
            yield KeyframeRequest(struct.unpack_from("!I", body, position)[0])
    elif kind == PSFB and form == FB_APPLICATION and body[8:12] == b"REMB" and len(body) >= 16:
        (value,) = struct.unpack_from("!I", body, 12)
        yield Remb((value & 0x3FFFF) << (value >> 18 & 0x3F))


def _blocks(body: bytes, count: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for position in range(0, min(count * 24, len(body) - 23), 24):
        ssrc, loss, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, position)
        lost = (loss & 0xFFFFFF) - (0x1000000 if loss & 0x800000 else 0)
        blocks.append(Block(ssrc, (loss >> 24) / 256, lost, highest, jitter, last_sr, delay))
    return tuple(blocks)


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def sender_report(report: SenderReport) -> bytes:
    body = struct.pack("!I", report.ssrc) + _SENDER.pack(report.ntp, report.rtp, report.packets, report.octets)
    return _packet(SR, 0, body)


def receiver_report(sender: int, blocks: Sequence[Block]) -> list[bytes]:
    """One packet per 31 blocks: the count field has five bits."""
    packets: list[bytes] = []
    for first in range(0, len(blocks), 31):
        part = blocks[first : first + 31]
        packed = b"".join(
            _BLOCK.pack(
                block.ssrc,
                min(255, int(block.fraction * 256)) << 24 | max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF,
                block.highest & 0xFFFFFFFF,
                block.jitter & 0xFFFFFFFF,
                block.last_sr,
                block.delay,
            )
            for block in part
        )
        packets.append(_packet(RR, len(part), struct.pack("!I", sender) + packed))
    return packets


def source_description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()[:255]
    item = bytes((1, len(name))) + name
    return _packet(SDES, 1, struct.pack("!I", ssrc) + item + bytes(4 - len(item) % 4))


def nack(sender: int, media: int, numbers: Sequence[int]) -> bytes:
    """``numbers`` ascending (modulo 2¹⁶); packed as a base and a mask of the 16 that follow."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        if pairs and 0 < (distance := (number - pairs[-1][0]) & 0xFFFF) <= 16:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] | 1 << distance - 1)
        else:
            pairs.append((number & 0xFFFF, 0))
    body = struct.pack("!II", sender, media) + b"".join(struct.pack("!HH", *pair) for pair in pairs)
    return _packet(RTPFB, FB_NACK, body)


def picture_loss(sender: int, media: int) -> bytes:
    return _packet(PSFB, FB_PLI, struct.pack("!II", sender, media))


def full_intra_request(sender: int, media: int, number: int) -> bytes:
    return _packet(PSFB, FB_FIR, struct.pack("!IIIB3x", sender, 0, media, number & 0xFF))


def feedback(kind: int, form: int, sender: int, media: int, body: bytes) -> bytes:
    """A feedback packet around a body whose length is a multiple of four."""
    return _packet(kind, form, struct.pack("!II", sender, media) + body)


def ntp(seconds: float) -> int:
    """64-bit NTP time of a Unix time."""
    return int((seconds + NTP_EPOCH) * 4_294_967_296)
