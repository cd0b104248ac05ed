"""``python -m tests.benchmarks [--quick] [live] [join] [floor]``: one JSON object per line on standard output.

Progress goes to standard error. Rounds of compared servers alternate; everything started is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
from collections.abc import Sequence

import aiohttp

from tests.benchmarks import janus, report
from tests.benchmarks.floor import floor_rounds
from tests.benchmarks.joining import Joined, join_round
from tests.benchmarks.live import Lived, live_round
from tests.benchmarks.measure import Window, say
from tests.benchmarks.yardstick import janus_round
from tests.peers.recording import recording

NAMES = ("live", "join", "floor")


async def live(http: aiohttp.ClientSession, seconds: float, rounds: int) -> None:
    ours: list[Lived] = []
    theirs: dict[int, list[Window]] = {0: [], 2: []}
    for number in range(rounds):
        ours.append(await live_round(http, seconds=seconds, open_microphones=False))
        say(f"live {number + 1}/{rounds}: {ours[-1]}")
        if janus.installed():
            for loops, windows in theirs.items():
                window, lost = await janus_round(http, seconds=seconds, event_loops=loops, open_microphones=False)
                windows.append(window)
                say(f"janus event_loops={loops}: {window}, lost {lost}")
    report.live("three microphones open", ours, theirs)
    report.janus(theirs)
    worst_case = await live_round(http, seconds=seconds, open_microphones=True)
    say(f"live, every microphone open: {worst_case}")
    report.live("every microphone open", [worst_case], {})


async def join(http: aiohttp.ClientSession, rounds: int) -> None:
    seen: list[Joined] = []
    quiet: list[Joined] = []
    for number in range(rounds):
        seen.append(await join_round(http, silent=False))
        quiet.append(await join_round(http, silent=True))
        say(f"join {number + 1}/{rounds}: {seen[-1]} {quiet[-1]}")
    report.join(seen, quiet)


async def run(names: Sequence[str], quick: bool) -> None:
    recording()
    gc.freeze()
    async with aiohttp.ClientSession() as http:
        if "live" in names:
            await live(http, 8.0 if quick else 20.0, 1 if quick else 3)
        if "join" in names:
            await join(http, 1 if quick else 3)
    if "floor" in names:
        report.floor(*await floor_rounds())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="one short round each")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    asyncio.run(run(given.names or NAMES, given.quick))


if __name__ == "__main__":
    main()
