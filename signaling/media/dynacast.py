"""Which layers a publisher has to send at all. Pure.

A layer is wanted when a subscriber wants it or a better one: the lower ones are what everybody falls back to when
bandwidth goes, and cost little. What is newly wanted is told at once; what is no longer wanted, after a while, because
people look away and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signaling.media.interface import Quality

SHRINK_SECONDS = 5.0


class Dynacast:
    """Publishers begin with every layer on. ``best`` is the best layer told to be wanted, None for none."""

    __slots__ = ("_demand", "_last", "best")

    def __init__(self, now: float) -> None:
        self.best: Quality | None = Quality.HIGH
        self._demand: Quality | None = None
        self._last: dict[Quality, float] = {Quality.HIGH: now}  # when each was last the best that anybody wanted

    def update(self, demand: Quality | None, now: float) -> bool:
        """Note what subscribers want now; True when ``best`` changed. To be called again as time passes."""
        for wanted in (self._demand, demand):
            if wanted is not None:
                self._last[wanted] = now
        self._demand = demand
        recent = [quality for quality, at in self._last.items() if now - at < SHRINK_SECONDS]
        before, self.best = self.best, max(recent, default=None)
        return self.best is not before

    def wanted(self, layers: Iterable[Quality]) -> Mapping[Quality, bool]:
        return {quality: self.best is not None and quality <= self.best for quality in layers}
