"""The demonstration's meetings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from meetinghub import demo, demo_meetings
from meetinghub.agendas import store as agendas
from meetinghub.attendance.corrections import Correction
from meetinghub.attendance.service import Attendance
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ledger.attendance import Status
from meetinghub.meetings import store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.service import Meetings
from tests.meetinghub.meetings.planned import SetClock

MORNING = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # Thursday, 09:00 in Shanghai


def fill(database: Database, now: datetime) -> None:
    database.write_now(demo.fill, now=now, password_hash="x")
    database.write_now(partial(demo_meetings.fill, now=now, phone=demo.main_venue_phone()))


async def test_today_s_meeting_is_the_mockups(database: Database) -> None:
    fill(database, MORNING)
    live = await Meetings(database, SetClock(MORNING)).current(1)
    assert live.meeting.title == "书记主任月度工作例会"
    assert live.meeting.place == "302 会议室"
    assert [(each.department, each.minutes) for each in live.meeting.segments] == [
        ("自治办", 25),
        ("民政科", 10),
        ("平安办", 15),
        ("主会场", 10),
    ]
    assert len(live.meeting.sites) == 33
    assert live.meeting.sites[1].operator == "韩知远"
    assert live.meeting.sites[1].phone == "199 0000 0102"
    assert f"{live.meeting.starts_at.astimezone(SHANGHAI):%H:%M}" == "14:00"
    assert live.state.state is State.PLANNED


def test_there_are_meetings_behind_and_ahead(database: Database) -> None:
    fill(database, MORNING)
    past = database.read_now(partial(store.listings, states=(State.ENDED,)))
    ahead = database.read_now(partial(store.listings, since=MORNING, states=(State.PLANNED,)))
    assert len(past) == 3
    assert len(ahead) == 5
    assert all(each.ends_at < MORNING for each in past)
    assert all(each.starts_at.astimezone(SHANGHAI).weekday() < 5 for each in [*past, *ahead])
    assert sum(each.sites < 33 for each in ahead) == 1


def test_filling_again_the_same_day_adds_nothing_and_the_next_day_one(sqlite_database: Database) -> None:
    fill(sqlite_database, MORNING)
    before = len(sqlite_database.read_now(store.listings))
    fill(sqlite_database, MORNING + timedelta(hours=2))
    assert len(sqlite_database.read_now(store.listings)) == before
    saturday = MORNING + timedelta(days=2)
    fill(sqlite_database, saturday)
    assert len(sqlite_database.read_now(store.listings)) == before + 1


def test_a_host_s_board_has_free_minutes_and_claims_that_wait(sqlite_database: Database) -> None:
    fill(sqlite_database, MORNING)
    ahead = sqlite_database.read_now(partial(store.listings, since=MORNING, states=(State.PLANNED,)))
    board = next(each for each in ahead if each.title == "居民区年末工作例会")
    claims = sqlite_database.read_now(agendas.claims, board.id)
    assert [(each.department_name, each.minutes, each.state) for each in claims] == [
        ("民政科", 10, "claimed"),
        ("城管科", 15, "claimed"),
        ("公共卫生办", 15, "claimed"),
    ]
    meeting = sqlite_database.read_now(store.meeting, board.id)
    assert meeting is not None
    assert meeting.capacity - meeting.minutes - sum(each.minutes for each in claims) == 10


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("09:00", "14:00"),
        ("14:00", "14:00"),
        ("14:00:01", "14:15"),
        ("15:07", "15:15"),
        ("15:15", "15:15"),
        ("23:50", "00:00"),
    ],
)
def test_after_two_o_clock_it_starts_at_the_next_quarter(now: str, starts: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-26T{now}+08:00").astimezone(UTC)
    planned = demo_meetings.starting("14:00", moment)
    assert f"{planned.astimezone(SHANGHAI):%H:%M}" == starts
    assert timedelta(0) <= planned - moment or now <= "14:00"


async def test_past_meetings_have_sealed_sheets_and_one_of_them_a_correction(database: Database) -> None:
    fill(database, MORNING)
    attendance = Attendance(database, SetClock(MORNING))
    corrected: list[Correction] = []
    for listed in database.read_now(partial(store.listings, states=(State.ENDED,))):
        named = await attendance.sheet(listed.id)
        assert named is not None
        assert named.whole
        assert named.sheet.seal is not None
        assert named.sheet.counts[Status.PRESENT] > 25
        assert named.sheet.counts[Status.LATE] == 1
        assert any(line.judged.interruptions for line in named.sheet.lines)
        corrected += named.sheet.corrections
    assert [each.counts for each in corrected] == [True]
    assert await attendance.waiting(not_by="") == []
    assert await attendance.due() == []
