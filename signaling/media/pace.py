"""How much was surely sent of late. Pure; times in seconds, rates in bit/s.

What a receiver says of a line it says of the second before. A publisher that stood still in that second, or a picture
that was paused, must not be taken for a line that is narrow: only what was sent can have been held up.
"""

from __future__ import annotations

from collections import deque

SLOT = 0.25
WINDOW = 1.0  # over which a receiver measures
SPAN = 2.0  # how far back a report may look


class Pace:
    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()  # (time, octets so far)

    def due(self, now: float) -> bool:
        return not self._samples or now - self._samples[-1][0] >= SLOT

    def note(self, octets: int, now: float) -> None:
        """``octets`` have been sent in all. The count may fall, when something it counted has gone."""
        self._samples.append((now, octets))
        while len(self._samples) > 1 and now - self._samples[1][0] >= SPAN:
            self._samples.popleft()

    def steady(self) -> float:
        """The least that any whole second of the last two carried; 0 until there has been one."""
        samples = list(self._samples)
        least: float | None = None
        end = 0
        for since, before in samples:
            while end < len(samples) and samples[end][0] - since < WINDOW:
                end += 1
            if end == len(samples):
                break
            at, octets = samples[end]
            rate = max(0, octets - before) * 8 / (at - since)
            least = rate if least is None else min(least, rate)
        return least or 0.0
