"""What arrives on one SSRC: gaps, repairs and, for video, which frames could be decoded. Pure: no socket, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.peers import vp8
from tests.peers.rtp import Report

REORDER = 0.01  # seconds a hole may stay before it is asked for
RETRY = 0.06  # seconds between requests for one packet
TRIES = 10
PATIENCE = 1.0  # seconds until a hole is given up
PLI_INTERVAL = 0.4


@dataclass(slots=True)
class _Hole:
    since: float
    asked: float = -1.0
    tries: int = 0


@dataclass(slots=True)
class _Piece:
    begins: bool
    ends: bool
    key: bool
    picture_id: int


class Stream:
    """Sequence accounting of one SSRC. Numbers are extended: they never wrap."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.received = self.bytes = self.repaired = self.duplicates = self.lost = 0
        self.highest = -1
        self.last_at = 0.0
        self.sender_report = (0, 0.0)  # middle 32 bits of its NTP time, when it came
        self.wish = False  # a key frame is needed (video only)
        self.holes: dict[int, _Hole] = {}
        self._first = 0
        self._reported = (0, 0)  # expected and received at the last report
        self._jitter = 0.0
        self._transit: float | None = None

    def number(self, sequence: int) -> int:
        """The extended number nearest to the highest seen."""
        if self.highest < 0:
            return sequence + 0x10000
        return self.highest + ((sequence - self.highest + 0x8000 & 0xFFFF) - 0x8000)

    def packet(self, sequence: int, timestamp: int, size: int, now: float) -> int | None:
        """The extended number, or None for a duplicate."""
        number = self.number(sequence)
        self.last_at = now
        if number > self.highest:
            if self.highest < 0:
                self._first = number
            elif number > self.highest + 1:
                for missing in range(max(self.highest + 1, number - 1000), number):
                    self.holes[missing] = _Hole(now)
            self.highest = number
            self._measure(timestamp, now)
        elif self.holes.pop(number, None) is not None:
            self.repaired += 1
        else:
            self.duplicates += 1
            return None
        self.received += 1
        self.bytes += size
        return number

    def _measure(self, timestamp: int, now: float) -> None:
        transit = now * self.clock_rate - timestamp
        if self._transit is not None:
            step = abs(transit - self._transit)
            if step < self.clock_rate * 3:  # not across a timestamp's wrap
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    def missing(self, now: float) -> list[int]:
        """Sequence numbers to ask for now; holes that are too old are counted as lost."""
        ask: list[int] = []
        for number, hole in list(self.holes.items()):
            if now - hole.since > PATIENCE or hole.tries >= TRIES:
                if now - hole.since > PATIENCE:
                    del self.holes[number]
                    self.lost += 1
                    self.gave_up(number)
            elif now - hole.since >= REORDER and now - hole.asked >= RETRY:
                hole.asked = now
                hole.tries += 1
                ask.append(number & 0xFFFF)
        return ask

    def gave_up(self, number: int) -> None:
        """A packet will not come any more."""

    def report(self, now: float) -> Report:
        expected = self.highest - self._first + 1
        got = self.received
        new_expected, new_received = expected - self._reported[0], got - self._reported[1]
        self._reported = (expected, got)
        lost = max(0, new_expected - new_received)
        middle, at = self.sender_report
        return Report(
            self.ssrc,
            min(255, lost * 256 // new_expected) if new_expected > 0 else 0,
            max(0, expected - got),
            self.highest - 0x10000 & 0xFFFFFFFF,
            int(self._jitter),
            middle,
            int((now - at) * 65536) if middle else 0,
        )


class Video(Stream):
    """Also judges frames, in the order of numbers, waiting for repairs as a jitter buffer does."""

    def __init__(self, ssrc: int, on_frame: Callable[[Video, float], None]) -> None:
        super().__init__(ssrc, 90_000)
        self.frames = self.key_frames = self.broken = 0
        self.frame_at = 0.0
        self.asked_at = -1.0  # last PLI
        self._on_frame = on_frame
        self._cursor = -1  # the next number to judge
        self._waiting: dict[int, _Piece | None] = {}
        self._whole = False  # the frame being put together has every piece so far and can be decoded
        self._running = False  # the last frame was decodable
        self._picture = -1

    def payload(self, number: int, packet: memoryview, start: int, end: int, *, marker: bool, now: float) -> None:
        """After `packet` returned ``number``; ``start == end`` for one that is only padding."""
        piece: _Piece | None = None
        if start < end and (described := vp8.read(packet, start, end)) is not None:
            piece = _Piece(described.begins, marker, described.key, described.picture_id)
        if self._cursor < 0:
            self._cursor = number
        if number == self._cursor:
            self._cursor += 1
            if piece is not None:
                self._judge(piece, now)
            if self._waiting:
                self._drain(now)
        elif number > self._cursor:
            self._waiting[number] = piece

    def _drain(self, now: float) -> None:
        while self._cursor in self._waiting:
            piece = self._waiting.pop(self._cursor)
            self._cursor += 1
            if piece is not None:
                self._judge(piece, now)

    def _judge(self, piece: _Piece, now: float) -> None:
        if piece.begins:
            follows = self._running and (piece.picture_id < 0 or piece.picture_id == (self._picture + 1) % (1 << 15))
            self._whole = piece.key or follows
            self._picture = piece.picture_id
            self.key_frames += piece.key
        if not piece.ends:
            return
        if self._whole:
            self._running, self.wish = True, False
            self.frames += 1
            self.frame_at = now
            self._on_frame(self, now)
        else:
            self._running, self.wish = False, True
            self.broken += 1
        self._whole = False

    def gave_up(self, number: int) -> None:
        """Jumps behind the lost packet; what follows needs a key frame."""
        if number < self._cursor:
            return
        self._cursor = number + 1
        self._whole = self._running = False
        self.wish = True
        for passed in [n for n in self._waiting if n <= number]:
            del self._waiting[passed]
        self._drain(self.last_at)

    def wants_key_frame(self, now: float) -> bool:
        """True when a PLI is due; counts as sent."""
        if not self.wish or now - self.asked_at < PLI_INTERVAL:
            return False
        self.asked_at = now
        return True

    @property
    def pieces_waiting(self) -> int:
        return len(self._waiting)


@dataclass(slots=True)
class Totals:
    """Sums over streams, kept when a stream ends."""

    received: int = 0
    bytes: int = 0
    lost: int = 0
    repaired: int = 0
    duplicates: int = 0
    frames: int = 0
    broken: int = 0
    streams: int = 0
    open_holes: int = 0

    def add(self, stream: Stream) -> None:
        self.received += stream.received
        self.bytes += stream.bytes
        self.lost += stream.lost
        self.repaired += stream.repaired
        self.duplicates += stream.duplicates
        self.streams += 1
        self.open_holes += bool(stream.holes)
        if isinstance(stream, Video):
            self.frames += stream.frames
            self.broken += stream.broken
