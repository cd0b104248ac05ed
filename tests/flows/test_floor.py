"""Web and media as their own processes: the room follows the facts, and only the holder of the floor is heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from meetinghub.db import Database
from meetinghub.demo import PASSWORD
from meetinghub.meetings import service, store
from meetinghub.people import store as people
from tests.flows.product import Product, product
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.examples import meeting as meeting_of_four
from tests.peers.field import Field
from tests.peers.meeting import MAIN
from tests.peers.pages import Account, Live, Page, main_plan, site_plan
from tests.peers.publication import Publication
from tests.peers.server import media_server
from tests.peers.viewer import CAMERA, LOW, MICROPHONE, Plan, Want
from tests.peers.waiting import until

ONE, TWO = "site-01", "site-02"


def hears_all(live: Live, me: str, shared: bool) -> Plan:
    """A page that does not keep to the rules: it subscribes to every microphone."""
    return {(site, MICROPHONE): Want() for site in live["sites"] if site != me} | {(MAIN, CAMERA): Want(LOW)}


class Room:
    """A meeting of the demonstration and the pages in it."""

    def __init__(self, started: Product, field: Field) -> None:
        self.product = started
        self.field = field
        self.number = 0
        self.accounts: dict[str, Account] = {}
        self.pages: dict[str, Page] = {}

    async def account(self, name: str) -> Account:
        if name not in self.accounts:
            self.accounts[name] = Account(self.product.url, name)
            await self.accounts[name].sign_in(PASSWORD)
        return self.accounts[name]

    async def act(self, what: str, body: dict[str, Any]) -> int:
        chair = await self.account("chair")
        revision: int = (await chair.act(f"/meetings/{self.number}/{what}", body))["revision"]
        return revision

    async def enter(self, name: str, *, open_microphone: bool = False, plan: Any = None) -> Page:
        role, account = ("main", "chair") if name == MAIN else ("site", name)
        plan = plan or (main_plan if name == MAIN else site_plan)
        page = Page(await self.account(account), self.number, role, plan, self.field)
        muted = role == "site" and not open_microphone
        await page.enter(Publication("audio", muted=muted), Publication("video"))
        self.pages[name] = page
        return page

    async def live(self) -> Live:
        chair = await self.account("chair")
        found: Live = json.loads(await chair.get(f"/meetings/{self.number}/live.json"))
        return found

    async def online(self, *names: str) -> None:
        """Until the facts say so too."""
        for _ in range(1000):
            live = await self.live()
            if all(live["sites"][name]["joined_at"] and not live["sites"][name]["left_at"] for name in names):
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{names} never came online\n{self.product.logs()}")

    def heard(self, name: str, whom: str) -> int:
        """Packets of one microphone that reached a page since it entered."""
        page = self.pages[name]
        sid, media = page.viewer.sid(whom, MICROPHONE), page.peer.media
        return sum(stream.received for ssrc, stream in media.streams.items() if media.tracks.get(ssrc) == sid)

    async def told(self, name: str, revision: int) -> None:
        await until(lambda: self.pages[name].live.get("revision", 0) >= revision)

    async def leave(self, name: str) -> None:
        await self.pages.pop(name).leave()

    async def close(self) -> None:
        for name in list(self.pages):
            await self.leave(name)
        for account in self.accounts.values():
            await account.close()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("floor")) as running:
        yield running


@asynccontextmanager
async def meeting(started: Product, number: int) -> AsyncIterator[Room]:
    async with Field() as field:
        room = Room(started, field)
        room.number = number
        try:
            await room.act("state", {"act": "start"})
            yield room
        finally:
            await room.close()


def planned(started: Product) -> int:
    """A new meeting of every committee, in the product's own database."""
    database = Database(f"sqlite:///{started.environ['DATA_DIR']}/meetinghub.sqlite")
    try:
        places = [store.SitePlan(each.id, "", "") for each in database.read_now(people.committees)]
        return database.write_now(service.plan, meeting=meeting_of_four(), sites=places, now=NOON, actor="host")
    finally:
        database.close()


@pytest.fixture
async def room(started: Product) -> AsyncIterator[Room]:
    async with meeting(started, planned(started)) as made:
        yield made


async def test_a_called_site_is_heard_by_all_after_its_count_and_nobody_else_is(room: Room) -> None:
    await room.act("floor", {"act": "count_in", "seconds": 1})
    await room.enter(MAIN)
    await room.enter(ONE, plan=hears_all)
    await room.enter(TWO, open_microphone=True)  # it does not keep to the rules: its microphone is open all the time
    await room.online(ONE, TWO)
    await asyncio.sleep(1.0)
    assert room.heard(ONE, TWO) == 0

    revision = await room.act("floor", {"act": "call_on", "site": TWO})
    await room.told(ONE, revision)
    opens_at = datetime.fromisoformat(room.pages[ONE].live["floor"]["opens_at"])
    await until(lambda: room.heard(ONE, TWO) > 0)
    assert datetime.now(opens_at.tzinfo) >= opens_at
    await until(lambda: room.heard(ONE, TWO) > 25)

    revision = await room.act("floor", {"act": "mute_all"})
    await room.told(ONE, revision)
    await asyncio.sleep(0.3)
    silent = room.heard(ONE, TWO)
    await asyncio.sleep(1.0)
    assert room.heard(ONE, TWO) == silent


async def test_a_late_joiner_finds_the_floor_as_it_is_and_hears_it(room: Room) -> None:
    await room.act("floor", {"act": "count_in", "seconds": 0})
    await room.enter(TWO)
    await room.online(TWO)
    await room.act("floor", {"act": "call_on", "site": TWO})
    await room.act("floor", {"act": "broadcast", "site": TWO})
    late = await room.enter(ONE)
    await until(lambda: late.live and late.live["floor"] and late.live["broadcast"] == TWO)
    await until(lambda: room.heard(ONE, TWO) > 25)
    assert late.viewer.sid(TWO, CAMERA)


async def test_a_holder_that_reloads_its_page_keeps_the_floor_and_is_heard_again(room: Room) -> None:
    await room.act("floor", {"act": "count_in", "seconds": 0})
    await room.enter(ONE)
    await room.enter(TWO)
    await room.online(ONE, TWO)
    await room.act("floor", {"act": "call_on", "site": TWO})
    await until(lambda: room.heard(ONE, TWO) > 10)
    await room.leave(TWO)
    await room.enter(TWO)
    await until(lambda: room.pages[ONE].viewer.sid(TWO, MICROPHONE) == room.pages[TWO].microphone.sid)  # type: ignore[union-attr]
    await until(lambda: room.heard(ONE, TWO) > 10)
    assert (await room.live())["floor"]["site"] == TWO


async def test_a_killed_media_server_comes_back_with_the_floor_and_shows_the_gap(room: Room) -> None:
    await room.act("floor", {"act": "count_in", "seconds": 0})
    for name in (ONE, TWO):
        await room.enter(name)
    await room.online(ONE, TWO)
    await room.act("floor", {"act": "call_on", "site": TWO})
    await until(lambda: room.heard(ONE, TWO) > 10)
    before = (await room.live())["sites"][ONE]["joined_at"]
    room.product.kill("media")
    for name in (ONE, TWO):
        await room.leave(name)
    room.product.start("media")
    await asyncio.to_thread(room.product.wait_ready)
    for name in (ONE, TWO):
        await room.enter(name)
    await until(lambda: room.pages[ONE].live and room.pages[ONE].live["floor"]["site"] == TWO)
    await until(lambda: room.heard(ONE, TWO) > 10)
    await room.online(ONE, TWO)
    assert (await room.live())["sites"][ONE]["joined_at"] > before


async def test_a_killed_web_process_opens_the_microphone_that_was_counting_when_it_is_back(room: Room) -> None:
    await room.act("floor", {"act": "count_in", "seconds": 2})
    await room.enter(ONE, plan=hears_all)
    await room.enter(TWO, open_microphone=True)
    await room.online(ONE, TWO)
    await room.act("floor", {"act": "call_on", "site": TWO})
    room.product.kill("web")
    room.product.start("web")
    await asyncio.to_thread(room.product.wait_ready)
    await until(lambda: room.pages[ONE].peer.gone or room.heard(ONE, TWO) > 10)
    if room.pages[ONE].peer.gone:  # its signalling went through web
        for name in (ONE, TWO):
            await room.leave(name)
            await room.enter(name, open_microphone=name == TWO, plan=hears_all if name == ONE else None)
        await until(lambda: room.heard(ONE, TWO) > 10)
    assert (await room.live())["floor"]["site"] == TWO


async def test_an_ended_meeting_tells_its_pages_and_then_closes_the_room(room: Room) -> None:
    page = await room.enter(ONE)
    await room.online(ONE)
    await room.act("state", {"act": "end"})
    await until(lambda: page.live.get("state") == "ended" and not page.peer.gone)
    await until(lambda: page.peer.gone)
    with pytest.raises(AssertionError, match=r"meeting\.over"):
        await room.enter(ONE)


async def test_elsewhere_and_without_webhooks_the_floor_is_kept_by_comparing(tmp_path: Path) -> None:
    """LIVEKIT_URL names a server that nobody told about us: presence is found out, an open microphone is muted."""
    async with media_server() as server:
        settings = {"LIVEKIT_URL": server.url, "LIVEKIT_API_KEY": server.key, "LIVEKIT_API_SECRET": server.secret}
        with product(tmp_path, processes=("web", "worker"), **settings) as elsewhere:
            async with meeting(elsewhere, planned(elsewhere)) as room:
                await room.act("floor", {"act": "count_in", "seconds": 0})
                await room.enter(ONE)
                await room.enter(TWO)
                await room.online(ONE, TWO)
                one = room.pages[ONE]
                assert one.microphone
                one.peer.mute(one.microphone, False)
                await until(lambda: one.microphone and one.microphone.muted)
                await room.act("floor", {"act": "call_on", "site": TWO})
                await until(lambda: room.heard(ONE, TWO) > 10)
