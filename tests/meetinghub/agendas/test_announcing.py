"""The announcement: at the right time, once, also when nothing ran at that time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from meetinghub.agendas.announcing import Announcing
from meetinghub.agendas.claims import Act
from meetinghub.agendas.service import Answer
from meetinghub.db import Database
from meetinghub.ledger import agendas as p
from meetinghub.ledger import store as ledger
from tests.meetinghub.agendas.hosted import HOSTING, MONDAY, agendas, days, fill, mails, wanted
from tests.meetinghub.meetings.planned import SetClock


def announcing(database: Database, clock: SetClock) -> Announcing:
    return Announcing(database, clock, agendas(database, clock))


async def test_two_working_days_before_all_others_are_told_once(database: Database) -> None:
    number, clock = database.write_now(fill), SetClock(MONDAY)
    worker = announcing(database, clock)
    assert await worker.announce() == 0
    clock.wait(hours=22, minutes=59)
    assert await worker.announce() == 0
    clock.wait(minutes=1)  # Tuesday 09:00
    assert await worker.announce() == 1
    assert await worker.announce() == 0
    told = mails(database)
    assert [to for _, to, _ in told] == [f"dept-{each:02d}@qinghewan.example" for each in (2, 3, 4)]
    text = told[0][2]
    assert "还空 20 分钟" in text
    assert "11月25日（周三） 17:00" in text
    assert f"https://hub.example/meetings/{number}/agenda" in text
    said = [each.payload for each in database.read_now(ledger.of_meeting, number)]
    assert [each.mails for each in said if isinstance(each, p.AgendaAnnounced)] == [3]


async def test_what_was_due_while_nothing_ran_is_told_late_and_never_after_the_deadline(
    database: Database,
) -> None:
    database.write_now(fill)
    clock = SetClock(MONDAY + days(2))
    assert await announcing(database, clock).announce() == 1
    other = SetClock(MONDAY + days(2.4))
    assert await announcing(database, other).announce() == 0


async def test_a_missed_deadline_is_not_announced(database: Database) -> None:
    database.write_now(fill)
    assert await announcing(database, SetClock(MONDAY + days(2.4))).announce() == 0
    assert mails(database) == []


async def test_nothing_free_is_nothing_to_tell_until_minutes_come_back(database: Database) -> None:
    number, clock = database.write_now(fill), SetClock(MONDAY + days(1))
    hosted = agendas(database, clock)
    claim = await hosted.claim(number, wanted(20), by="dept-03")
    worker = announcing(database, clock)
    assert await worker.announce() == 0
    await hosted.decide(number, claim.id, Answer(Act.DECLINE, reason="下月再议"), HOSTING)
    assert await worker.announce() == 1


def test_two_workers_tell_it_once(database: Database) -> None:
    number = database.write_now(fill)
    now = MONDAY + days(1)
    workers = [announcing(database, SetClock(now)) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        told = list(
            threads.map(
                lambda each: database.write_now(partial(each._announce, number=number, now=now)),
                workers,
            )
        )
    assert sorted(told) == [False, False, False, True]
    assert len(mails(database)) == 3
