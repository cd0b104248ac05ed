"""Reminders on both engines: when, to whom, once, and never after it was done."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from digest import settings_store
from digest.answering import read_token
from digest.model import Answer, Audience, Kind, Wording
from digest.reminding import NoticeReminders, receives
from digest.settings import Pause, Settings
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ids import CommitteeId
from meetinghub.mail.tables import MailRow
from meetinghub.people.model import Role
from meetinghub.people.tables import CommitteeRow, PersonRoleRow, PersonRow
from meetinghub.words import all_words
from tests.digest import boards
from tests.digest.answered import DUE, LINKS, MONDAY, answers, committee, fill, send, sent_item
from tests.meetinghub.meetings.planned import SetClock

BEFORE = datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI)
ON = BEFORE + timedelta(days=1)
SITES = [f"site-0{seat}@qinghewan.example" for seat in (1, 2, 3)]


def reminders(database: Database, moment: datetime) -> NoticeReminders:
    address = "https://hub.example"
    return NoticeReminders(database, SetClock(moment), links=LINKS, words=all_words(), address=address)


def owed(database: Database) -> list[MailRow]:
    """All mails, in the order in which they were owed."""
    return database.read_now(lambda db: list(db.exec(select(MailRow).order_by(col(MailRow.id)))))


async def remind(database: Database, moment: datetime) -> list[str]:
    """Whom a worker reminds at ``moment``."""
    before = len(owed(database))
    await reminders(database, moment).run()
    return [each.recipient for each in owed(database)[before:]]


async def test_reminders_go_the_working_day_before_and_on_the_day_at_the_hour_and_at_no_other_time(
    database: Database,
) -> None:
    database.write_now(fill)
    assert await remind(database, MONDAY + timedelta(hours=3)) == []
    assert await remind(database, BEFORE - timedelta(minutes=1)) == []
    assert await remind(database, BEFORE) == SITES
    assert await remind(database, BEFORE + timedelta(hours=5)) == []
    assert await remind(database, ON) == SITES
    assert await remind(database, ON + timedelta(days=1)) == []


async def test_only_those_who_have_not_done_it_are_reminded_and_reading_is_not_doing(database: Database) -> None:
    sent = database.write_now(fill)
    await answers(database).give(committee(1), [sent.action], Answer.DONE)
    await answers(database).give(committee(2), [sent.action], Answer.READ)
    assert await remind(database, BEFORE) == SITES[1:]
    await answers(database).give(committee(2), [sent.action], Answer.DONE)
    assert await remind(database, ON) == SITES[2:]


async def test_an_answer_that_was_taken_back_is_asked_for_again(database: Database) -> None:
    sent = database.write_now(fill)
    await answers(database).give(committee(1), [sent.action], Answer.DONE)
    await answers(database).take_back(committee(1), sent.action)
    assert SITES[0] in await remind(database, ON)


async def test_one_mail_an_address_and_day_names_everything_that_is_open_with_a_link_for_each(
    database: Database,
) -> None:
    sent = database.write_now(fill)
    other = database.write_now(
        lambda db: send(db, [boards.action("报消防自查结果", due=DUE, seats=(1,))], part=1, department=boards.SAFETY)
    )
    await reminders(database, BEFORE).run()
    mail = next(each for each in owed(database) if each.recipient == SITES[0])
    assert "2" in mail.subject
    assert "报高龄津贴未复核名单" in mail.text
    assert "报消防自查结果" in mail.text
    tokens = [line.rpartition("/notice/answer/")[2] for line in mail.text.splitlines() if "/notice/answer/" in line]
    asked = [read_token(LINKS, each, now=BEFORE) for each in tokens]
    assert {each.items for each in asked} == {(sent.action,), (other.action,)}
    assert {(each.act, each.committee, each.address) for each in asked} == {(Answer.DONE, 101, SITES[0])}
    assert mail.not_after is not None
    assert mail.not_after.astimezone(SHANGHAI).date() == date(2026, 11, 25)
    assert mail.list_id == "notice"


async def test_two_workers_at_once_owe_one_mail_each(database: Database) -> None:
    database.write_now(fill)
    await asyncio.gather(*(reminders(database, BEFORE).run() for _ in range(4)))
    assert sorted(each.recipient for each in owed(database)) == SITES


async def test_after_a_day_without_a_worker_the_second_reminder_still_goes(database: Database) -> None:
    database.write_now(fill)
    assert await remind(database, ON + timedelta(hours=6)) == SITES


async def test_nothing_goes_while_sending_is_paused(database: Database) -> None:
    database.write_now(fill)
    paused = replace(Settings(), paused=Pause("host", MONDAY, "地址正在更换"), revision=1)
    database.write_now(settings_store.put, paused)
    assert await remind(database, BEFORE) == []
    database.write_now(settings_store.put, replace(paused, paused=None))
    assert await remind(database, BEFORE + timedelta(hours=1)) == SITES


async def test_an_issue_of_the_same_day_is_reminder_enough(database: Database) -> None:
    database.write_now(boards.register)
    database.write_now(lambda db: send(db, [boards.action(due=date(2026, 11, 24))]))
    assert await remind(database, MONDAY + timedelta(hours=1)) == []
    assert await remind(database, BEFORE) == SITES


async def test_what_was_corrected_or_is_only_for_information_is_not_reminded_of(database: Database) -> None:
    sent = database.write_now(fill)
    database.write_now(lambda db: send(db, [boards.information()], part=1, corrects=sent.action))
    assert await remind(database, BEFORE) == []


async def test_on_a_monday_the_reminder_of_the_working_day_before_went_on_friday(database: Database) -> None:
    database.write_now(boards.register)
    monday = date(2026, 11, 30)
    database.write_now(lambda db: send(db, [boards.action(due=monday)]))
    friday = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
    assert await remind(database, friday) == SITES
    assert await remind(database, friday + timedelta(days=1)) == []


async def test_people_an_item_names_are_reminded_and_an_address_of_two_committees_gets_one_mail(
    database: Database,
) -> None:
    def one_person(db: Db) -> None:
        boards.register(db)
        for seat in (1, 2):
            person = PersonRow(name="顾晓岚", committee_id=100 + seat, mail="Gu@qinghewan.example")
            db.add(person)
            db.flush()
            assert person.id is not None
            db.add(PersonRoleRow(person_id=person.id, role=Role.LINE_WORKER.value, line="民政"))
        for row in db.exec(select(CommitteeRow)):
            row.mail = ""
        wording = Wording("核对名单", kind=Kind.ACTION, due_on=DUE, audiences=(Audience(None, (), "民政"),))
        send(db, [wording])

    database.write_now(one_person)
    assert await remind(database, BEFORE) == ["Gu@qinghewan.example"]
    assert owed(database)[-1].text.count("核对名单") == 2


async def test_an_address_receives_while_it_is_the_committees_and_no_longer(database: Database) -> None:
    sent = database.write_now(fill)
    item = sent_item(database, sent.action)

    def asked(address: str, seat: int = 1) -> bool:
        return database.read_now(receives, CommitteeId(100 + seat), address, [item])

    assert asked(SITES[0].upper())
    assert not asked(SITES[1])
    assert not asked(SITES[0], 9)

    def hand_over(db: Db) -> None:
        row = db.get(CommitteeRow, 101)
        assert row is not None
        row.mail = "new@qinghewan.example"
        db.add(row)

    database.write_now(hand_over)
    assert not asked(SITES[0])
    assert asked("new@qinghewan.example")


async def test_the_subject_says_whether_it_is_due_today(database: Database) -> None:
    database.write_now(fill)
    await reminders(database, BEFORE).run()
    await reminders(database, ON).run()
    subjects = [each.subject for each in owed(database)]
    assert ["今天" in each for each in subjects] == [False] * 3 + [True] * 3
