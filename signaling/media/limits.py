"""How much one source may send. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """``rate`` per second on average, ``burst`` at once."""

    rate: float
    burst: float
    _level: float = -1.0
    _at: float = 0.0

    def take(self, amount: float, now: float) -> bool:
        """False: over the limit, and nothing is taken."""
        level = self.burst if self._level < 0 else min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if level < amount:
            self._level = level
            return False
        self._level = level - amount
        return True
