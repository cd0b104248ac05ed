"""The room follows the facts: against a server in memory, with real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from meetinghub.clock import SystemClock
from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, NewFact
from meetinghub.meetings import course, floor, roomkeeper
from meetinghub.meetings.comings import came
from meetinghub.meetings.floor import Decision
from meetinghub.meetings.live import LiveState
from meetinghub.meetings.locks import SLOW
from meetinghub.meetings.projection import Projection
from meetinghub.meetings.service import Live, Meetings
from meetinghub.meetings.snapshot import tag
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.fake_rooms import FakeRooms
from tests.meetinghub.meetings.planned import plan_example


class Stage:
    """A live meeting, its room, and a projection between them."""

    def __init__(self, database: Database, number: int, *, gated: bool = True) -> None:
        self.meetings = Meetings(database, SystemClock())
        self.rooms = FakeRooms()
        self.number = number
        self.gated = gated
        self.unpaired: set[int] = set()
        self.projection = Projection(self.meetings, self.rooms, gated=gated, strangers=self.strangers)

    async def strangers(self, devices: Collection[int]) -> frozenset[int]:
        return frozenset(devices) & self.unpaired

    async def act(self, decide: Callable[[LiveState], Decision]) -> Live:
        live = await self.meetings.act(self.number, lambda state, now: decide(state), "chair")
        self.projection.wake(self.number, live, urgent=True)
        return live

    async def call_on(self, site: str) -> Live:
        return await self.act(lambda state: floor.call_on(state, site, self.now()))

    async def join(self, site: str) -> None:
        present = self.rooms.join(site)
        await self.meetings.record(self.number, [came(site, present.sid, "RM_1", self.now())])
        self.projection.joined(self.number, present)

    def now(self) -> datetime:
        return self.meetings.clock.now()

    async def restart(self) -> None:
        await self.projection.close()
        self.meetings = Meetings(self.meetings._database, SystemClock())
        self.projection = Projection(self.meetings, self.rooms, gated=self.gated)
        await self.projection.start()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(4000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


@pytest.fixture
async def stage(sqlite_database: Database) -> AsyncIterator[Stage]:
    made = Stage(sqlite_database, await sqlite_database.write(plan_example))
    yield await prepared(made)
    await made.projection.close()


@pytest.fixture
async def foreign(sqlite_database: Database) -> AsyncIterator[Stage]:
    """The same on a LiveKit server that does not know gates."""
    made = Stage(sqlite_database, await sqlite_database.write(plan_example), gated=False)
    yield await prepared(made)
    await made.projection.close()


async def prepared(stage: Stage) -> Stage:
    stage.rooms.open()
    await stage.act(course.start)
    await stage.act(lambda state: floor.set_count_in(state, 0))
    stage.projection.room_changed(stage.number)
    await stage.join("site-01")
    await stage.join("site-02")
    newest = (await stage.meetings.current(stage.number)).state.revision
    await until(lambda: stage.rooms.revision == newest)
    return stage


async def test_calling_a_site_opens_its_gate_alone(stage: Stage) -> None:
    live = await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates() == {"site-01": "open", "site-02": "closed"})
    assert stage.rooms.revision == live.state.revision
    await stage.call_on("site-02")
    await until(lambda: stage.rooms.gates() == {"site-01": "closed", "site-02": "open"})


async def test_pages_know_before_the_gates_move(stage: Stage) -> None:
    stage.rooms.calls.clear()
    live = await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    steps = [call for call in stage.rooms.calls if call[0] in {"write", "gate"}]
    assert steps == [("write", str(live.state.revision)), ("gate", "site-01", "open")]


async def test_a_gate_never_opens_before_the_count_is_over(stage: Stage) -> None:
    await stage.act(lambda state: floor.set_count_in(state, 1))
    live = await stage.call_on("site-01")
    floor_now = live.state.floor
    assert floor_now
    await until(lambda: stage.rooms.revision == live.state.revision)
    assert stage.rooms.gates()["site-01"] == "closed"
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    assert stage.now() >= floor_now.opens_at


async def test_a_restarted_web_process_opens_the_gate_that_was_waiting(stage: Stage) -> None:
    await stage.act(lambda state: floor.set_count_in(state, 1))
    live = await stage.call_on("site-01")
    await stage.restart()
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    assert live.state.floor
    assert stage.now() >= live.state.floor.opens_at


async def test_muting_all_closes_every_gate(stage: Stage) -> None:
    await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    await stage.act(floor.mute_all)
    await until(lambda: set(stage.rooms.gates().values()) == {"closed"})


async def test_a_holder_who_comes_back_is_heard_again(stage: Stage) -> None:
    await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    before = stage.rooms.people["site-01"]
    await stage.join("site-01")
    stage.projection.left(stage.number, "site-01", before.sid)
    await until(lambda: stage.rooms.gates()["site-01"] == "open")


async def test_a_restarted_media_server_is_told_everything_again(stage: Stage) -> None:
    live = await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    stage.rooms.open("RM_2")
    stage.projection.room_changed(stage.number)
    await stage.join("site-01")
    await until(lambda: stage.rooms.gates() == {"site-01": "open"})
    assert stage.rooms.revision is not None
    assert stage.rooms.revision >= live.state.revision


async def test_a_server_that_is_away_gets_the_newest_state_when_it_is_back(stage: Stage) -> None:
    stage.rooms.away = True
    await stage.call_on("site-01")
    live = await stage.call_on("site-02")
    await asyncio.sleep(0.3)
    stage.rooms.away = False
    await until(lambda: stage.rooms.gates() == {"site-01": "closed", "site-02": "open"})
    await until(lambda: stage.rooms.revision == live.state.revision)
    assert ("gate", "site-01", "open") not in stage.rooms.calls


async def test_a_refused_object_does_not_keep_gates_open(stage: Stage) -> None:
    await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")

    async def refuse(room: str, metadata: str) -> bool:
        raise Unavailable("media.refused", reason="invalid_argument")

    stage.rooms.write = refuse  # type: ignore[method-assign]
    await stage.act(floor.mute_all)
    await until(lambda: stage.rooms.gates()["site-01"] == "closed")


async def test_comings_and_goings_that_nobody_told_are_found_out(stage: Stage) -> None:
    stage.rooms.join("site-07")
    stage.projection.room_changed(stage.number)
    await until(lambda: stage.rooms.revision is not None and '"site-07":{' in stage.rooms.metadata)
    for _ in range(100):
        if (await stage.meetings.current(stage.number)).state.online("site-07"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody noticed")


async def test_an_ended_meeting_shows_that_it_ended_and_then_its_room_is_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetinghub.meetings.desired.FAREWELL", timedelta(seconds=0.5))
    live = await stage.act(course.end)
    await until(lambda: stage.rooms.sid is None)
    assert ("write", str(live.state.revision)) in stage.rooms.calls
    assert stage.rooms.calls[-1] == ("close",)
    await until(lambda: not stage.projection.taken(stage.number))


async def test_thirty_sites_that_enter_at_once_are_told_together_and_an_act_at_once(stage: Stage) -> None:
    before = len(stage.rooms.asked("write"))
    for seat in range(3, 33):
        present = stage.rooms.join(f"site-{seat:02d}")
        live = await stage.meetings.record(stage.number, [came(present.identity, present.sid, "RM_1", stage.now())])
        stage.projection.joined(stage.number, present)
        stage.projection.wake(stage.number, live)
        await asyncio.sleep(0.002)
    await until(lambda: stage.rooms.revision == live.state.revision)
    assert len(stage.rooms.asked("write")) - before < 15
    calls = len(stage.rooms.calls)
    live = await stage.call_on("site-30")
    await until(lambda: stage.rooms.gates()["site-30"] == "open")
    assert ("write", str(live.state.revision)) in stage.rooms.calls[calls:]


async def test_nothing_is_written_twice(stage: Stage) -> None:
    await stage.call_on("site-01")
    await until(lambda: stage.rooms.gates()["site-01"] == "open")
    before = len(stage.rooms.asked("write")), len(stage.rooms.asked("gate"))
    for _ in range(5):
        stage.projection.wake(stage.number)
        await asyncio.sleep(0.02)
    assert (len(stage.rooms.asked("write")), len(stage.rooms.asked("gate"))) == before


async def test_elsewhere_an_open_microphone_without_the_floor_is_muted_then_forbidden(foreign: Stage) -> None:
    foreign.rooms.speak("site-02")
    foreign.projection.wake(foreign.number)
    await until(lambda: ("mute", "site-02") in foreign.rooms.calls)
    await asyncio.sleep(SLOW.total_seconds() + 0.1)
    for _ in range(3):
        foreign.rooms.speak("site-02")
        foreign.projection.wake(foreign.number)
        await until(lambda: foreign.rooms.silent("site-02"))
    assert ("permit", "site-02", "False") in foreign.rooms.calls
    await foreign.call_on("site-02")
    await until(lambda: ("permit", "site-02", "True") in foreign.rooms.calls)
    assert foreign.rooms.gates()["site-02"] == "open"  # for a server that does know gates after all


async def test_facts_are_written_once_however_often_they_are_told(stage: Stage) -> None:
    present = stage.rooms.people["site-01"]
    fact: NewFact = came("site-01", present.sid, "RM_1", stage.now())
    before = (await stage.meetings.current(stage.number)).state.revision
    await stage.meetings.record(stage.number, [fact])
    assert (await stage.meetings.current(stage.number)).state.revision == before


async def beats(stage: Stage) -> list[Fact]:
    facts = await stage.meetings._database.read(ledger.of_meeting, stage.number)
    return [fact for fact in facts if isinstance(fact.payload, p.ConnectionsSeen)]


async def until_beaten(stage: Stage, count: int) -> list[Fact]:
    for _ in range(1000):
        found = await beats(stage)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("no heartbeat")


async def test_who_is_there_is_written_regularly_and_pages_are_not_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roomkeeper, "BEAT_SECONDS", 0.2)
    await stage.restart()
    sids = tuple(sorted(present.sid for present in stage.rooms.people.values()))
    found = await until_beaten(stage, 2)
    before = await stage.meetings.current(stage.number)
    written = len(stage.rooms.asked("write"))
    found = await until_beaten(stage, len(found) + 3)
    assert {fact.payload for fact in found[-3:]} == {p.ConnectionsSeen("RM_1", sids)}
    after = await stage.meetings.current(stage.number)
    assert after.state.revision == before.state.revision
    assert after.state.folded > before.state.folded
    assert tag(after.snapshot(NOON)) == tag(before.snapshot(NOON))
    assert len(stage.rooms.asked("write")) == written


async def test_a_restarted_web_process_writes_who_is_there_at_once(stage: Stage) -> None:
    before = len(await beats(stage))
    await stage.restart()
    await until_beaten(stage, before + 1)


async def test_who_stayed_until_the_room_was_closed_is_written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetinghub.meetings.desired.FAREWELL", timedelta(seconds=0.2))
    ended_at = (await stage.act(course.end)).state.ended_at
    await until(lambda: stage.rooms.sid is None)
    assert ended_at
    assert (await beats(stage))[-1].at > ended_at


async def test_sites_that_came_before_the_start_are_written_after_a_restart_too(sqlite_database: Database) -> None:
    now = SystemClock().now()
    stage = Stage(sqlite_database, await sqlite_database.write(partial(plan_example, starts_at=now)))
    stage.rooms.open()
    await stage.join("site-01")
    await stage.restart()
    await until_beaten(stage, 1)
    await stage.projection.close()


async def test_a_pc_that_is_paired_no_longer_is_sent_away_and_its_committee_s_people_stay(stage: Stage) -> None:
    for site, device in (("site-01", 7), ("site-02", None)):
        stage.rooms.people[site] = replace(stage.rooms.people[site], device=device)
    stage.unpaired.add(7)
    stage.projection.look_again(stage.number)
    await until(lambda: set(stage.rooms.people) == {"site-02"})
    assert stage.rooms.asked("remove") == [("remove", "site-01")]


async def test_a_token_older_than_its_being_unpaired_does_not_help(stage: Stage) -> None:
    stage.unpaired.add(7)
    late = replace(stage.rooms.join("site-01"), device=7)
    stage.rooms.people["site-01"] = late
    stage.projection.joined(stage.number, late)
    await until(lambda: "site-01" not in stage.rooms.people)
