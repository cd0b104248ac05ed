"""What a receiver tells a sender about one stream (RFC 3550 section 6.4.1 and appendix A). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from signaling.media.rtcp import Block, SenderReport


@dataclass(slots=True)
class Reception:
    ssrc: int
    clock_rate: int
    first: int = -1
    highest: int = -1
    received: int = 0
    jitter: float = 0.0
    report: SenderReport | None = None
    reported_at: float = 0.0
    loss: float = 0.0  # fraction over the last interval
    _transit: float | None = None
    _expected_before: int = 0
    _received_before: int = 0

    def packet(self, number: int, timestamp: int, at: float) -> None:
        """``number`` extended, ``timestamp`` as sent, ``at`` arrival in seconds."""
        if self.first < 0:
            self.first = number
        if number > self.highest:
            self.highest = number
        self.received += 1
        transit = at * self.clock_rate - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self.clock_rate * 10:  # a wrapped or restarted timestamp is no jitter
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def sender_report(self, report: SenderReport, at: float) -> None:
        self.report, self.reported_at = report, at

    @property
    def lost(self) -> int:
        """Since the beginning; negative after duplicates."""
        return self.highest - self.first + 1 - self.received if self.first >= 0 else 0

    def block(self, now: float) -> Block | None:
        """The next report block; None before the first packet."""
        if self.first < 0:
            return None
        expected = self.highest - self.first + 1
        interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        self.loss = max(0.0, lost / interval) if interval > 0 else 0.0
        last_sr = delay = 0
        if self.report is not None:
            last_sr = self.report.ntp >> 16 & 0xFFFFFFFF
            delay = min(0xFFFFFFFF, int((now - self.reported_at) * 65536))
        return Block(self.ssrc, self.loss, self.lost, self.highest, int(self.jitter), last_sr, delay)
