"""Figures about web for Prometheus: requests by route, never by address, so that their number stays small."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """One registry for each application, so that two of them in one process do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(namespace="meetinghub_web", registry=self.registry)
        self.requests = Counter(
            "meetinghub_web_requests", "Answered requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "meetinghub_web_request_seconds",
            "Time from a request's headers to its answer",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.signalling = Gauge(
            "meetinghub_web_signalling_connections", "Open connections passed on to media", registry=self.registry
        )
        self.sign_ins = Counter("meetinghub_web_sign_ins", "Attempts to sign in", ["result"], registry=self.registry)
        self.mails = Gauge("meetinghub_mails", "Mails of the outbox", ["state"], registry=self.registry)
        self.csp_reports = Counter(
            "meetinghub_web_csp_reports", "Violations that browsers reported", registry=self.registry
        )
