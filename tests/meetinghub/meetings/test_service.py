from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from meetinghub.db import Database
from meetinghub.errors import NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import course, floor
from meetinghub.meetings.fold import fold
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.service import Meetings
from tests.meetinghub.meetings.examples import NOON, SITES
from tests.meetinghub.meetings.planned import SetClock, plan_example


async def begin(database: Database, clock: SetClock, *online: str) -> tuple[Meetings, int]:
    meetings = Meetings(database, clock)
    number = await database.write(plan_example)
    await meetings.act(number, lambda state, now: course.start(state), "chair")
    joined = [NewFact(p.SiteJoined(site, f"PA_{site}", "RM_1", NOON), key=f"joined:{site}") for site in online]
    await meetings.record(number, joined)
    return meetings, number


async def test_a_planned_meeting_is_read_back_with_its_sites_and_agenda(database: Database) -> None:
    meetings = Meetings(database, SetClock())
    live = await meetings.current(await database.write(plan_example))
    assert [site.identity for site in live.meeting.sites] == list(SITES)
    assert [segment.minutes for segment in live.meeting.segments] == [25, 10, 15, 10]
    assert live.meeting.segments[1].sites == SITES[:5]
    assert live.meeting.segments[0].sites is None
    assert live.names == {"chair": "周启明"}
    assert live.state.revision == 1


async def test_the_newest_rule_of_attendance_is_frozen_when_a_meeting_is_planned(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    meetings, number = Meetings(database, SetClock()), await database.write(plan_example)
    monkeypatch.setattr("meetinghub.meetings.service.NEWEST", 7)
    later = await database.write(plan_example)
    assert (await meetings.current(number)).state.attendance_rule == 1
    assert (await meetings.current(later)).state.attendance_rule == 7


async def test_a_plan_that_is_read_again_keeps_what_was_folded(database: Database) -> None:
    clock = SetClock()
    meetings, number = await begin(database, clock, "site-01")
    before = (await meetings.current(number)).state
    clock.wait(minutes=2)
    await Meetings(database, clock).record(number, [NewFact(p.ConnectionsSeen("RM_1", ("PA_site-01",)))])
    after = (await meetings.current(number)).state
    assert (after.revision, after.folded) == (before.revision, before.folded + 1)
    assert after == (await Meetings(database, clock).current(number)).state


async def test_a_meeting_that_is_not_there_is_not_found(sqlite_database: Database) -> None:
    with pytest.raises(NotFound):
        await Meetings(sqlite_database, SetClock()).current(7)


async def test_thirty_three_hands_at_once_all_count_in_some_order(database: Database) -> None:
    meetings, number = await begin(database, SetClock(), *SITES)

    def raising(state: LiveState, now: object, *, site: str) -> floor.Decision:
        return floor.raise_hand(state, site, "")

    await asyncio.gather(*(meetings.act(number, partial(raising, site=site), site) for site in SITES))
    live = await meetings.current(number)
    assert sorted(hand.site for hand in live.state.hands) == list(SITES)


async def test_two_consoles_never_leave_two_holders(database: Database) -> None:
    clock = SetClock()
    first, number = await begin(database, clock, *SITES)
    second = Meetings(database, clock)  # another process

    def calling(state: LiveState, now: object, *, site: str) -> floor.Decision:
        return floor.call_on(state, site, clock.now())

    await asyncio.gather(
        *(
            (first if seat % 2 else second).act(
                number, partial(calling, site=site), "chair" if seat % 2 else "operator"
            )
            for seat, site in enumerate(SITES)
        )
    )
    seen = [(await each.current(number)).state for each in (first, second)]
    assert seen[0] == seen[1]
    facts = await database.read(ledger.of_meeting, number)
    assert seen[0] == fold(before_the_start((await first.current(number)).meeting), facts)
    granted = [fact.payload.site for fact in facts if isinstance(fact.payload, p.FloorGranted)]
    assert sorted(granted) == list(SITES)
    assert seen[0].floor
    assert seen[0].floor.site == granted[-1]


async def test_a_refused_act_writes_nothing(database: Database) -> None:
    meetings, number = await begin(database, SetClock())
    before = (await meetings.current(number)).state
    with pytest.raises(Refused):
        await meetings.act(number, lambda state, now: floor.call_on(state, "site-01", now), "chair")
    assert (await meetings.current(number)).state == before


async def test_lists_follow_the_facts(database: Database) -> None:
    clock = SetClock()
    meetings, number = await begin(database, clock)
    other = await database.write(plan_example, starts_at=NOON + timedelta(days=1), sites=3)
    clock.wait(minutes=12)
    await meetings.act(number, lambda state, now: course.extend(state, 15), "chair")
    now, later = await meetings.listings()
    assert (now.id, now.state, now.ends_at, now.sites) == (number, State.LIVE, NOON + timedelta(minutes=75), 33)
    assert (later.id, later.state, later.sites) == (other, State.PLANNED, 3)
    assert [each.id for each in await meetings.listings(committee=133)] == [number]
    assert await meetings.in_state(State.LIVE) == [number]
    assert [each.id for each in await meetings.listings(newest_first=True, limit=1)] == [other]
    assert later.own_time(None, "site-03") == (later.starts_at, later.ends_at)


async def test_the_next_speaker_is_warned_by_itself_and_once(sqlite_database: Database) -> None:
    clock = SetClock()
    meetings, number = await begin(sqlite_database, clock)
    assert (await meetings.warn_if_due(number)).state.agenda[1].warned_at is None
    clock.wait(minutes=22)
    assert (await meetings.warn_if_due(number)).state.agenda[1].warned_at == clock.now()
    revision = (await meetings.current(number)).state.revision
    assert (await meetings.warn_if_due(number)).state.revision == revision


async def test_an_early_end_shows_in_the_list(sqlite_database: Database) -> None:
    clock = SetClock()
    meetings, number = await begin(sqlite_database, clock)
    clock.wait(minutes=3)
    await meetings.act(number, lambda state, now: course.end(state), "chair")
    listed = (await meetings.listings())[0]
    assert (listed.state, listed.ends_at) == (State.ENDED, clock.now())
