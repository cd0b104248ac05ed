"""The whole live shape on our media process: what it costs, what it adds in latency, what it loses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from tests.benchmarks.measure import Meter, Window, resident_megabytes
from tests.benchmarks.shape import FLOOR, SETTLE, SITES, THIRD, Shape
from tests.peers.field import Field
from tests.peers.meeting import Meeting
from tests.peers.server import media_server

LATENCY = "meetinghub_media_forward_latency_seconds"


@dataclass(frozen=True, slots=True)
class Lived:
    """One round."""

    window: Window
    latency_p50: float  # seconds
    latency_p99: float
    lost: int  # gaps never filled and gaps repaired, less what our own sockets dropped
    uplink_lost: int  # as the server reports to publishers
    broken: int  # frames that could not have been decoded
    dropped: dict[str, float]  # by the server, by reason, in the window
    megabytes: float


async def live_round(http: aiohttp.ClientSession, shape: Shape, *, seconds: float) -> Lived:
    async with media_server() as server, Field() as field:
        meeting = Meeting(field, http, server)
        if shape.whole:
            await meeting.fill(SITES, floor=FLOOR, voices=(THIRD,), open_microphones=shape.microphones_open)
        else:
            await meeting.audience(SITES)
        await meeting.watching()
        await asyncio.sleep(SETTLE)
        before, start = await server.metrics(http), meeting.totals()
        repaired_at_start = start.repaired + start.lost
        meter = Meter(server.pid, field)
        await asyncio.sleep(seconds)
        window = meter.read()
        after, end = await server.metrics(http), meeting.totals()
        if gone := meeting.gone():
            raise AssertionError(f"left during the measurement: {gone}")
        uplink = sum(stream.remote_lost for v in meeting.viewers.values() for stream in v.peer.media.sending.values())
        lived = Lived(
            window=window,
            latency_p50=quantile(before, after, 0.5),
            latency_p99=quantile(before, after, 0.99),
            lost=max(0, end.repaired + end.lost + end.open_holes - repaired_at_start - field.drops()),
            uplink_lost=uplink,
            broken=end.broken - start.broken,
            dropped=changed(before, after, "dropped"),
            megabytes=resident_megabytes(server.pid),
        )
        await meeting.end()
        return lived


def quantile(
    before: Mapping[str, float], after: Mapping[str, float], share: float, *, histogram: str = LATENCY
) -> float:
    """Of what the histogram counted between two scrapes, linear inside a bucket; seconds."""
    name = f"{histogram}_bucket{{le="
    buckets = sorted(
        (float(key[len(name) + 1 : -2]), value - before.get(key, 0.0))
        for key, value in after.items()
        if key.startswith(name)
    )
    if not buckets or not buckets[-1][1]:
        return 0.0
    wanted = share * buckets[-1][1]
    low, passed = 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == float("inf"):
                return low
            return low + (bound - low) * (wanted - passed) / (count - passed)
        low, passed = bound, count
    return low


def changed(before: Mapping[str, float], after: Mapping[str, float], word: str) -> dict[str, float]:
    """Counters with ``word`` in their name that grew, by their labels."""
    return {
        key.partition("{")[2].rstrip("}") or key: value - before.get(key, 0.0)
        for key, value in after.items()
        if word in key.partition("{")[0]
        and not key.partition("{")[0].endswith("_created")
        and value > before.get(key, 0.0)
    }
