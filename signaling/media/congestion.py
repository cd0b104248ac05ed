"""How much video one subscriber can take, from what it says (REMB) and what it loses. Pure; times in seconds, rates in
bit/s. Browsers count no voice in a REMB (libwebrtc estimates those lines at the sender), so no rate here does.

A receiver's REMB cannot be read as "so much would fit": it climbs by 8 % a second and stops at one and a half times
what arrives, so after every step up it lags behind, and of a small stream it says little. Only a *fall* tells
something: the receiver's delay filter saw queues grow, and the new value is 0.85 of what got through. So:

- no limit until something falls;
- a fall, four seconds without the rise that an open line would bring, or two reports in a row with more than a tenth
  lost, lowers the limit at once. A first fall leaves every picture its lowest layer: a receiver that was busy for a
  moment says the same as one whose line is full, but only the latter says it again. Further ones leave 200 kbit/s or
  most of what was sent: a small stream is not paused by one report;
- a fall to what was sent anyway tells nothing: when a publisher stood still for a second (its page resumed, its PC was
  busy), the receiver measures little and says so;
- further falls are not heard for a second: the queue of before is still draining;
- after a hold without trouble the next step up is tried, whatever the REMB says. Trouble within the trial goes back to
  where it was good before and doubles the hold; a trial survived restores it. A trial begins without a past: while
  nothing was sent the REMB stood still, too.
"""

from __future__ import annotations

from dataclasses import dataclass

FALL = 0.97  # of the last REMB; smaller falls are its noise
RISE = 1.02
STUCK_SECONDS = 4.0
DELIVERED = 0.75  # of what was steadily sent: a REMB of at least this (0.85 of what arrived) says that it arrived
MODEST = 200_000.0  # no single report of the receiver's lowers the limit below this…
AT_MOST = 0.7  # …or this share of what was sent, whichever is less
LOSS = 0.10
LOSS_REPORTS = 2
AFTER_LOSS = 0.8  # of what was sent
DRAIN = 1.0
AGAIN = 4.0  # a fall so soon after the last is no accident
HOLD = 8.0
MAX_HOLD = 60.0
TRIAL = 6.0
FLOOR = 50_000.0

NEVER = float("-inf")


@dataclass(slots=True)
class Downstream:
    """``limit`` is what may be sent to the subscriber in all; None: no reason to limit."""

    estimate: float | None = None  # the last REMB, for people
    recent_loss: float = 0.0
    limit: float | None = None
    _hold: float = HOLD
    _trouble_at: float = NEVER
    _tried_at: float = NEVER
    _proven: float = 0.0  # the limit before the trial under way
    _lossy: int = 0
    _mark: float = 0.0  # the REMB that the next rise is measured from, while less than what is sent
    _marked_at: float = NEVER

    def remb(self, bitrate: float, *, sending: float, steady: float, least: float, now: float) -> bool:
        """Returns True when the limit fell: layers have to be chosen again at once. ``sending`` is what goes out now,
        ``steady`` the least that went out in any second the report can be about, ``least`` what the lowest layer of
        every picture takes."""
        before, self.estimate = self.estimate, bitrate
        fell = before is not None and bitrate < before * FALL
        if fell or bitrate > self._mark * RISE or bitrate >= sending:
            self._mark, self._marked_at = bitrate, now
        held_up = fell and bitrate < steady * DELIVERED
        if bitrate < sending and (held_up or now - self._marked_at > STUCK_SECONDS):
            again = now - self._trouble_at < AGAIN
            return self._trouble(max(bitrate, min(MODEST, sending * AT_MOST) if again else least), now)
        if self.limit is not None and bitrate > self.limit:
            self.limit = bitrate
        return False

    def loss(self, fraction: float, *, sending: float, now: float) -> bool:
        """A reception report; returns as :meth:`remb` does."""
        self.recent_loss = fraction
        self._lossy = self._lossy + 1 if fraction > LOSS else 0
        if self._lossy < LOSS_REPORTS:
            return False
        self._lossy = 0
        return self._trouble(sending * AFTER_LOSS, now)

    def _trouble(self, limit: float, now: float) -> bool:
        if now - self._trouble_at < DRAIN:
            return False
        if now - self._tried_at < TRIAL:
            self._hold = min(MAX_HOLD, self._hold * 2)
            self._tried_at = NEVER
            limit = self._proven
        self._trouble_at = self._marked_at = now
        self.limit = max(FLOOR, limit if self.limit is None else min(limit, self.limit))
        return True

    def may_try(self, now: float) -> bool:
        """Whether it is time for the next step up."""
        if self.limit is None or now - self._trouble_at < self._hold or now - self._tried_at < TRIAL:
            return False
        if self._tried_at > self._trouble_at:
            self._hold = HOLD  # the last trial was survived
        return True

    def tried(self, limit: float | None, now: float) -> None:
        """The caller goes up to ``limit`` (None: everything that is wanted)."""
        self._tried_at = self._marked_at = now
        self._proven = self.limit or FLOOR
        self.limit = limit
