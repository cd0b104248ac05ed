"""How much one subscriber can take, from what it says (REMB) and what it loses. Pure; times in seconds, rates in bit/s.

A receiver's REMB cannot be read as "so much would fit": it climbs by 8 % a second and stops at one and a half times
what arrives, so after every step up it lags behind, and of a small stream it says little. Only a *fall* tells
something: the receiver's delay filter saw queues grow, and the new value is 0.85 of what got through. So:

- no limit until something falls;
- a fall, or two reports in a row with more than a tenth lost: the limit drops at once below what got through;
- after a hold without trouble the next step up is tried, whatever the REMB says; trouble within the trial doubles the
  hold, a trial survived restores it.
"""

from __future__ import annotations

from dataclasses import dataclass

FALL = 0.97  # of the last REMB; smaller falls are its noise
LOSS = 0.10
LOSS_REPORTS = 2
AFTER_LOSS = 0.8  # of what was sent
HOLD = 4.0
MAX_HOLD = 60.0
TRIAL = 6.0
FLOOR = 50_000.0


@dataclass(slots=True)
class Downstream:
    """``limit`` is what may be sent to the subscriber in all; None: no reason to limit."""

    estimate: float | None = None  # the last REMB, for people
    recent_loss: float = 0.0
    limit: float | None = None
    _hold: float = HOLD
    _trouble_at: float = float("-inf")
    _tried_at: float = float("-inf")
    _lossy: int = 0

    def remb(self, bitrate: float, *, sending: float, now: float) -> bool:
        """Returns True when the limit fell: layers have to be chosen again at once. ``sending`` is what goes out."""
        before, self.estimate = self.estimate, bitrate
        fell = before is not None and bitrate < before * FALL and bitrate < sending
        if fell:
            self._trouble(bitrate, now)
        elif self.limit is not None and bitrate > self.limit:
            self.limit = bitrate
        return fell

    def loss(self, fraction: float, *, sending: float, now: float) -> bool:
        """A reception report; returns as :meth:`remb` does."""
        self.recent_loss = fraction
        self._lossy = self._lossy + 1 if fraction > LOSS else 0
        if self._lossy < LOSS_REPORTS:
            return False
        self._lossy = 0
        self._trouble(sending * AFTER_LOSS, now)
        return True

    def _trouble(self, limit: float, now: float) -> None:
        if now - self._tried_at < TRIAL:
            self._hold = min(MAX_HOLD, self._hold * 2)
            self._tried_at = float("-inf")
        self._trouble_at = now
        self.limit = max(FLOOR, limit)

    def may_try(self, now: float) -> bool:
        """Whether it is time for the next step up."""
        if self.limit is None or now - self._trouble_at < self._hold or now - self._tried_at < TRIAL:
            return False
        if self._tried_at > self._trouble_at:
            self._hold = HOLD  # the last trial was survived
        return True

    def tried(self, limit: float | None, now: float) -> None:
        """The caller goes up to ``limit`` (None: everything that is wanted)."""
        self._tried_at = now
        self.limit = limit
