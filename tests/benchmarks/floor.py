"""点名 on the whole product: from the console's request to that site's picture at the last of all other sites."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from pathlib import Path

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
SETTLE = 3.0
PAUSE = 1.5  # seconds between switches


async def floor_rounds() -> tuple[list[float], list[float]]:
    """Seconds of every switch: to sites that had raised a hand, to sites that had not."""
    with tempfile.TemporaryDirectory(prefix="floor-") as name, product(Path(name)) as running:
        return await _switches(running)


async def _switches(running: Product) -> tuple[list[float], list[float]]:
    async with Field() as field:
        accounts = [Account(running.url, name) for name in ("operator", "chair", *map(site, range(1, SITES + 1)))]
        operator, chair, *rooms = accounts
        pages: list[Page] = []
        try:
            for account in accounts:
                await account.sign_in(PASSWORD)
            meeting = await todays_meeting(operator)
            main = Page(operator, meeting, "main", main_plan, field)
            wall = Page(chair, meeting, "wall", wall_plan, field)
            sites = [Page(account, meeting, "site", site_plan, field) for account in rooms]
            pages = [main, wall, *sites]
            await operator.act(f"/meetings/{meeting}/state", {"act": "start"})
            await main.enter(Publication("audio"), Publication("video"))
            await wall.enter()
            for group in (sites[i : i + 6] for i in range(0, SITES, 6)):
                await asyncio.gather(*(p.enter(Publication("audio", muted=True), Publication("video")) for p in group))
            await _all_see_main(sites)
            say(f"floor: {len(pages)} pages are in, {SWITCHES} switches follow")
            return await _call(operator, meeting, sites)
        finally:
            await asyncio.gather(*(page.leave() for page in pages))
            await asyncio.gather(*(account.close() for account in accounts))


async def todays_meeting(account: Account) -> int:
    """The demonstration's meeting that can be entered now."""
    numbers = re.findall(r'href="/meetings/(\d+)', await account.get("/") + await account.get("/meetings"))
    for number in dict.fromkeys(map(int, numbers)):
        page = await account.get(f"/meetings/{number}/live.json")
        if '"state": "planned"' in page or '"state":"planned"' in page or '"live"' in page:
            return number
    raise AssertionError("no meeting of today")


async def _all_see_main(sites: list[Page]) -> None:
    await until(
        lambda: all((sid := p.viewer.sid(MAIN, CAMERA)) and p.peer.watch(sid).frames for p in sites), patience=30
    )
    await asyncio.sleep(SETTLE)


async def _call(operator: Account, meeting: int, sites: list[Page]) -> tuple[list[float], list[float]]:
    raised: list[float] = []
    unasked: list[float] = []
    for number in range(SWITCHES):
        called = sites[(number * 7 + 3) % len(sites)]
        if number % 2 == 0:
            await called.account.act(f"/meetings/{meeting}/hand", {"act": "raise", "topic": ""})
            await _prepared(sites, called.identity)
        await asyncio.sleep(PAUSE)
        others = [page for page in sites if page is not called]
        frames = [page.peer.next_frame(page.viewer.sid(called.identity, CAMERA)) for page in others]
        start = time.monotonic()
        await operator.act(f"/meetings/{meeting}/floor", {"act": "call_on", "site": called.identity})
        async with asyncio.timeout(15):
            shown = await asyncio.gather(*frames)
        (raised if number % 2 == 0 else unasked).append(max(shown) - start)
    return raised, unasked


async def _prepared(sites: list[Page], called: str) -> None:
    """Until every other page has the called site's picture subscribed (disabled)."""
    others = [page for page in sites if page.identity != called]
    await until(lambda: all(p.viewer.sid(called, CAMERA) in p.peer.receiving.values() for p in others), patience=10)
