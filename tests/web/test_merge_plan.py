"""The merge plan's page: made, read, accepted row by row, with everything that follows from it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import select

from meetinghub.clock import SHANGHAI
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind
from meetinghub.mail.tables import MailRow
from meetinghub.meetings import service, store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.people import store as people
from meetinghub.people.tables import DepartmentRow
from meetinghub.workdays.store import workdays
from tests.web.conftest import Browsers
from web import keys
from web.agendas import AGENDAS
from web.merging import MERGING

CHINESE = {"Accept-Language": "zh-CN"}


def planned(title: str, department: int, name: str, at: datetime, minutes: int, *, capacity: int = 0) -> Meeting:
    item = Segment(0, name, f"{title}事项", "某人", minutes, None, department)
    audience = Audience(("secretary", "director"))
    meeting = Meeting(
        0, title, name, "302 会议室", "021-1", at, "chair", audience, (), (item,), host_department_id=department
    )
    return replace(meeting, capacity=capacity)


def addressees(db: Db) -> list[str]:
    return [mail.recipient for mail in db.exec(select(MailRow))]


@pytest.fixture
async def three(app: web.Application, browsers: Browsers) -> list[int]:
    """Three meetings of the same people on neighbouring days, all far enough ahead to be moved."""
    await browsers()
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()

    def write(db: Db) -> list[int]:
        calendar = workdays(db)
        today = now.astimezone(SHANGHAI).date()
        committees = people.committees(db)
        departments = people.departments(db)
        sites = [store.SitePlan(each.id, "韩知远", "1") for each in committees]
        found = []
        for ahead, (title, department) in zip((5, 6, 7), zip("甲乙丙", departments[2:5], strict=True), strict=True):
            day = calendar.add(today, ahead)
            at = datetime(day.year, day.month, day.day, 14, tzinfo=SHANGHAI).astimezone(UTC)
            meeting = planned(f"{title}会", department.id, department.name, at, 20)
            found.append(service.plan(db, meeting=meeting, sites=sites, now=now, actor="host"))
        for row in db.exec(select(DepartmentRow)):
            row.mail = f"d{row.id}@example.cn"
        return found

    return await database.write(write)


async def test_there_is_no_plan_until_one_is_made_and_then_it_says_how_few_attendances_could_do(
    browsers: Browsers, three: list[int]
) -> None:
    browser = await browsers("coordinator")
    _, text = await browser.open("/meetings")
    assert 'href="/merge-plan"' in text
    _, text = await browser.open("/merge-plan", **CHINESE)
    assert "还没有方案" in text
    response, text = await browser.submit("/merge-plan")
    assert response.status == 200
    _, text = await browser.open("/merge-plan", **CHINESE)
    assert "这三周至少 66 人次，现方案 66。" in text
    assert "省 132 人次" in text
    assert "66 人里，66 人本来就要来" in text
    assert text.count('<svg class="merge__picture"') == 1


async def test_accepting_a_row_makes_one_meeting_of_three_and_tells_whom_it_concerns(
    app: web.Application, browsers: Browsers, three: list[int]
) -> None:
    browser, database = await browsers("coordinator"), app[keys.DATABASE]
    await browser.submit("/merge-plan")
    plan = await app[MERGING].newest()
    assert plan is not None
    (row,) = plan.rows
    response, _ = await browser.submit(f"/merge-plan/{row.id}")
    assert response.status == 200
    _, text = await browser.open("/merge-plan", **CHINESE)
    assert "已采纳" in text

    joint = await app[AGENDAS].plan(row.host)
    assert sorted(each.title for each in joint.agenda) == ["丙会事项", "乙会事项", "甲会事项"]
    assert joint.meeting.minutes == 60
    gone = set(three) - {row.host}
    listed = await database.read(partial(store.listings, among=three))
    assert {each.id for each in listed if each.state is State.CANCELLED} == gone
    facts = await database.read(partial(ledger.of_kinds, kinds=(FactKind.MERGE_ACCEPTED,)))
    assert [fact.meeting_id for fact in facts] == [row.host]
    mails = await database.read(addressees)
    assert len([each for each in mails if re.fullmatch(r"d\d+@example.cn", each)]) == 3

    response, text = await browser.submit(f"/merge-plan/{row.id}")
    assert response.status == 409


async def test_a_row_whose_meeting_was_changed_since_is_refused_whole(
    app: web.Application, browsers: Browsers, three: list[int]
) -> None:
    browser = await browsers("coordinator")
    await browser.submit("/merge-plan")
    plan = await app[MERGING].newest()
    assert plan is not None
    (row,) = plan.rows
    moved = next(number for number in three if number != row.host)

    def postpone(db: Db) -> None:
        meeting = store.meeting(db, moved)
        assert meeting is not None
        later = meeting.starts_at + timedelta(days=7)
        store.note(
            db,
            moved,
            state=State.POSTPONED,
            starts_at=later,
            ends_at=later + timedelta(minutes=20),
            revision=1,
        )

    await app[keys.DATABASE].write(postpone)
    response, _ = await browser.submit(f"/merge-plan/{row.id}")
    assert response.status == 409
    for number in three:
        assert len((await app[AGENDAS].plan(number)).agenda) == 1
    _, text = await browser.open("/merge-plan", **CHINESE)
    assert "不再适用" in text


async def test_the_host_office_reads_the_plan_and_leaves_accepting_to_the_coordinator(
    browsers: Browsers, three: list[int]
) -> None:
    browser = await browsers("host")
    await browser.submit("/merge-plan")
    _, text = await browser.open("/merge-plan", **CHINESE)
    assert "由党政办统筹决定是否采纳" in text


async def test_the_worker_makes_one_plan_a_week(app: web.Application, browsers: Browsers, three: list[int]) -> None:
    merging = app[MERGING]
    await merging.run()
    first = await merging.newest()
    assert first is not None
    assert first.made_by == ""
    await merging.run()
    assert await merging.newest() == first


async def test_the_coordinator_s_first_page_leads_to_the_rows_that_wait(
    app: web.Application, browsers: Browsers, three: list[int]
) -> None:
    coordinator, host = await browsers("coordinator"), await browsers("host")
    await app[MERGING].make(by="")
    _, page = await coordinator.open("/", **CHINESE)
    assert "可以合并的会" in page
    assert "/merge-plan#row-" in page
    _, page = await host.open("/", **CHINESE)
    assert "可以合并的会" not in page
    plan = await app[MERGING].newest()
    assert plan is not None
    await coordinator.open("/merge-plan")
    for row in plan.rows:
        await coordinator.submit(f"/merge-plan/{row.id}")
    _, page = await coordinator.open("/", **CHINESE)
    assert "可以合并的会" not in page
