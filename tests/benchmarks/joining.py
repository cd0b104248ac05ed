"""33 sites open their pages within five seconds: how long until all see the main venue, and what signalling costs."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import aiohttp

from tests.benchmarks.live import quantile
from tests.benchmarks.measure import cpu_seconds
from tests.benchmarks.shape import SITES
from tests.peers.field import Field
from tests.peers.meeting import MAIN, WALL, Meeting, site, site_plan, wall_plan
from tests.peers.publication import Publication
from tests.peers.server import media_server
from tests.peers.viewer import CAMERA, MICROPHONE, Viewer
from tests.peers.waiting import until

ANSWER = "meetinghub_signal_answer_seconds"
ARRIVAL = 5.0  # seconds within which all sites start


@dataclass(frozen=True, slots=True)
class Joined:
    """``seconds`` from the first start to the last site's first decodable main frame (0 when silent)."""

    seconds: float
    slowest: float  # one site's own start to its first frame, the longest
    cpu: float
    offers: int
    answer: float  # seconds for one answer, the 99th percentile


async def join_round(http: aiohttp.ClientSession, *, silent: bool) -> Joined:
    """``silent``: cameras are published but send nothing, so the CPU is that of signalling, ICE and DTLS alone."""
    async with media_server() as server, Field() as field:
        meeting = Meeting(field, http, server)
        names = [site(number) for number in range(1, SITES + 1)]
        await meeting.enter(MAIN, Publication("audio", muted=silent), Publication("video", muted=silent))
        await meeting.enter(WALL, plan=wall_plan(names, ""))
        await asyncio.sleep(2)
        before = await server.metrics(http)
        cpu, start = cpu_seconds(server.pid), time.monotonic()
        arrivals = random.Random(1)
        own = await asyncio.gather(
            *(
                _arrive(meeting, name, arrivals.uniform(0, ARRIVAL) if number else 0.0, silent)
                for number, name in enumerate(names)
            )
        )
        spent = cpu_seconds(server.pid) - cpu
        seconds = max(finished for _, finished in own) - start
        joined = Joined(
            seconds=seconds,
            slowest=max(finished - begun for begun, finished in own),
            cpu=spent,
            offers=sum(v.peer.negotiation.offers for v in meeting.viewers.values()),
            answer=quantile(before, await server.metrics(http), 0.99, histogram=ANSWER),
        )
        await meeting.end()
        return joined


async def _arrive(meeting: Meeting, name: str, delay: float, silent: bool) -> tuple[float, float]:
    """When it started and when it saw main (or, silent, was given main's sections)."""
    await asyncio.sleep(delay)
    begun = time.monotonic()
    entering = asyncio.create_task(
        meeting.enter(name, Publication("audio", muted=True), Publication("video", muted=silent), plan=site_plan(""))
    )
    await until(lambda: name in meeting.viewers)
    viewer = meeting.viewers[name]
    await until(lambda: _given(viewer) if silent else _seen(viewer), patience=30)
    await entering
    return begun, time.monotonic() if silent else viewer.peer.watch(viewer.sid(MAIN, CAMERA)).first_at


def _seen(viewer: Viewer) -> bool:
    sid = viewer.sid(MAIN, CAMERA)
    return sid != "" and viewer.peer.watch(sid).frames > 0


def _given(viewer: Viewer) -> bool:
    wanted = {viewer.sid(MAIN, CAMERA), viewer.sid(MAIN, MICROPHONE)}
    return "" not in wanted and wanted <= set(viewer.peer.receiving.values())
