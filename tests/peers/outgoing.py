"""Published streams of one peer: which packet is due when, key frames on request, resends. Pure: no socket, no clock.

Video is paced at 2.5 times its bitrate, as a browser does; audio goes out at once.
"""

from __future__ import annotations

import random
import struct
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.peers import rtp, vp8
from tests.peers.recording import OPUS_FRAME, Layer

HISTORY = 400  # packets kept for resending, per video stream
PACING = 2.5
COMFORT = b"\x78\x7f\xfe"  # Opus: one 20 ms CELT frame of silence

Emit = Callable[["Outgoing", bytes, bytes, bool, int], None]  # stream, descriptor, payload, marker, timestamp


class Outgoing:
    """One SSRC. ``history`` holds protected packets, so a resend is the same ciphertext under the same index."""

    def __init__(self, *, ssrc: int, payload_type: int, clock_rate: int, extensions: Mapping[str, int]) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.clock_rate = clock_rate
        self.extensions = extensions
        self.sequence = random.randrange(1 << 15)
        self.base = random.randrange(1 << 32)
        self.packets = self.octets = self.resent = 0
        self.last_timestamp = self.base
        self.last_at = 0.0
        self.remote_lost = 0
        self.level = 127  # -dBov, for the audio level extension: 127 is silence
        self.history: dict[int, bytes] = {}
        self.template = rtp.header_template(payload_type=payload_type, ssrc=ssrc, extensions=extensions)

    def name(self, *, mid: str, rid: str = "") -> None:
        """Which media section and layer the header extensions say; ``mid`` empty once the server knows the SSRC."""
        self.template = rtp.header_template(
            payload_type=self.payload_type, ssrc=self.ssrc, extensions=self.extensions, mid=mid, rid=rid
        )

    def remember(self, sequence: int, packet: bytes) -> None:
        self.history[sequence] = packet
        self.history.pop(sequence - HISTORY & 0xFFFF, None)

    def rtp_time(self, now: float) -> int:
        """The timestamp that belongs to ``now``, for a sender report."""
        return self.last_timestamp + int((now - self.last_at) * self.clock_rate) & 0xFFFFFFFF


class Microphone:
    """Opus, 50 packets a second; while ``on`` is false one in 20, as a browser's muted track with DTX."""

    def __init__(self, stream: Outgoing, packets: tuple[bytes, ...], now: float) -> None:
        self.stream = stream
        self.on = True
        self._silent = 0
        self._packets = packets
        self._number = random.randrange(len(packets))
        self._timestamp = stream.base
        self._next = now + random.random() * OPUS_FRAME
        self._spurt = True

    def due(self, now: float, emit: Emit) -> None:
        while self._next <= now:
            if now - self._next > 0.2:  # the process slept: skip, as a real-time source would
                behind = int((now - self._next) / OPUS_FRAME)
                self._advance(behind)
                continue
            if self.on:
                emit(self.stream, b"", self._packets[self._number], self._spurt, self._timestamp)
            elif self._silent % 20 == 0:
                emit(self.stream, b"", COMFORT, False, self._timestamp)
            self._spurt = not self.on
            self._silent = 0 if self.on else self._silent + 1
            self._advance(1)

    def _advance(self, count: int) -> None:
        self._number = (self._number + count) % len(self._packets)
        self._timestamp = self._timestamp + 960 * count & 0xFFFFFFFF
        self._next += OPUS_FRAME * count


class SimulcastLayer:
    """One layer of a camera; its first frame comes ``delay`` seconds after publishing."""

    def __init__(self, stream: Outgoing, layer: Layer, now: float, delay: float = 0.0) -> None:
        self.stream = stream
        self.layer = layer
        self.wanted = True  # dynacast: does anybody watch it
        self.key_requests = 0
        self._frame = 0
        self._picture = random.randrange(vp8.PICTURE_IDS)
        self._tl0 = random.randrange(256)
        self._next = now + delay + random.random() / layer.rate
        self._start = self._next

    def want(self, wanted: bool) -> None:
        if wanted and not self.wanted:
            self._frame = 0  # a resumed encoder begins with a key frame
        self.wanted = wanted

    def key_frame(self) -> None:
        self.key_requests += 1
        self._frame = 0

    def due(self, now: float) -> list[Piece]:
        if self._next > now:
            return []
        timestamp = self.stream.base + int((self._next - self._start) * 90_000) & 0xFFFFFFFF
        late = int((now - self._next) * self.layer.rate)
        self._next += (1 + late) / self.layer.rate
        if not self.wanted:
            return []
        pieces = self.layer.frames[self._frame]
        self._frame = (self._frame + 1) % len(self.layer.frames)
        self._picture = (self._picture + 1) % vp8.PICTURE_IDS
        self._tl0 = self._tl0 + 1 & 0xFF
        last = len(pieces) - 1
        return [
            Piece(
                self.stream,
                vp8.describe(begins=i == 0, picture_id=self._picture, tl0_index=self._tl0),
                payload,
                i == last,
                timestamp,
            )
            for i, payload in enumerate(pieces)
        ]


@dataclass(slots=True)
class Piece:
    stream: Outgoing
    descriptor: bytes
    payload: bytes
    marker: bool
    timestamp: int


class Camera:
    """Simulcast layers behind one pacer."""

    def __init__(self, layers: list[SimulcastLayer], now: float) -> None:
        self.layers = layers
        self.on = True
        self._queue: deque[Piece] = deque()
        self._budget = 0.0
        self._before = now

    def due(self, now: float, emit: Emit) -> None:
        rate = 0
        for layer in self.layers:
            if self.on:
                self._queue += layer.due(now)
            rate += layer.layer.bitrate if layer.wanted else 0
        self._budget = min(self._budget + (now - self._before) * PACING * rate / 8, PACING * rate / 8 * 0.02)
        self._before = now
        while self._queue and self._budget >= 0:
            piece = self._queue.popleft()
            self._budget -= len(piece.payload)
            emit(piece.stream, piece.descriptor, piece.payload, piece.marker, piece.timestamp)


def resend_payload(packet: bytes) -> tuple[int, bytes]:
    """Original sequence number of a plain packet and what an RTX packet carries (RFC 4588)."""
    (sequence,) = struct.unpack_from("!H", packet, 2)
    view = memoryview(packet)
    return sequence, packet[2:4] + packet[rtp.payload_start(view, len(packet)) :]
