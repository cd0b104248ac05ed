"""The whole product with 33 sites: how fast 点名 shows a site, how fast a killed media process is back."""

from __future__ import annotations

import asyncio
import re
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.benchmarks.measure import say
from tests.benchmarks.shape import SITES
from tests.flows.product import Product, product
from tests.peers.field import Field
from tests.peers.meeting import MAIN, site
from tests.peers.pages import Account, Page, main_plan, site_plan, wall_plan
from tests.peers.publication import Publication
from tests.peers.viewer import CAMERA
from tests.peers.waiting import until

PASSWORD = "demo-2026"
SWITCHES = 20
SETTLE = 8.0  # seconds: upper layers, unused layers switched off
PAUSE = 1.5  # seconds between switches
AWAY = 3.0  # seconds without a media process


@dataclass(frozen=True, slots=True)
class Floored:
    """Seconds. ``raised``: switches to sites that had raised a hand. From the restarted media process's listening:
    ``recovery`` to the last site's first decodable frame, ``whole`` until each also sees the holder of the floor."""

    raised: list[float]
    unasked: list[float]
    recovery: float
    whole: float


@dataclass(frozen=True, slots=True)
class Gathering:
    product: Product
    operator: Account
    meeting: int
    sites: list[Page]


async def floor_rounds() -> Floored:
    with tempfile.TemporaryDirectory(prefix="floor-") as name, product(Path(name)) as running:
        async with Field() as field, gathered(running, field) as gathering:
            say(f"floor: {SITES} sites are in, {SWITCHES} switches follow")
            raised, unasked = await _switches(gathering)
            say(f"floor: {raised} {unasked}, now the media process is killed")
            recovery, whole = await _restart(gathering)
            return Floored(raised, unasked, recovery, whole)


@asynccontextmanager
async def gathered(running: Product, field: Field) -> AsyncIterator[Gathering]:
    """Everybody signed in, the meeting begun, all pages in it and seeing the main venue."""
    accounts = [Account(running.url, name) for name in ("operator", "chair", *map(site, range(1, SITES + 1)))]
    operator, chair, *rooms = accounts
    tasks: list[asyncio.Task[None]] = []
    pages: list[Page] = []
    try:
        for account in accounts:
            await account.sign_in(PASSWORD)
        meeting = await todays_meeting(operator)
        await operator.act(f"/meetings/{meeting}/state", {"act": "start"})
        main = Page(operator, meeting, "main", main_plan, field)
        wall = Page(chair, meeting, "wall", wall_plan, field)
        sites = [Page(account, meeting, "site", site_plan, field) for account in rooms]
        pages = [main, wall, *sites]
        tasks.append(asyncio.create_task(main.stay(lambda: (Publication("audio"), Publication("video")))))
        tasks.append(asyncio.create_task(wall.stay(lambda: ())))
        for page in sites:
            tasks.append(
                asyncio.create_task(page.stay(lambda: (Publication("audio", muted=True), Publication("video"))))
            )
            await asyncio.sleep(0.1)
        await until(lambda: all(_sees(page, MAIN) for page in sites), patience=60)
        await asyncio.sleep(SETTLE)
        yield Gathering(running, operator, meeting, sites)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(page.leave() for page in pages))
        await asyncio.gather(*(account.close() for account in accounts))


def _sees(page: Page, identity: str) -> bool:
    """Whether a frame of that participant's camera has come on the present connection."""
    if not page.present:
        return False
    sid = page.viewer.sid(identity, CAMERA)
    return sid != "" and page.peer.watch(sid).frames > 0


async def todays_meeting(account: Account) -> int:
    """The demonstration's meeting that can be entered now."""
    numbers = re.findall(r'href="/meetings/(\d+)', await account.get("/") + await account.get("/meetings"))
    for number in dict.fromkeys(map(int, numbers)):
        page = await account.get(f"/meetings/{number}/live.json")
        if re.search(r'"state": ?"(planned|live)"', page):
            return number
    raise AssertionError("no meeting of today")


async def _switches(gathering: Gathering) -> tuple[list[float], list[float]]:
    raised: list[float] = []
    unasked: list[float] = []
    sites, path = gathering.sites, f"/meetings/{gathering.meeting}"
    for number in range(SWITCHES):
        called = sites[(number * 7 + 3) % len(sites)]
        others = [page for page in sites if page is not called]
        if number % 2 == 0:
            await called.account.act(f"{path}/hand", {"act": "raise", "topic": ""})
            await until(lambda: all(_prepared(page, called.identity) for page in others))  # noqa: B023 (awaited here)
        await asyncio.sleep(PAUSE)
        frames = [page.peer.next_frame(page.viewer.sid(called.identity, CAMERA)) for page in others]
        start = time.monotonic()
        await gathering.operator.act(f"{path}/floor", {"act": "call_on", "site": called.identity})
        async with asyncio.timeout(15):
            shown = await asyncio.gather(*frames)
        (raised if number % 2 == 0 else unasked).append(max(shown) - start)
    return raised, unasked


def _prepared(page: Page, called: str) -> bool:
    """Subscribed beforehand, disabled."""
    return page.viewer.sid(called, CAMERA) in page.peer.receiving.values()


async def _restart(gathering: Gathering) -> tuple[float, float]:
    """Until every site sees the main venue again, and until each sees the holder of the floor, who is as before."""
    running, sites = gathering.product, gathering.sites
    holder = sites[0].live["floor"]["site"]
    running.kill("media", signal.SIGKILL)
    await asyncio.sleep(AWAY)
    running.start("media")
    async with aiohttp.ClientSession() as http:
        await _listening(http, running.media_url)
    listening = time.monotonic()

    def back(page: Page) -> bool:
        if not _sees(page, MAIN) or (page.live.get("floor") or {}).get("site") != holder:
            return False
        return page.identity == holder or _sees(page, holder)

    await until(lambda: all(_sees(page, MAIN) for page in sites), patience=60)
    recovery = time.monotonic() - listening
    await until(lambda: all(back(page) for page in sites), patience=60)
    return recovery, time.monotonic() - listening


async def _listening(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(url + "/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
