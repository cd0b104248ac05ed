"""What happened to packets: plain integers on the packet path, read by whoever wants to know."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

#: upper bounds in seconds
LATENCY_BUCKETS = (
    0.0001, 0.0002, 0.0003, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03,
    0.05, 0.075, 0.1,
)  # fmt: skip
_BOUNDS_NS = tuple(round(bound * 1e9) for bound in LATENCY_BUCKETS)

#: reasons of dropped packets, each from the beginning on so that a rate can be taken
DROP_REASONS = (
    "unknown_address", "malformed", "auth", "replay", "unbound", "payload_type", "duplicate", "gate", "rate", "late",
    "protect", "dtls_backlog", "ssrc_limit", "stale",
)  # fmt: skip


class Counters:
    """One per engine."""

    def __init__(self) -> None:
        self.packets_in = 0
        self.bytes_in = 0
        self.packets_out = 0
        self.resent = 0
        self.nacks_sent = 0
        self.keyframe_requests = 0
        self.dropped: Counter[str] = Counter(dict.fromkeys(DROP_REASONS, 0))
        self.latency = [0] * (len(_BOUNDS_NS) + 1)
        self.latency_sum = 0

    def drop(self, reason: str) -> None:
        self.dropped[reason] += 1

    def forwarded(self, arrivals: list[int], clock: int) -> None:
        """``arrivals`` and ``clock`` in ns since the epoch."""
        latency = self.latency
        for arrival in arrivals:
            spent = clock - arrival
            latency[bisect_left(_BOUNDS_NS, spent)] += 1
            self.latency_sum += spent
