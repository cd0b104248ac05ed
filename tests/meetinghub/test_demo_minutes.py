"""The demonstration's minutes: published, with tasks that wait, that are late, that are done."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from meetinghub import demo, demo_meetings, demo_minutes
from meetinghub.bridges.bound import Bound, bound
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.files.shelf import Shelf
from meetinghub.minutes.service import MinutesBook
from meetinghub.people import store as people
from meetinghub.people.model import Account
from tests.meetinghub.meetings.planned import SetClock

MORNING = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


def fill(database: Database) -> None:
    database.write_now(demo.fill, now=MORNING, password_hash="x")
    database.write_now(partial(demo_meetings.fill, now=MORNING, phone="1"))
    database.write_now(partial(demo_minutes.fill, database=database, now=MORNING))


def account(database: Database, name: str) -> Account:
    found = database.read_now(people.account_named, name)
    assert found is not None
    return found[0]


async def test_a_committee_finds_minutes_to_read_a_task_that_is_late_and_one_that_waits(
    database: Database, tmp_path: Path
) -> None:
    fill(database)
    book = MinutesBook(database, SetClock(MORNING))
    waiting = await book.waiting(account(database, "site-04"))
    assert [each.title for each in waiting.unread] == ["创建文明城区推进会"]
    today = MORNING.astimezone(SHANGHAI).date()
    assert [(each.text, each.overdue(today)) for each in waiting.tasks] == [
        (demo_minutes.PHOTOS, True),
        (demo_minutes.LIST, False),
    ]
    read = await book.waiting(account(database, "site-03"))
    assert (read.unread, read.tasks) == ((), ())
    assert [each.text for each in await book.done(account(database, "site-03"))] == [demo_minutes.LIST]
    assert len((await book.waiting(account(database, "dept-06"))).tasks) == 1
    assert database.read_now(bound, Shelf(tmp_path)) == Bound(1, 0)


async def test_filling_again_adds_nothing(sqlite_database: Database) -> None:
    fill(sqlite_database)
    fill(sqlite_database)
    book = MinutesBook(sqlite_database, SetClock(MORNING))
    (unread,) = (await book.waiting(account(sqlite_database, "site-04"))).unread
    assert not unread.corrects
    assert len((await book.of(unread.meeting)).editions) == 1
