"""Every planned meeting is charged as it stands, however it came about and whatever becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetinghub import demo, demo_meetings
from meetinghub.bridges.charging import Charging, Days
from meetinghub.db import Database
from meetinghub.meetings import course
from meetinghub.meetings.service import Meetings
from meetinghub.workdays import store as workdays
from meetinghub.workdays.calendar import Kind, Source
from quotas import store
from quotas.charge import State
from tests.meetinghub.meetings.planned import SetClock

MORNING = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # Thursday, 09:00 in Shanghai


@pytest.fixture
def street(sqlite_database: Database) -> Database:
    sqlite_database.write_now(demo.fill, now=MORNING, password_hash="x")
    sqlite_database.write_now(demo_meetings.fill, now=MORNING, phone=demo.main_venue_phone())
    return sqlite_database


async def test_a_meeting_is_its_host_s_sitting_and_the_rides_of_the_others(street: Database) -> None:
    await Charging(street, SetClock(MORNING)).run()
    own, *rides = street.read_now(store.parts_of, 1)
    assert (own.segment, own.charge.wish.own, own.charge.state) == (None, True, State.CHARGED)
    assert (own.charge.wish.minutes, own.charge.wish.persons, len(own.charge.wish.sites)) == (35, 66, 33)
    assert own.charge.wish.roles == {"secretary", "director"}
    assert (own.charge.wish.speeches, own.charge.wish.line) == ((25, 10), "自治")
    assert [(ride.charge.wish.title, ride.charge.wish.minutes, ride.charge.wish.line) for ride in rides] == [
        ("冬季送温暖对象核对", 10, "民政"),
        ("冬季消防检查", 15, "平安"),
    ]
    assert all(not ride.charge.wish.own and ride.charge.wish.called == () for ride in rides)


async def test_charges_follow_a_meeting_that_is_put_off_and_end_with_one_that_is_cancelled(street: Database) -> None:
    clock = SetClock(MORNING)
    meetings, charging = Meetings(street, clock), Charging(street, clock)
    await charging.run()
    live = await meetings.current(1)
    later = live.meeting.starts_at + timedelta(days=7)
    await meetings.act(1, lambda state, now: course.postpone(state, later, "场地检修", now), "chair")
    await charging.run()
    assert {part.charge.wish.starts_at for part in street.read_now(store.parts_of, 1)} == {later}
    await meetings.act(1, lambda state, now: course.cancel(state, "并入下月例会"), "chair")
    await charging.run()
    assert street.read_now(store.parts_of, 1) == []


async def test_running_again_charges_nothing_twice(street: Database) -> None:
    charging = Charging(street, SetClock(MORNING))
    await charging.run()
    before = street.read_now(store.count)
    await charging.run()
    assert street.read_now(store.count) == before > 0


def test_working_days_are_read_again_when_a_year_s_table_changes(sqlite_database: Database) -> None:
    days = Days()
    friday = datetime(2027, 1, 8, tzinfo=UTC).date()
    first = sqlite_database.read_now(days)
    assert sqlite_database.read_now(days) is first
    off = {friday: Source(Kind.OFF, "调休", "国务院办公厅")}
    year = workdays.Year(2027, True, "国务院办公厅", "", MORNING, "admin", off)
    sqlite_database.write_now(workdays.put, year)
    assert first.is_working(friday)
    assert not sqlite_database.read_now(days).is_working(friday)
