"""RTP and RTCP bytes (RFC 3550, 4585, 8285; REMB by its draft), without an object per packet."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SR, RR, SDES, RTPFB, PSFB = 200, 201, 202, 205, 206
NACK, TRANSPORT_FEEDBACK = 1, 15  # formats of RTPFB
PLI, FIR, APPLICATION = 1, 4, 15  # formats of PSFB
NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970

ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"

HEADER = struct.Struct("!BBHII")


@dataclass(slots=True)
class HeaderTemplate:
    """The constant part of a stream's header and where its changing extension values lie (0 = absent)."""

    data: bytearray
    abs_send_time: int = 0
    audio_level: int = 0
    transport_sequence: int = 0


def header_template(
    *, payload_type: int, ssrc: int, extensions: Mapping[str, int], mid: str = "", rid: str = "", repaired: bool = False
) -> HeaderTemplate:
    """``extensions`` maps URI to id; an empty ``mid`` or ``rid`` leaves that element out."""
    template = HeaderTemplate(bytearray(HEADER.pack(0x80, payload_type, 0, 0, ssrc)))
    body = bytearray()

    def element(uri: str, value: bytes) -> int:
        body.append(extensions[uri] << 4 | len(value) - 1)
        at = len(body)
        body.extend(value)
        return 16 + at

    if ABS_SEND_TIME in extensions:
        template.abs_send_time = element(ABS_SEND_TIME, bytes(3))
    if TRANSPORT_SEQUENCE in extensions:
        template.transport_sequence = element(TRANSPORT_SEQUENCE, bytes(2))
    if AUDIO_LEVEL in extensions:
        template.audio_level = element(AUDIO_LEVEL, b"\x7f")
    if mid and MID in extensions:
        element(MID, mid.encode())
    if rid and (uri := REPAIRED_RID if repaired else RID) in extensions:
        element(uri, rid.encode())
    if body:
        body.extend(bytes(-len(body) % 4))
        template.data[0] |= 0x10
        template.data += struct.pack("!HH", 0xBEDE, len(body) // 4) + body
    return template


def payload_start(packet: memoryview, size: int) -> int:
    """Offset of the payload; ``size`` when the header is longer than the packet."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if at + 4 > size:
            return size
        at += 4 + 4 * (packet[at + 2] << 8 | packet[at + 3])
    return min(at, size)


def extension(packet: memoryview, size: int, identifier: int) -> bytes | None:
    """The value of a one-byte header extension element."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10 or at + 4 > size or packet[at] << 8 | packet[at + 1] != 0xBEDE:
        return None
    end = min(size, at + 4 + 4 * (packet[at + 2] << 8 | packet[at + 3]))
    at += 4
    while at < end:
        head = packet[at]
        length = (head & 0x0F) + 1 if head >> 4 else 0
        if head >> 4 == identifier:
            return bytes(packet[at + 1 : at + 1 + length])
        at += 1 + length
    return None


class Report(NamedTuple):
    """A report block. ``lost`` is cumulative, ``fraction`` in 1/256, ``last_sr``/``delay`` in 1/65536 s."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def _blocks(reports: Sequence[Report]) -> bytes:
    return b"".join(
        struct.pack("!IIIIII", r.ssrc, r.fraction << 24 | r.lost & 0xFFFFFF, r.highest, r.jitter, r.last_sr, r.delay)
        for r in reports
    )


def receiver_report(sender: int, reports: Sequence[Report]) -> bytes:
    """One packet for every 31 reports."""
    groups = [reports[i : i + 31] for i in range(0, len(reports), 31)] or [()]
    return b"".join(_packet(RR, len(g), struct.pack("!I", sender) + _blocks(g)) for g in groups)


def sender_report(ssrc: int, *, wall: float, rtp_time: int, packets: int, octets: int) -> bytes:
    """``wall`` is Unix time."""
    seconds = wall + NTP_EPOCH
    body = struct.pack("!I", ssrc) + struct.pack(
        "!IIIII",
        int(seconds) & 0xFFFFFFFF,
        int(seconds % 1 * (1 << 32)),
        rtp_time & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    return _packet(SR, 0, body)


def description(ssrc: int, cname: str) -> bytes:
    text = cname.encode()
    item = bytes((1, len(text))) + text
    return _packet(SDES, 1, struct.pack("!I", ssrc) + item + bytes(4 - len(item) % 4))


def nack(sender: int, media: int, sequences: Iterable[int]) -> bytes:
    """Sequence numbers of 16 bits in sending order, packed in PID + BLP pairs."""
    pairs: list[list[int]] = []
    for number in sequences:
        if pairs and 0 < (ahead := number - pairs[-1][0] & 0xFFFF) <= 16:
            pairs[-1][1] |= 1 << ahead - 1
        else:
            pairs.append([number & 0xFFFF, 0])
    return _packet(RTPFB, NACK, struct.pack("!II", sender, media) + b"".join(struct.pack("!HH", *p) for p in pairs))


def picture_loss(sender: int, media: int) -> bytes:
    return _packet(PSFB, PLI, struct.pack("!II", sender, media))


def remb(sender: int, bitrate: float, ssrcs: Sequence[int]) -> bytes:
    """Receiver estimated maximum bitrate, bit/s."""
    exponent = max(0, int(bitrate).bit_length() - 18)
    packed = (len(ssrcs) & 0xFF) << 24 | exponent << 18 | int(bitrate) >> exponent
    body = struct.pack("!II4sI", sender, 0, b"REMB", packed) + b"".join(struct.pack("!I", s) for s in ssrcs)
    return _packet(PSFB, APPLICATION, body)


class Part(NamedTuple):
    """One packet of a compound RTCP packet: ``form`` is the reception count or feedback format."""

    kind: int
    form: int
    body: bytes


def parts(data: bytes) -> Iterator[Part]:
    """Stops at the first malformed header."""
    at = 0
    while at + 4 <= len(data):
        first, kind, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield Part(kind, first & 0x1F, data[at + 4 : end])
        at = end


def reports(part: Part) -> Iterator[Report]:
    """The report blocks of an SR or RR."""
    at = 24 if part.kind == SR else 4
    for _ in range(part.form):
        if at + 24 > len(part.body):
            return
        ssrc, loss, highest, jitter, last_sr, delay = struct.unpack_from("!IIIIII", part.body, at)
        yield Report(ssrc, loss >> 24, loss & 0xFFFFFF, highest, jitter, last_sr, delay)
        at += 24


def nacked(part: Part) -> Iterator[int]:
    """Sequence numbers asked for by a generic NACK."""
    for at in range(8, len(part.body) - 3, 4):
        number, mask = struct.unpack_from("!HH", part.body, at)
        yield number
        for bit in range(16):
            if mask >> bit & 1:
                yield number + bit + 1 & 0xFFFF
