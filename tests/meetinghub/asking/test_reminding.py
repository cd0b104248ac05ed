"""Approvers are asked once, reminded on the last morning, asked again when the time has passed; on both engines."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, update

from meetinghub.asking.approval import Verdict
from meetinghub.db import Database
from meetinghub.people.tables import AccountRow
from tests.meetinghub.asking.office import Office

TODAY = date(2026, 11, 23)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


async def test_everybody_who_may_decide_is_asked_with_the_request_and_nobody_twice(office: Office) -> None:
    found = await office.handed_in()
    assert office.asked() == ["coordinator", "coordinator-2"]
    await asyncio.gather(office.reminding.run(), office.reminding.run())
    assert office.asked() == ["coordinator", "coordinator-2"]
    await office.asking.decide(found.id, office.account("coordinator"), round=1, verdict=Verdict.APPROVE, reason="可以")
    assert office.asked() == ["coordinator", "coordinator-2", "leader"]
    [last] = [mail for mail in office.mails("approval") if mail.to.startswith("leader")]
    assert "> 可以" in last.text


async def test_the_last_morning_reminds_once(office: Office) -> None:
    await office.handed_in()
    office.at(25, 8, 59)
    await office.reminding.run()
    assert office.asked("approval_reminder") == []
    office.at(25, 9)
    await office.reminding.run()
    office.at(25, 9, 1)
    await office.reminding.run()
    assert office.asked("approval_reminder") == ["coordinator", "coordinator-2"]
    assert "今天到期" in office.mails("approval_reminder")[0].subject


async def test_after_the_due_time_the_deputy_is_asked_and_the_department_told(office: Office) -> None:
    await office.handed_in()
    coordinator = office.account("coordinator")
    await office.asking.name_deputy(
        coordinator, deputy="clerk", first=TODAY, last=TODAY + timedelta(days=9), when_late=True
    )
    await office.reminding.run()
    assert "clerk" not in office.asked()
    office.at(25, 18)
    await office.reminding.run()
    await office.reminding.run()
    assert office.asked() == ["coordinator", "coordinator-2", "clerk"]
    assert office.asked("approval_late") == ["coordinator", "coordinator-2"]
    assert office.asked("request_overdue") == ["dept-03"]
    assert all("超期" in mail.subject for mail in office.mails("approval_late"))
    assert "已过办理期限" in office.mails("approval")[-1].text


async def test_a_worker_that_slept_through_both_moments_tells_only_the_later(office: Office) -> None:
    await office.handed_in()
    office.at(26, 10)
    await office.reminding.run()
    assert office.asked("approval_reminder") == []
    assert office.asked("approval_late") == ["coordinator", "coordinator-2"]


async def test_a_deputy_whose_time_begins_is_asked_then(office: Office) -> None:
    await office.handed_in()
    tomorrow = TODAY + timedelta(days=1)
    await office.asking.name_deputy(office.account("coordinator"), deputy="clerk", first=tomorrow, last=tomorrow)
    await office.reminding.run()
    assert "clerk" not in office.asked()
    office.at(24, 0)
    await office.reminding.run()
    assert office.asked()[-1] == "clerk"


async def test_who_has_no_address_is_passed_over_and_one_with_english_reads_english(office: Office) -> None:
    def change(db: Db) -> None:
        named = update(AccountRow).where(col(AccountRow.username) == "coordinator")
        db.exec(named.values(mail=""))
        db.exec(update(AccountRow).where(col(AccountRow.username) == "coordinator-2").values(language="en"))

    office.database.write_now(change)
    await office.handed_in()
    [mail] = office.mails("approval")
    assert mail.subject.startswith("Please decide: ")
    assert '<html lang="en">' in mail.html
    office.at(25, 18)
    await office.reminding.run()
    assert office.asked("approval_late") == ["coordinator-2"]
