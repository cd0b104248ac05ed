"""What /metrics shows of signalling. Names begin with ``meetinghub_signal_``; media has its own."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ROOMS = Gauge("meetinghub_signal_rooms", "Rooms that are open")
PARTICIPANTS = Gauge("meetinghub_signal_participants", "Participants in all rooms")
JOINS = Counter("meetinghub_signal_joins_total", "Joins and resumes", ["kind"])
REFUSED = Counter("meetinghub_signal_refused_total", "Requests and sockets ended, by reason", ["code"])
ANSWER_SECONDS = Histogram(
    "meetinghub_signal_answer_seconds",
    "From an offer's arrival to its answer",
    buckets=(0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5),
)
WEBHOOKS = Counter("meetinghub_signal_webhooks_total", "Webhook deliveries", ["outcome"])
WEBHOOKS_WAITING = Gauge("meetinghub_signal_webhooks_waiting", "Webhooks not delivered yet")
