"""kill -9 under a meeting in real windows: all come back by themselves, with seat and floor, and no page reloads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

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

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SILENT, CALLED = "site-01", "site-04"
KILLS = (("worker",), ("web",), ("media",), ("web", "media", "worker"))
HEARTBEAT = timedelta(seconds=15)
SECOND = timedelta(seconds=1.5)
PATIENCE = timedelta(seconds=20)
"""Pages resume for 25 s; when web is away for longer, they give their connection up and join afresh."""


class Killed(NamedTuple):
    names: tuple[str, ...]
    at: datetime
    back: datetime

    @property
    def cost_connections(self) -> bool:
        return "media" in self.names or ("web" in self.names and self.back - self.at > PATIENCE)


async def mark(page: Page) -> None:
    await page.evaluate("window.marker = 'never reloaded'")


async def is_marked(page: Page) -> bool:
    return bool(await page.evaluate("window.marker === 'never reloaded'"))


async def kill(started: Product, names: tuple[str, ...]) -> Killed:
    """All at once, and started again a second later; away until ready."""
    at = datetime.now(UTC)
    for name in names:
        await asyncio.to_thread(started.kill, name)
    await asyncio.sleep(1)
    for name in names:
        started.start(name)
    await asyncio.to_thread(started.wait_ready)
    return Killed(names, at, datetime.now(UTC))


async def is_whole(console: Page, wall: Page, silent: Page, called: Page) -> None:
    """Pictures move everywhere, the called room has the floor, is heard, and both sit in their seats."""
    await says(called, "#says", SPEAKING)
    for page, video in ((silent, "large"), (called, "large"), (silent, "small"), (console, "small")):
        await moves(page, video)
    await hears(silent)
    await are_seated(wall)


async def are_seated(wall: Page) -> None:
    for seat in (1, 4):
        state = f"document.querySelectorAll('.seat')[{seat - 1}].dataset.state"
        await true(wall, f"!['absent', 'dropped'].includes({state})")


@contextmanager
def reading(started: Product) -> Iterator[Callable[[int], list[Fact]]]:
    database = Database(f"sqlite:///{started.environ['DATA_DIR']}/meetinghub.sqlite")
    try:
        yield lambda number: database.read_now(ledger.of_meeting, number)
    finally:
        database.close()


async def is_seen(started: Product, number: int) -> None:
    """Waits for a heartbeat, so that the next death has a sign of life before it."""
    after = datetime.now(UTC)
    with reading(started) as facts:
        for _ in range(600):
            if any(isinstance(fact.payload, p.ConnectionsSeen) and fact.at > after for fact in facts(number)):
                return
            await asyncio.sleep(0.1)
    raise AssertionError("no heartbeat")


async def facts_of(started: Product, number: int) -> list[Fact]:
    """All of them, once the room is closed."""
    with reading(started) as facts:
        for _ in range(300):
            found = facts(number)
            if any(isinstance(fact.payload, p.RoomFinished) and _ended(found) for fact in found[-3:]):
                return found
            await asyncio.sleep(0.1)
    raise AssertionError("the room was never closed")


def _ended(facts: list[Fact]) -> bool:
    return any(isinstance(fact.payload, p.MeetingEnded) for fact in facts)


def gaps(intervals: tuple[Interval, ...]) -> list[tuple[datetime, datetime]]:
    return [(before.end, after.start) for before, after in pairwise(intervals)]


async def test_killed_processes_cost_a_gap_and_nothing_else(tmp_path: Path) -> None:
    kills: list[Killed] = []
    with product(tmp_path) as started:
        number = planned(started)
        async with windows(started.url) as opened:
            console = await open_main(opened, number)
            wall = await console.context.new_page()
            await wall.goto(f"/meetings/{number}/wall")
            silent, called = [await enter(opened, number, name) for name in (SILENT, CALLED)]
            await are_seated(wall)  # before the start, or who is still coming in would be late
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
                if "media" in names:
                    await is_seen(started, number)
                kills.append(await kill(started, names))
                await is_whole(*pages)
                assert [await is_marked(page) for page in pages] == [True] * 4
            await console.click("[data-key=end]")
            await console.click("dialog .btn-main")
            for room in (silent, called):
                await says(room, "#card", "会议结束，各位辛苦了")
        facts = await facts_of(started, number)
    kept_their_connections(facts, kills)
    only_deaths_are_gaps(facts, kills)


def kept_their_connections(facts: list[Fact], kills: list[Killed]) -> None:
    """Nobody came or went because of a process that pages can wait for."""
    changes = [fact.payload for fact in facts if isinstance(fact.payload, p.SiteJoined | p.SiteLeft)]
    for killed, following in pairwise(kills):
        if not killed.cost_connections:
            assert not [each for each in changes if killed.at < each.occurred_at < following.at - SECOND], killed


def only_deaths_are_gaps(facts: list[Fact], kills: list[Killed]) -> None:
    window = Window(
        next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingStarted)),
        next(fact.at for fact in facts if isinstance(fact.payload, p.MeetingEnded)),
    )
    for intervals in presences(facts, (SILENT, CALLED), window).values():
        found = gaps(intervals)
        for killed in kills:
            if "media" in killed.names:
                of_it = [gap for gap in found if killed.at - HEARTBEAT <= gap[0] <= killed.at + SECOND < gap[1]]
                assert len(of_it) == 1, (found, kills)
                found.remove(of_it[0])
        away = [killed for killed in kills if killed.cost_connections and "media" not in killed.names]
        for start, _ in found:
            assert any(killed.at <= start <= killed.back + HEARTBEAT for killed in away), (found, kills)
        assert intervals[0].start == window.start
        assert intervals[-1].end >= window.end - SECOND  # a going is known to the second (LiveKit's webhooks)
