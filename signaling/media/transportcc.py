"""Transport-wide feedback: when each packet of a publisher arrived, so that its sender can find its bandwidth.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1. Pure; arrival times are the kernel's, in ns.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from signaling.media.rtcp import FB_TRANSPORT_CC, RTPFB, feedback
from signaling.media.sequence import extend

TICK = 250_000  # ns: unit of a delta
BASE = 64_000_000  # ns: unit of the reference time
MAX_PACKETS = 400  # per feedback packet; keeps it well under one datagram
MAX_GAP = 1000  # numbers; a larger jump is a restart of the sender, not a loss
SMALL, LARGE = 1, 2


@dataclass(slots=True)
class ArrivalLog:
    """Collects arrivals between two feedbacks."""

    arrivals: dict[int, int] = field(default_factory=dict)  # extended number → ns
    _latest: int = -1
    _next: int = -1  # first number not reported yet
    _count: int = 0

    def arrived(self, number: int, at: int) -> None:
        """``number`` is the 16-bit transport-wide one."""
        if self._latest < 0:
            self._latest = number + 0x10000
            self._next = self._latest
        extended = extend(number, self._latest)
        if abs(extended - self._latest) > MAX_GAP:
            self.arrivals.clear()
            self._latest = self._next = extended
        self._latest = max(self._latest, extended)
        self.arrivals.setdefault(extended, at)

    def feedback(self, sender: int, media: int) -> list[bytes]:
        """RTCP packets that report everything new, holes included; empty when nothing arrived."""
        packets: list[bytes] = []
        while self.arrivals:
            first = min(self._next, min(self.arrivals))
            numbers = range(first, min(max(self.arrivals), first + MAX_PACKETS - 1) + 1)
            times = [self.arrivals.pop(number, None) for number in numbers]
            self._next = max(self._next, numbers[-1] + 1)
            if any(time is not None for time in times):
                body, used = _body(first, times, self._count & 0xFF)
                for number, time in zip(numbers[used:], times[used:], strict=True):
                    if time is not None:  # a delta too large for 16 bits: it begins the next packet
                        self.arrivals[number] = time
                        self._next = min(self._next, number)
                self._count += 1
                packets.append(feedback(RTPFB, FB_TRANSPORT_CC, sender, media, body))
        return packets


def _body(first: int, times: list[int | None], count: int) -> tuple[bytes, int]:
    """Everything behind the two SSRCs, and how many of ``times`` it covers."""
    reference = next(time for time in times if time is not None) // BASE
    clock = reference * (BASE // TICK)
    symbols: list[int] = []
    deltas: list[bytes] = []
    for time in times:
        if time is None:
            symbols.append(0)
            continue
        delta = time // TICK - clock
        if 0 <= delta <= 255:
            symbols.append(SMALL)
            deltas.append(bytes((delta,)))
        elif -32768 <= delta <= 32767:
            symbols.append(LARGE)
            deltas.append(struct.pack("!h", delta))
        else:
            break
        clock += delta
    while symbols and symbols[-1] == 0:
        symbols.pop()
    header = struct.pack("!HH", first & 0xFFFF, len(symbols))
    header += (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((count,))
    body = header + _chunks(symbols) + b"".join(deltas)
    return body + bytes(-len(body) % 4), len(symbols)


def _chunks(symbols: list[int]) -> bytes:
    """Run lengths where seven or more are alike, else vectors of seven two-bit symbols."""
    chunks: list[int] = []
    position = 0
    while position < len(symbols):
        symbol = symbols[position]
        run = 1
        while position + run < len(symbols) and symbols[position + run] == symbol and run < 0x1FFF:
            run += 1
        if run >= 7 or position + run == len(symbols):
            chunks.append(symbol << 13 | run)
            position += run
        else:
            part = symbols[position : position + 7]
            chunks.append(0xC000 | sum(value << 12 - 2 * index for index, value in enumerate(part)))
            position += 7
    return struct.pack(f"!{len(chunks)}H", *chunks)
