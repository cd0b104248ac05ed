"""A meeting whose processes are killed: the sheet shows the gaps, where they were, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from meetinghub.attendance.sheet import Sheet, sheet
from meetinghub.db import Database
from meetinghub.demo import PASSWORD
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Ending, Interval
from meetinghub.meetings import service, store
from meetinghub.people import store as people
from tests.flows.product import Product, product
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.examples import meeting as meeting_of_four
from tests.peers.field import Field
from tests.peers.pages import Account, Page, site_plan
from tests.peers.publication import Publication
from tests.peers.viewer import Viewer
from tests.peers.waiting import until

ONE, TWO, NEVER = "site-01", "site-02", "site-03"
KILLED = ("media", "web")
HEARTBEAT = timedelta(seconds=15)
NEWS = timedelta(seconds=2)
"""Webhooks have whole seconds, and a page knows of its own connection a little sooner or later than the server."""


def publications() -> list[Publication]:
    return [Publication("audio", muted=True), Publication("video")]


class Diary:
    """What the harness itself saw of one site's page: when it was connected."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.spans: list[list[datetime]] = []
        self._task = asyncio.create_task(page.stay(publications))
        self._watch = asyncio.create_task(self._note())

    async def _note(self) -> None:
        seen: Viewer | None = None
        while True:
            now, inside = datetime.now(UTC), self.page.present and bool(self.page.live)
            if inside and self.page.viewer is not seen:
                seen = self.page.viewer
                self.spans.append([now])
            elif not inside and self.spans and len(self.spans[-1]) == 1:
                self.spans[-1].append(now)
            await asyncio.sleep(0.02)

    async def back(self, count: int) -> None:
        """Until the page has entered so many times."""
        await until(lambda: len(self.spans) >= count, patience=60)

    def died(self, at: datetime) -> None:
        """The page notices some time later that its server died."""
        last = [span for span in self.spans if span[0] < at][-1]
        last[1:] = [min([at, *last[1:]])]

    async def close(self) -> None:
        for task in (self._task, self._watch):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.page.leave()
        if self.spans and len(self.spans[-1]) == 1:
            self.spans[-1].append(datetime.now(UTC))


class Held:
    """One meeting of the whole product."""

    def __init__(self, started: Product, database: Database) -> None:
        self.product, self.database = started, database
        places = [store.SitePlan(each.id, "", "") for each in database.read_now(people.committees)]
        self.number = database.write_now(service.plan, meeting=meeting_of_four(), sites=places, now=NOON, actor="host")

    def facts(self) -> list[Fact]:
        return self.database.read_now(ledger.of_meeting, self.number)

    async def until(self, condition: Callable[[list[Fact]], bool]) -> None:
        for _ in range(600):
            if condition(self.facts()):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"it never came to be\n{self.product.logs()}")

    async def beaten(self, count: int) -> None:
        """Until a heartbeat that is newer than now lists ``count`` connections."""
        known = len(self.facts())
        await self.until(
            lambda facts: any(
                isinstance(fact.payload, p.ConnectionsSeen) and len(fact.payload.connections) == count
                for fact in facts[known:]
            )
        )

    def sheet(self) -> Sheet:
        meeting = self.database.read_now(store.meeting, self.number)
        assert meeting
        found = sheet(meeting, self.facts(), datetime.now(UTC))
        assert found
        return found

    async def restart(self, name: str) -> datetime:
        """kill -9, then the same command again; when it died."""
        died = datetime.now(UTC)
        await asyncio.to_thread(self.product.kill, name)
        await asyncio.sleep(1)
        self.product.start(name)
        await asyncio.to_thread(self.product.wait_ready)
        return died


@asynccontextmanager
async def diary(started: Product, held: Held, site: str, field: Field) -> AsyncIterator[Diary]:
    account = Account(started.url, site)
    await account.sign_in(PASSWORD)
    made = Diary(Page(account, held.number, "site", site_plan, field))
    try:
        yield made
    finally:
        await made.close()
        await account.close()


def assert_as_seen(found: tuple[Interval, ...], seen: list[list[datetime]]) -> None:
    """The same gaps: they begin within a heartbeat of what the harness saw, and end when it saw the site come back.

    While only web is away media flows on; a page that drops its connection then and is back before media misses it
    (15 s) may leave no gap.
    """
    shown = [(one.end, two.start) for one, two in pairwise(found)]
    for number, ((_, went), (came, _)) in enumerate(pairwise(seen)):
        matching = [gap for gap in shown if abs(gap[1] - came) <= NEWS]
        if not matching:
            assert KILLED[number] == "web"
            assert came - went < HEARTBEAT, (found, seen)
            continue
        (gap,) = matching
        assert abs(gap[0] - went) <= HEARTBEAT, (found, seen)
        shown.remove(gap)
    assert shown == []
    assert abs(found[0].start - seen[0][0]) <= NEWS
    assert abs(found[-1].end - seen[-1][1]) <= NEWS


@pytest.mark.timeout(400)
async def test_killed_processes_leave_gaps_where_they_were_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    with product(tmp_path, DATABASE_URL=database_url) as started:
        database = Database(database_url)
        try:
            await _killed(started, Held(started, database))
        finally:
            database.close()


async def _killed(started: Product, held: Held) -> None:
    chair = Account(started.url, "chair")
    await chair.sign_in(PASSWORD)
    await chair.act(f"/meetings/{held.number}/state", {"act": "start"})
    async with Field() as field, diary(started, held, TWO, field) as two:
        async with diary(started, held, ONE, field) as one:
            await one.back(1)
            await two.back(1)
            await held.beaten(2)
            for count, name in enumerate(KILLED, 2):
                died = await held.restart(name)
                for each in (one, two):
                    each.died(died)
                    await each.back(count)
                await held.beaten(2)
        await held.beaten(1)
        await chair.act(f"/meetings/{held.number}/state", {"act": "end"})
        two.died(datetime.now(UTC))
        await held.until(lambda facts: isinstance(facts[-1].payload, p.RoomFinished))
    await chair.close()
    found = {line.place.identity: line.judged for line in held.sheet().lines}
    assert_as_seen(found[ONE].intervals, one.spans[:3])
    assert_as_seen(found[TWO].intervals, two.spans[:3])
    assert found[TWO].intervals[-1].ended_by is Ending.MEETING
    assert (found[NEVER].status, found[NEVER].intervals) == (Status.ABSENT, ())
