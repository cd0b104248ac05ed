"""The engine's counters as Prometheus metrics, read when somebody scrapes and at no other time."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from signaling.media.stats import LATENCY_BUCKETS

if TYPE_CHECKING:
    from signaling.media.engine import MediaEngine

PREFIX = "meetinghub_media_"


class MediaCollector(Collector):
    """Register with a ``prometheus_client`` registry; unregister before the engine closes."""

    def __init__(self, engine: MediaEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        yield from self._counters()
        yield self._latency()
        yield from self._gauges()

    def _counters(self) -> Iterator[Metric]:
        counters, port = self._engine.counters, self._engine.port
        for name, text, value in (
            ("packets_received", "Datagrams received", counters.packets_in),
            ("received_bytes", "Bytes received", counters.bytes_in),
            ("packets_sent", "Datagrams sent", port.sent),
            ("sent_bytes", "Bytes sent", port.sent_bytes),
            ("packets_forwarded", "Media packets sent, one for each receiver", counters.packets_out),
            ("packets_resent", "Media packets sent again on request", counters.resent),
            ("packets_requested", "Lost packets asked for again", counters.nacks_sent),
            ("keyframes_requested", "Key frames asked for", counters.keyframe_requests),
        ):
            yield CounterMetricFamily(PREFIX + name, text, value=value)
        dropped = CounterMetricFamily(PREFIX + "packets_dropped", "Datagrams not used or not sent", labels=["reason"])
        for reason, count in counters.dropped.items():
            dropped.add_metric([reason], count)
        dropped.add_metric(["receive_overflow"], port.overflow)
        dropped.add_metric(["send"], port.send_failed)
        dropped.add_metric(["error"], port.errors)
        yield dropped

    def _latency(self) -> Metric:
        counters = self._engine.counters
        total = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*map(str, LATENCY_BUCKETS), "+Inf"), counters.latency, strict=True):
            total += count
            buckets.append((bound, total))
        return HistogramMetricFamily(
            PREFIX + "forward_latency_seconds",
            "From the kernel's receive time of a packet to the return of the send call",
            buckets=buckets,
            sum_value=counters.latency_sum / 1e9,
        )

    def _gauges(self) -> Iterator[Metric]:
        engine = self._engine
        tracks = sum(len(peer.tracks) for peer in engine.peers)
        feeds = sum(len(peer.distinct_feeds()) for peer in engine.peers)
        running = sum(feed.stream is not None for peer in engine.peers for feed in peer.distinct_feeds())
        for name, text, value in (
            ("peers", "Connections, connected or not", float(len(engine.peers))),
            ("tracks", "Published tracks", float(tracks)),
            ("feeds", "Subscriptions", float(feeds)),
            ("feeds_running", "Subscriptions that packets go out for", float(running)),
            ("loop_lag_seconds", "Latest delay of a 20 ms timer", engine.loop_lag),
            ("loop_lag_max_seconds", "Largest delay of a 20 ms timer since the last scrape", engine.take_max_lag()),
            ("resident_bytes", "Resident memory of the process", float(_resident())),
        ):
            yield GaugeMetricFamily(PREFIX + name, text, value=value)


def _resident() -> int:
    """Bytes, from the second field of /proc/self/statm."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
