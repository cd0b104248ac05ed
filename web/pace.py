"""How fast one account may act: a token bucket each, in memory. Generous to a hurried hand, tight for a script."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from meetinghub.errors import TooMany

MOST_KEPT = 10_000
"""Beyond this many, whoever is back at a full bucket is forgotten: strangers must not grow our memory."""


@dataclass(slots=True)
class Pace:
    """``rate`` acts a second in the long run, ``burst`` at once; ``code`` is what is said to whoever is faster."""

    rate: float = 4.0
    burst: float = 24.0
    code: str = "act.too_fast"
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def spend(self, who: str, now: float) -> None:
        """Count one act; ``now`` in seconds of a steady clock. Raises :class:`TooMany`."""
        left, at = self._left.get(who, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.rate)
        if len(self._left) >= MOST_KEPT:
            self._forget(now)
        if left < 1:
            raise TooMany(self.code, retry_after=math.ceil((1 - left) / self.rate))
        self._left[who] = (left - 1, now)

    def _forget(self, now: float) -> None:
        full = [who for who, (left, at) in self._left.items() if left + (now - at) * self.rate >= self.burst]
        for who in full or list(self._left)[: MOST_KEPT // 2]:
            del self._left[who]
