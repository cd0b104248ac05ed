"""Lost packets, both ways: what was sent is kept a moment and sent again; what did not arrive is asked for.

Pure. Sequence numbers are extended (see ``sequence``), times are seconds of any one clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

KEEP_SECONDS = 1.0
KEEP_BYTES = 1_000_000

REORDER_SECONDS = 0.01  # a packet may be overtaken this long before it counts as missing
MAX_ASKED = 6
GIVE_UP_SECONDS = 1.0
MAX_MISSING = 256  # a longer gap is a pause or a new start, not a loss
SEEN_WINDOW = 1024


@dataclass(slots=True)
class PacketStore:
    """The last second of plaintext packets of one outgoing stream. A resend is the very bytes that went out first:
    under AES-GCM a second plaintext for the same index would give the key away."""

    packets: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    _order: deque[tuple[float, int]] = field(default_factory=deque)

    def put(self, number: int, packet: bytes, now: float) -> None:
        """Of two packets under one number the first stays."""
        if number in self.packets:
            return
        self.packets[number] = packet
        self._order.append((now, number))
        self.size += len(packet)
        oldest = self._order[0]
        while now - oldest[0] > KEEP_SECONDS or self.size > KEEP_BYTES:
            self._order.popleft()
            self.size -= len(self.packets.pop(oldest[1]))
            if not self._order:
                return
            oldest = self._order[0]

    def get(self, number: int) -> bytes | None:
        return self.packets.get(number)


@dataclass(slots=True)
class _Missing:
    since: float
    asked: int = 0
    next_at: float = 0.0


@dataclass(slots=True)
class LossDetector:
    """Which packets of one incoming stream are missing, and when to ask for them (again)."""

    highest: int = -1
    missing: dict[int, _Missing] = field(default_factory=dict)
    _seen: int = 0  # bit n = highest - n has arrived

    def arrived(self, number: int, now: float) -> bool:
        """Note an arrival. False for a duplicate, or one older than the window."""
        ahead = number - self.highest
        if self.highest < 0:
            self.highest, self._seen = number, 1
            return True
        if ahead > 0:
            self._seen = ((self._seen << ahead) | 1) & ((1 << SEEN_WINDOW) - 1) if ahead < SEEN_WINDOW else 1
            if 1 < ahead <= MAX_MISSING:
                for lost in range(self.highest + 1, number):
                    self.missing[lost] = _Missing(now, next_at=now + REORDER_SECONDS)
            self.highest = number
            return True
        bit = 1 << -ahead
        if -ahead >= SEEN_WINDOW or self._seen & bit:
            return False
        self._seen |= bit
        self.missing.pop(number, None)
        return True

    def due(self, now: float, rtt: float) -> list[int]:
        """The numbers to ask for now, lowest first. Asked again no sooner than a round trip later, with more patience
        each time, and given up after a second: a picture that late is no longer wanted."""
        wanted: list[int] = []
        for number, entry in list(self.missing.items()):
            if now - entry.since > GIVE_UP_SECONDS or entry.asked >= MAX_ASKED or self.highest - number > MAX_MISSING:
                del self.missing[number]
            elif entry.next_at <= now:
                entry.asked += 1
                entry.next_at = now + max(0.02, rtt) * 1.25**entry.asked
                wanted.append(number)
        return wanted
