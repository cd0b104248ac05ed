"""kill -9 under a meeting in real windows: all come back by themselves, with seat and floor, and no page reloads."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Page

from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Interval, Window, presences
from tests.benchmarks.measure import say
from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.test_meeting_pages import SPEAKING, enter, open_main
from tests.flows.windows import hears, moves, says, true, windows

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]

SILENT, CALLED = "site-01", "site-04"
KILLS = (("worker",), ("web",), ("media",), ("web", "media", "worker"))
HEARTBEAT = timedelta(seconds=15)
SECOND = timedelta(seconds=1.5)
PATIENCE = timedelta(seconds=2)
"""Pages resume for some three seconds; when web is away for longer, they give their connection up and join afresh."""


async def mark(page: Page) -> None:
    await page.evaluate("window.marker = 'never reloaded'")


async def is_marked(page: Page) -> bool:
    return bool(await page.evaluate("window.marker === 'never reloaded'"))


async def kill(started: Product, names: tuple[str, ...]) -> tuple[datetime, datetime]:
    """All at once, and started again a second later; from when to when they were away."""
    at = datetime.now(UTC)
    for name in names:
        await asyncio.to_thread(started.kill, name)
    await asyncio.sleep(1)
    for name in names:
        started.start(name)
    await asyncio.to_thread(started.wait_ready)
    return at, datetime.now(UTC)


async def is_whole(console: Page, wall: Page, silent: Page, called: Page) -> None:
    """Pictures move everywhere, the called room has the floor, is heard, and both sit in their seats."""
    await says(called, "#says", SPEAKING)
    for page, video in ((silent, "large"), (called, "large"), (silent, "small"), (console, "small")):
        await moves(page, video)
    await hears(silent)
    for seat in (1, 4):
        state = f"document.querySelectorAll('.seat')[{seat - 1}].dataset.state"
        await true(wall, f"!['absent', 'dropped'].includes({state})")


async def facts_of(started: Product, number: int) -> list[Fact]:
    database = Database(f"sqlite:///{started.environ['DATA_DIR']}/meetinghub.sqlite")
    try:
        for _ in range(300):
            found = database.read_now(ledger.of_meeting, number)
            if any(isinstance(fact.payload, p.RoomFinished) and _ended(found) for fact in found[-3:]):
                return found
            await asyncio.sleep(0.1)
        raise AssertionError("the room was never closed")
    finally:
        database.close()


def _ended(facts: list[Fact]) -> bool:
    return any(isinstance(fact.payload, p.MeetingEnded) for fact in facts)


def gaps(intervals: tuple[Interval, ...]) -> list[tuple[datetime, datetime]]:
    return [(before.end, after.start) for before, after in pairwise(intervals)]


async def test_killed_processes_cost_a_gap_and_nothing_else(tmp_path: Path) -> None:
    deaths: list[datetime] = []  # of media
    long_away: list[tuple[datetime, datetime]] = []  # web
    with product(tmp_path) as started:
        number = planned(started)
        async with windows(started.url) as opened:
            console = await open_main(opened, number)
            wall = await console.context.new_page()
            await wall.goto(f"/meetings/{number}/wall")
            silent, called = [await enter(opened, number, name) for name in (SILENT, CALLED)]
            await console.click("[data-key=start-meeting]")
            await moves(silent, "large")
            await console.click("#map li:nth-child(4) button")
            await console.keyboard.press("Enter")
            pages = (console, wall, silent, called)
            await is_whole(*pages)
            for page in pages:
                await mark(page)
            for names in KILLS:
                say(f"kill {names}")
                at, back = await kill(started, names)
                if "media" in names:
                    deaths.append(at)
                elif back - at > PATIENCE:
                    long_away.append((at, back))
                await is_whole(*pages)
                assert [await is_marked(page) for page in pages] == [True] * 4
                await asyncio.sleep(16)  # a heartbeat, so that the next death has a sign of life before it
            await console.click("[data-key=end]")
            await console.click("dialog .btn-main")
            for room in (silent, called):
                await says(room, "#card", "会议结束，各位辛苦了")
        facts = await facts_of(started, number)
    window = Window(
        next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingStarted)),
        next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingEnded)),
    )
    for intervals in presences(facts, (SILENT, CALLED), window).values():
        found = gaps(intervals)
        for died in deaths:
            of_it = [gap for gap in found if died - HEARTBEAT <= gap[0] <= died + SECOND < gap[1]]
            assert len(of_it) == 1, (found, deaths)
            found.remove(of_it[0])
        for start, _ in found:
            assert any(at <= start <= back + HEARTBEAT for at, back in long_away), (found, long_away)
        assert (intervals[0].start, intervals[-1].end) == (window.start, window.end)
