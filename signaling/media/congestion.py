"""How much one subscriber can take, from what it says itself (REMB) and from what it loses. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Downstream:
    estimate: float | None = None
    recent_loss: float = 0.0

    def remb(self, bitrate: int, now: float) -> None:
        self.estimate = float(bitrate)

    def loss(self, fraction: float, now: float) -> None:
        self.recent_loss = fraction
