"""``python -m tests.benchmarks [--quick] [name …]``: one JSON object per line on standard output.

Progress goes to standard error. Rounds of compared servers alternate; everything started is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
from collections.abc import Sequence

import aiohttp

from tests.benchmarks import janus, report
from tests.benchmarks.attendance import attendance_bench
from tests.benchmarks.floor import floor_rounds
from tests.benchmarks.joining import Joined, join_round
from tests.benchmarks.ledger import ledger_bench
from tests.benchmarks.live import Lived, live_round
from tests.benchmarks.measure import Window, quiet, say
from tests.benchmarks.merging import merging_bench
from tests.benchmarks.micro import micro
from tests.benchmarks.notice import notice_bench
from tests.benchmarks.pages import pages_bench
from tests.benchmarks.quotas import quotas_bench
from tests.benchmarks.sending import sending_bench
from tests.benchmarks.shape import FANOUT, LIVE, OPEN, Shape
from tests.benchmarks.soaking import soak_bench
from tests.benchmarks.yardstick import janus_round
from tests.peers.recording import recording

NAMES = (
    "live",
    "join",
    "floor",
    "micro",
    "attendance",
    "ledger",
    "merging",
    "quotas",
    "notice",
    "sending",
    "pages",
    "soak",
)
WITH_MEDIA = {"live", "join", "floor", "soak"}
"""Whose peers play what takes a while to encode."""


async def live(http: aiohttp.ClientSession, shape: Shape, seconds: float, rounds: int, *, beside: bool = True) -> None:
    """``beside``: Janus carries the same load in turn."""
    ours: list[Lived] = []
    theirs: dict[int, list[Window]] = {0: [], 2: []}
    for number in range(rounds):
        await quiet()
        ours.append(await live_round(http, shape, seconds=seconds))
        say(f"{shape.variant} {number + 1}/{rounds}: {ours[-1]}")
        if beside and janus.installed():
            for loops, windows in theirs.items():
                await quiet()
                window, lost = await janus_round(http, shape, seconds=seconds, event_loops=loops)
                windows.append(window)
                say(f"janus event_loops={loops}: {window}, lost {lost}")
    report.live(shape, ours, theirs)
    report.janus(shape, theirs)


async def join(http: aiohttp.ClientSession, rounds: int) -> None:
    seen: list[Joined] = []
    silent: list[Joined] = []
    for number in range(rounds):
        await quiet()
        seen.append(await join_round(http, silent=False))
        silent.append(await join_round(http, silent=True))
        say(f"join {number + 1}/{rounds}: {seen[-1]} {silent[-1]}")
    report.join(seen, silent)


async def run(names: Sequence[str], quick: bool) -> None:
    if not WITH_MEDIA.isdisjoint(names):
        recording()
    gc.freeze()
    async with aiohttp.ClientSession() as http:
        if "live" in names:
            seconds, rounds = (6.0, 1) if quick else (15.0, 2)
            await live(http, LIVE, seconds, rounds)
            await live(http, OPEN, seconds, 1, beside=False)
            await live(http, FANOUT, seconds, 1)
        if "join" in names:
            await join(http, 1 if quick else 2)
    if "floor" in names:
        await quiet()
        report.floor(await floor_rounds())
    if "micro" in names:
        await micro()
    if "attendance" in names:
        await attendance_bench()
    if "ledger" in names:
        await ledger_bench(quick=quick)
    if "merging" in names:
        merging_bench(quick=quick)
    if "quotas" in names:
        await quotas_bench()
    if "notice" in names:
        await notice_bench(quick=quick)
    if "sending" in names:
        await sending_bench(quick=quick)
    if "pages" in names:
        await pages_bench(quick=quick)
    if "soak" in names:
        await soak_bench()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument(
        "--realtime", action="store_true", help="schedule all that is measured before other processes (privileged)"
    )
    parser.add_argument("--quick", action="store_true", help="one short round each")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended then, too
    if given.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))  # children inherit it
    asyncio.run(run(given.names or NAMES, given.quick))


if __name__ == "__main__":
    main()
