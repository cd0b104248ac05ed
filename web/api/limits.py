"""How often a token may ask: so many requests in a minute, counted in this process's memory.

Whoever shows no good token is counted by address, and only then: behind one address sits a whole street office, whose
good tokens must not suffer from one bad programme beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from meetinghub.errors import TooMany

WINDOW = 60.0
PER_TOKEN = 300
PER_ADDRESS = 60
MOST_KEPT = 10_000
"""Beyond this many counters the finished ones are dropped, and then all: strangers must not grow our memory."""


@dataclass(frozen=True, slots=True)
class Spent:
    """``reset``: seconds until all of ``limit`` can be used again."""

    limit: int
    remaining: int
    reset: int


@dataclass(slots=True)
class Limits:
    per_token: int = PER_TOKEN
    per_address: int = PER_ADDRESS
    _counts: dict[str, tuple[float, int]] = field(default_factory=dict)

    def by_token(self, number: int, now: float) -> Spent:
        """Count one request; ``now`` in seconds of a steady clock. ``remaining`` below 0: one too many."""
        return self._spend(f"token {number}", self.per_token, now)

    def stranger(self, address: str, now: float) -> Spent:
        """Count one request without a good token."""
        return self._spend(f"address {address}", self.per_address, now)

    def _spend(self, who: str, limit: int, now: float) -> Spent:
        if len(self._counts) >= MOST_KEPT:
            self._counts = {name: kept for name, kept in self._counts.items() if now - kept[0] < WINDOW}
            if len(self._counts) >= MOST_KEPT:
                self._counts.clear()
        began, count = self._counts.get(who, (now, 0))
        if now - began >= WINDOW:
            began, count = now, 0
        count += 1
        self._counts[who] = began, count
        return Spent(limit, limit - count, max(1, int(began + WINDOW - now + 0.999)))


def refuse_if_over(spent: Spent) -> None:
    """Raises :class:`TooMany`."""
    if spent.remaining < 0:
        raise TooMany("api.too_fast", retry_after=spent.reset)


def headers(spent: Spent) -> dict[str, str]:
    """For programmes that slow down by themselves."""
    return {
        "RateLimit-Limit": str(spent.limit),
        "RateLimit-Remaining": str(max(0, spent.remaining)),
        "RateLimit-Reset": str(spent.reset),
        "RateLimit-Policy": f"{spent.limit};w={int(WINDOW)}",
    }
