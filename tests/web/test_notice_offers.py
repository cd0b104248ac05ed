"""What the detector offers, as a department meets it: on 今天 and on its desk, taken or declined."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from digest.model import Origin, Week
from digest.offer_service import NoticeOffers
from digest.tables import NoticeRow
from meetinghub.bridges.notice_segments import EndedSegments
from meetinghub.clock import SHANGHAI
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import service, store
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.people import store as people
from tests.digest.answered import send
from tests.digest.boards import information
from tests.meetinghub.meetings.planned import SetClock
from tests.web.asking import post
from tests.web.conftest import Browsers
from web import keys
from web.notice_answers import NOTICE_ANSWERS

TITLE = "消防 <安全> 文件传达"


@pytest.fixture
async def offered(app: web.Application, browsers: Browsers) -> int:
    """A meeting three weeks ago in which the third department read something out; the segment's number."""
    await browsers()
    now = app[keys.CLOCK].now()
    starts = now - timedelta(days=21)

    def write(db: Db) -> int:
        third = people.departments(db)[2]
        segment = Segment(0, third.name, TITLE, "", 20, department_id=third.id)
        plan = Meeting(0, "月度例会", "自治办", "302", "", starts, "chair", Audience(("director",)), (), (segment,))
        sites = [store.SitePlan(each.id, "", "") for each in people.committees(db)[:7]]
        number = service.plan(db, meeting=plan, sites=sites, now=starts, actor="host")
        meeting = store.meeting(db, number)
        assert meeting is not None
        for payload, minute in (
            (p.MeetingStarted(), 0),
            (p.SegmentStarted(meeting.segments[0].id), 1),
            (p.MeetingEnded(), 20),
        ):
            at = starts + timedelta(minutes=minute)
            ledger.append(db, [NewFact(payload)], meeting_id=number, at=at, actor="chair")
        service.note(db, meeting, now)
        return meeting.segments[0].id

    segment: int = await app[keys.DATABASE].write(write)
    await NoticeOffers(app[keys.DATABASE], app[keys.CLOCK], EndedSegments()).run()
    return segment


def number(page: str) -> str:
    return page.partition('action="/notice/offers/')[2].partition('"')[0]


async def test_a_read_out_is_offered_on_today_and_taken_into_the_drafts(browsers: Browsers, offered: int) -> None:
    department = await browsers("dept-03")
    for address in ("/", "/notice"):
        _, page = await department.open(address)
        assert "消防 &lt;安全&gt; 文件传达" in page
        assert "7 个居委会各省 20 分钟" in page
    response, page = await department.submit(f"/notice/offers/{number(page)}", act="take")
    assert response.url.path.startswith("/notice/items/")
    assert "消防 &lt;安全&gt; 文件传达" in page
    _, page = await department.open("/")
    assert "/notice/offers/" not in page


async def test_what_was_declined_does_not_come_back(app: web.Application, browsers: Browsers, offered: int) -> None:
    department, other = await browsers("dept-03"), await browsers("dept-05")
    _, page = await department.open("/")
    offer = number(page)
    await other.open("/")
    assert (await other.submit(f"/notice/offers/{offer}", act="decline"))[0].status == 404
    assert (await department.submit(f"/notice/offers/{offer}", act="x"))[0].status == 422
    await department.submit(f"/notice/offers/{offer}", act="decline")
    later = SetClock(app[keys.CLOCK].now() + timedelta(days=5))
    await NoticeOffers(app[keys.DATABASE], later, EndedSegments()).run()
    _, page = await department.open("/")
    assert "/notice/offers/" not in page
    assert (await department.submit(f"/notice/offers/{offer}", act="take"))[0].status == 409


async def test_an_item_that_is_asked_about_often_begins_a_request_with_its_questions(
    app: web.Application, browsers: Browsers
) -> None:
    await browsers()
    now = app[keys.CLOCK].now()
    week = Week.of(now.astimezone(SHANGHAI).date())
    third = app[keys.DATABASE].read_now(people.departments)[2].id
    at = now - timedelta(hours=1)
    sent = app[keys.DATABASE].write_now(lambda db: send(db, [information()], week=week, at=at, department=third))
    for seat in (4, 5, 6):
        site = app[keys.DATABASE].read_now(people.account_named, f"site-{seat:02d}")
        assert site is not None
        await app[NOTICE_ANSWERS].ask(site[0], sent.action, f"第 {seat} 居委会怎么办？")
    await NoticeOffers(app[keys.DATABASE], app[keys.CLOCK], EndedSegments()).run()
    department = await browsers("dept-03")
    _, page = await department.open("/")
    assert "有 3 个居委会来问" in page
    response, page = await post(department, f"/notice/offers/{number(page)}", act="take")
    assert response.url.path.startswith("/ask/")
    assert "冬季流感疫苗接种点与时间" in page
    assert "第 5 居委会怎么办？" in page


async def test_the_burden_page_counts_what_went_out_instead_of_being_read_out(
    app: web.Application, browsers: Browsers
) -> None:
    await browsers()
    now = app[keys.CLOCK].now()
    at = now - timedelta(hours=1)

    def write(db: Db) -> None:
        third = people.departments(db)[2].id
        week = Week.of(at.astimezone(SHANGHAI).date())
        sent = send(db, [information("年度 <统计> 口径")], week=week, at=at, department=third)
        row = db.get(NoticeRow, sent.notices[0])
        assert row is not None
        row.origin, row.origin_ref = Origin.CLAIM.value, 5
        db.add(row)

    app[keys.DATABASE].write_now(write)
    year = at.astimezone(SHANGHAI).year
    _, page = await (await browsers("coordinator")).open(f"/burden?period={year}")
    assert "少开的会" in page
    assert "年度 &lt;统计&gt; 口径" in page
    assert "33 场·居" in page
    _, page = await (await browsers("dept-05")).open(f"/burden?of=all&period={year}")
    assert "33 场·居" in page
    assert "口径" not in page
