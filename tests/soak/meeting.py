"""A meeting that is hit by every fault of a plan, from its start to what the facts say of it at the end."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.benchmarks.floor import todays_meeting
from tests.benchmarks.measure import resident_megabytes
from tests.peers.field import Field
from tests.peers.meeting import MAIN, site
from tests.peers.pages import NO_ANSWER, Account, Live, Page, main_plan, site_plan, wall_plan
from tests.peers.viewer import CAMERA
from tests.peers.waiting import until
from tests.soak.memory import Sample
from tests.soak.schedule import PROCESSES, SITES, Fault, Kind, Plan
from tests.soak.supervised import Supervised, supervised
from tests.soak.truth import Span
from tests.soak.venue import Venue

PASSWORD = "demo-2026"
BEAT = 0.02  # seconds: two frames a second need no finer one
SAMPLE_SECONDS = 3.0
TELL_SECONDS = 60.0
SETTLED_SECONDS = 20.0  # after the last kill
NEWS_SECONDS = 20.0  # for news that waited while web was away, on a busy machine
MOVES_SECONDS = 3.0  # at two frames a second, on a busy machine
BACK_SECONDS = 60.0  # all sites must be back this soon after the last fault
ADDRESSES, ADDRESS = 150, 2_000
"""Web and media keep the last 128 addresses they took apart (yarl does); a join's is that many characters long."""


class Clock:
    """The harness's steady clock, mapped once to the server's (both run on this machine): seconds since 1970."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() + self._offset


@dataclass
class Soaked:
    """What is left of a meeting: the product, still running, and the harness's own account of it."""

    product: Supervised
    number: int
    venues: dict[str, Venue]
    samples: list[Sample] = field(default_factory=list)
    window: Span = (0.0, 0.0)
    started: float = 0.0  # when the plan began, monotonic
    kills: list[tuple[float, str]] = field(default_factory=list)
    web_away: list[Span] = field(default_factory=list)  # nobody wrote heartbeats
    acts: int = 0
    floors: int = 0


class Soak:
    def __init__(self, soaked: Soaked, operator: Account, plan: Plan, clock: Clock, say: Callable[[str], None]) -> None:
        self._soaked, self._operator, self._plan = soaked, operator, plan
        self._clock, self._say = clock, say
        self._holder: str | None = None
        self._watching: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Returns when every fault is over and everybody is back, and the meeting has ended."""
        started = self._soaked.started = time.monotonic()
        others = [
            asyncio.create_task(each) for each in (self._sample(), self._move_floor(), self._fill_caches(started))
        ]
        try:
            for fault in self._plan.faults:
                await asyncio.sleep(max(0.0, started + fault.at - time.monotonic()))
                await self._do(fault)
            await asyncio.sleep(max(0.0, started + self._plan.quiet_at - time.monotonic()))
            others[1].cancel()
            await asyncio.gather(others[1], return_exceptions=True)
            await self._everybody_back()
            await self._floor_is_held()
            await asyncio.sleep(max(0.0, started + self._plan.seconds - time.monotonic()))
            assert not others[2].done() or others[2].exception() is None, others[2].exception()
        finally:
            for task in (*others, *self._watching):
                task.cancel()
            await asyncio.gather(*others, *self._watching, return_exceptions=True)
        await self._end()

    async def _do(self, fault: Fault) -> None:
        self._say(str(fault))
        if fault.kind is not Kind.KILL:
            for number in fault.sites:
                self._soaked.venues[site(number)].befall(fault.kind, fault.seconds)
            return
        at = self._clock()
        killed = self._soaked.product.kill(*fault.processes)
        self._soaked.kills += [(at, name) for name in killed]
        if "web" in killed:
            self._watching.append(asyncio.create_task(self._web_away(at)))
        if "media" in killed:
            untold = self._told_since(at)
            for venue in self._soaked.venues.values():
                venue.server_died()
                venue.presence.news_died(untold)

    async def _web_away(self, since: float) -> None:
        """Until web answers again."""
        away = self._soaked.web_away
        away.append((since, math.inf))
        status = 0
        while status != 200:
            await asyncio.sleep(0.5)
            status = await asyncio.to_thread(self._soaked.product.product.status, "/healthz")
        away[away.index((since, math.inf))] = (since, self._clock())

    def _told_since(self, at: float) -> float:
        """From when on news may still have been waiting in a media process killed ``at``: web was away just before."""
        away = [start for start, end in self._soaked.web_away if at - end < NEWS_SECONDS]
        return min([*away, at - 1.0])

    # --- the meeting goes on meanwhile -----------------------------------------------------------------------------

    async def _sample(self) -> None:
        told = time.monotonic()
        while True:
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                newest = {sample.process: f"{sample.megabytes:.1f} MB" for sample in self._soaked.samples}
                self._say(f"resident: {newest}")
            for name in PROCESSES:
                if (pid := self._soaked.product.pid(name)) is not None:
                    with suppress(FileNotFoundError, ProcessLookupError):
                        megabytes = resident_megabytes(pid)
                        self._soaked.samples.append(Sample(time.monotonic(), name, pid, megabytes))
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _fill_caches(self, started: float) -> None:
        """What is kept up to a fixed number is kept before memory counts; otherwise a short run takes it for a leak."""
        await asyncio.sleep(max(0.0, started + self._plan.kills_end + SETTLED_SECONDS - time.monotonic()))
        for number in range(ADDRESSES):
            query = f"join_request={number:0{ADDRESS}d}"
            async with self._operator.http.get(f"{self._operator.url}/rtc/v1?{query}") as answer:
                assert answer.status == 404, f"{answer.status}: {await answer.text()}"

    async def _move_floor(self) -> None:
        """Somebody is called every few seconds; a hand goes up in between."""
        source = random.Random(self._plan.seed)
        while True:
            await asyncio.sleep(source.uniform(3.0, 9.0))
            name = site(source.randrange(1, SITES + 1))
            venue = self._soaked.venues[name]
            if source.random() < 0.3:
                if not venue.page.line.cut:
                    await self._act(venue.page.account, "hand", {"act": "raise", "topic": "水费怎么交？"})
            elif source.random() < 0.15:
                if await self._act(self._operator, "floor", {"act": "mute_all"}):
                    self._holder = None
            elif await self._act(self._operator, "floor", {"act": "call_on", "site": name}):
                self._holder = name
                self._soaked.floors += 1

    async def _act(self, account: Account, what: str, body: dict[str, Any]) -> bool:
        """False when it was refused or nobody answered."""
        try:
            async with asyncio.timeout(10):
                await account.act(f"/meetings/{self._soaked.number}/{what}", body)
        except NO_ANSWER:
            return False
        self._soaked.acts += 1
        return True

    # --- the end ---------------------------------------------------------------------------------------------------

    async def _everybody_back(self) -> None:
        try:
            await until(lambda: not self._missing(), patience=BACK_SECONDS, step=0.2)
        except TimeoutError:
            raise AssertionError(f"not back: {self._missing()}\n{self._soaked.product.product.logs()}") from None

    def _missing(self) -> list[str]:
        return [name for name, venue in self._soaked.venues.items() if not sees_main(name, venue)]

    async def _floor_is_held(self) -> None:
        """The floor is as the last act left it, everywhere; and a call reaches everybody."""
        live = await self.live()
        holder = live["floor"]["site"] if live["floor"] else None
        if self._holder is not None:
            assert holder == self._holder
        called = site(7)
        assert await self._act(self._operator, "floor", {"act": "call_on", "site": called})
        pages = [venue.page for venue in self._soaked.venues.values()]
        await until(lambda: all((page.live.get("floor") or {}).get("site") == called for page in pages), patience=20)
        offline = ["?"]
        for _ in range(100):  # the news of the last ones' coming may still be on its way
            live = await self.live()
            offline = [name for name, seat in live["sites"].items() if not seat["joined_at"] or seat["left_at"]]
            if not offline:
                break
            await asyncio.sleep(0.2)
        assert offline == [], f"{offline} are in, but not for the server: {[live['sites'][name] for name in offline]}"
        assert [seat["seat"] for seat in live["sites"].values()] == list(range(1, SITES + 1))

    async def live(self) -> Live:
        found = await self._operator.http.get(
            f"{self._operator.url}/meetings/{self._soaked.number}/live.json", raise_for_status=True
        )
        live: Live = await found.json()
        return live

    async def _end(self) -> None:
        assert await self._act(self._operator, "state", {"act": "end"})
        await until(lambda: all(not venue.page.present for venue in self._soaked.venues.values()), patience=30)


def sees_main(name: str, venue: Venue) -> bool:
    """Connected, told the state, and (but for main and wall) with a picture of the main venue that moves."""
    page = venue.page
    if not page.present or page.peer.cut or not page.live:
        return False
    if page.role != "site":
        return True
    sid = page.viewer.sid(MAIN, CAMERA)
    return sid != "" and time.monotonic() - page.peer.watch(sid).last_at < MOVES_SECONDS


@asynccontextmanager
async def soaked(folder: Path, plan: Plan, say: Callable[[str], None]) -> AsyncIterator[Soaked]:
    """The meeting has been held when this is entered; the product runs until it is left."""
    clock = Clock()
    with supervised(folder) as product:
        url = product.product.url
        accounts = [Account(url, name) for name in ("operator", "chair", *map(site, range(1, SITES + 1)))]
        operator, chair, *rooms = accounts
        tasks: list[asyncio.Task[None]] = []
        venues: dict[str, Venue] = {}
        try:
            for account in accounts:
                await account.sign_in(PASSWORD)
            number = await todays_meeting(operator)
            async with Field(BEAT) as field:
                main = Page(operator, number, "main", main_plan, field, resumes=True)
                wall = Page(chair, number, "wall", wall_plan, field, resumes=True)
                venues[MAIN], venues["wall"] = Venue(main, clock), Venue(wall, clock, publishes=False)
                for account, error in zip(rooms, plan.clock_errors, strict=True):
                    page = Page(account, number, "site", site_plan, field, resumes=True)
                    venues[account.name] = Venue(page, clock, clock_error=error)
                result = Soaked(product, number, venues)
                try:
                    for venue in venues.values():
                        tasks.append(asyncio.create_task(venue.run()))
                        await asyncio.sleep(0.1)
                    await until(lambda: all(sees_main(n, v) for n, v in venues.items()), patience=60, step=0.1)
                    await operator.act(f"/meetings/{number}/state", {"act": "start"})
                    begun = clock()
                    await Soak(result, operator, plan, clock, say).run()
                    result.window = (begun, clock())
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                    await asyncio.gather(*(venue.close() for venue in venues.values()), return_exceptions=True)
            yield result
        finally:
            with suppress(aiohttp.ClientError):
                await asyncio.gather(*(account.close() for account in accounts))
