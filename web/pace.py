"""How fast one account may act: a token bucket each, in memory. Generous to a hurried hand, tight for a script."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetinghub.errors import TooMany


@dataclass(slots=True)
class Pace:
    """``rate`` acts a second in the long run, ``burst`` at once."""

    rate: float = 4.0
    burst: float = 24.0
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def spend(self, who: str, now: float) -> None:
        """Count one act; ``now`` in seconds of a steady clock. Raises :class:`TooMany`."""
        left, at = self._left.get(who, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.rate)
        if left < 1:
            raise TooMany("act.too_fast", retry_after=1)
        self._left[who] = (left - 1, now)
