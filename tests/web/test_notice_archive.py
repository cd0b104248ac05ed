"""What was sent, as people read it again: the list, the search, a committee's own page, files and calendars."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiohttp import web
from icalendar import Calendar
from pypdf import PdfReader
from sqlmodel import Session as Db

from digest import issue_store
from digest.freezing import Freezing
from digest.links import SignedLinks
from digest.model import Answer, Audience, Issue, Kind, Week, Wording
from digest.page import Page, of_json
from digest.tables import NoticeFileRow
from meetinghub.bridges.notice_lights import LightsOn
from meetinghub.bridges.notice_meetings import MeetingsOfWeek
from meetinghub.bridges.notice_tasks import TasksNotDone
from meetinghub.bridges.parts import AgendaParts
from meetinghub.clock import SHANGHAI
from meetinghub.files.shelf import Shelf
from meetinghub.ids import CommitteeId
from meetinghub.ledger import store as ledger
from meetinghub.mail.links import Link
from meetinghub.meetings import service, store
from meetinghub.meetings.model import Audience as MeetingAudience
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people import store as people
from meetinghub.people.tables import CommitteeRow
from tests.digest import boards
from tests.web.conftest import Browsers
from web import keys

TITLE, NEWS, OTHERS = "报 <80> 岁以上独居老人名单", "冬季流感疫苗接种点与时间", "只给五号居委会的消防通道自查"
PAPER = b"%PDF-1.4\n%only four and five get this\n"


@dataclass
class Sent:
    """This week's issue: an action for the committees on seats 4 and 5 with a file, information for seat 4, another
    action for seat 5."""

    app: web.Application
    issue: Issue
    committees: dict[int, CommitteeId]
    file: int

    def page(self, seat: int) -> Page:
        row = self.app[keys.DATABASE].read_now(issue_store.page, self.issue.id, self.committees[seat])
        assert row is not None
        return of_json(row[0])

    def path(self, seat: int = 4) -> str:
        return f"/notice/issues/{self.issue.id}/{seat}"

    def links(self, seat: int = 4, address: str = "") -> SignedLinks:
        row = self.app[keys.DATABASE].read_now(lambda db: db.get(CommitteeRow, self.committees[seat]))
        assert row is not None
        return SignedLinks(self.app[keys.LINKS], "", self.page(seat).head, address or row.mail)


def frozen(db: Db, app: web.Application, *, sent: bool = True) -> Sent:
    now = app[keys.CLOCK].now()
    day = now.astimezone(SHANGHAI).date()
    committees = {each.seat: each.id for each in people.committees(db)}
    four, five = committees[4], committees[5]
    _meeting(db, app, (four, five))
    ledger.take(db)
    issue = issue_store.open_issue(db, Week.of(day), send_at=now)
    both = Audience(frozenset({four, five}))
    action = Wording(TITLE, "请逐户核对。\n- 含外地户籍", Kind.ACTION, day + timedelta(days=2), audiences=(both,))
    news = Wording(NEWS, "６０岁以上 Residents 可直接去。", audiences=(Audience(frozenset({four})),))
    other = Wording(OTHERS, "拍照", Kind.ACTION, day, audiences=(Audience(frozenset({five})),))
    numbers = [
        boards.submitted(db, each, issue=issue.id, position=at) for at, each in enumerate((action, news, other), 1)
    ]
    digest = Shelf(app[keys.CONFIG].data_dir / "files").keep(PAPER)
    row = NoticeFileRow(
        notice_id=numbers[0],
        name="名单（18 人）.pdf",
        ending="pdf",
        bytes=len(PAPER),
        digest=digest,
        added_by="dept-03",
        added_at=now,
    )
    db.add(row)
    db.flush()
    tasks = TasksNotDone()
    issue = Freezing(MeetingsOfWeek(AgendaParts()), tasks, LightsOn(tasks)).freeze(db, issue, by="host", now=now)
    if sent:
        issue_store.set_sent(db, issue.id, now)
    return Sent(app, issue, committees, row.id or 0)


def _meeting(db: Db, app: web.Application, committees: tuple[CommitteeId, ...]) -> None:
    """This evening, for secretaries only at its beginning."""
    now, people = app[keys.CLOCK].now(), MeetingAudience(("secretary", "director"))
    evening = now.astimezone(SHANGHAI).replace(hour=22, minute=0, second=0, microsecond=0)
    first = Segment(0, "自治办", "开场", "", 10, audience=MeetingAudience(("secretary",)))
    meeting = Meeting(
        id=0,
        title="居委会碰头会",
        host="自治办",
        place="302 会议室",
        phone="",
        starts_at=evening,
        chair="chair",
        audience=people,
        sites=(),
        segments=(first, Segment(0, "民政科", "名单", "", 20, audience=MeetingAudience(("director",)))),
    )
    sites = [store.SitePlan(each, "", "") for each in committees]
    service.plan(db, meeting=meeting, sites=sites, now=now, actor="host")


@pytest.fixture
async def sent(app: web.Application, browsers: Browsers) -> Sent:
    await browsers()
    return await app[keys.DATABASE].write(frozen, app)


async def test_a_committee_reads_what_it_got_and_answers_there(browsers: Browsers, sent: Sent) -> None:
    own = await browsers("site-04")
    response, page = await own.open(sent.path())
    assert response.status == 200
    for expected in (
        "报 &lt;80&gt; 岁以上独居老人名单",
        NEWS,
        "居委会碰头会",
        "名单（18 人）.pdf",
        'name="answer" value="done"',
    ):
        assert expected in page
    assert OTHERS not in page


@pytest.mark.parametrize("more", ["", ".pdf", "/files/{item}/{file}", "/meetings/{meeting}"])
async def test_of_another_committee_s_page_it_learns_nothing(browsers: Browsers, sent: Sent, more: str) -> None:
    page = sent.page(5)
    item = next(each for each in page.items if each.attachments)
    path = sent.path(5) + more.format(item=item.item, file=sent.file, meeting=page.meetings[0].meeting)
    for who, status in (("site-04", 404), ("site-06", 404), ("site-05", 200)):
        response = await (await browsers(who)).client.get(path)
        assert response.status == status, who
        assert (OTHERS in await response.text(errors="replace")) <= (status == 200)
    response = await (await browsers()).client.get(path, allow_redirects=False)
    assert response.status in {303, 401}


async def test_the_whole_issue_is_for_the_street_s_people(browsers: Browsers, sent: Sent) -> None:
    whole = f"/notice/issues/{sent.issue.id}"
    response, page = await (await browsers("leader")).open(whole)
    assert response.status == 200
    assert OTHERS in page
    assert f"{whole}/4" in page
    response, _ = await (await browsers("site-04")).open(whole)
    assert response.status == 404
    response, page = await (await browsers("dept-03")).open(sent.path(5))
    assert response.status == 200
    assert 'name="answer"' not in page


@pytest.mark.parametrize(
    "path", ["/notice/issues/99999", "/notice/issues/x", "/notice/issues/1/x", "/notice/issues/1/99"]
)
async def test_what_is_no_issue_is_not_found(browsers: Browsers, sent: Sent, path: str) -> None:
    response, _ = await (await browsers("leader")).open(path)
    assert response.status == 404


async def test_before_it_is_sent_only_the_street_s_people_read_it(app: web.Application, browsers: Browsers) -> None:
    await browsers()
    sent = await app[keys.DATABASE].write(frozen, app, sent=False)
    response, page = await (await browsers("host")).open(sent.path())
    assert response.status == 200
    assert "还没有发出" in page
    own = await browsers("site-04")
    assert (await own.open(sent.path()))[0].status == 404
    assert TITLE.replace("<", "&lt;").replace(">", "&gt;") not in (await own.open("/notice/issues"))[1]


@pytest.mark.parametrize(
    ("query", "who", "finds"),
    [
        ("流感", "site-04", True),
        ("流感", "site-05", False),
        ("消防　通道", "site-05", True),
        ("消防 没有这个词", "site-05", False),
        ("消防", "site-04", False),
        ("消防", "leader", True),
        ("60岁", "site-04", True),
        ("RESIDENTS", "site-04", True),
        ("民政科", "site-04", True),
        ("100%", "leader", False),
        ("_", "leader", False),
        ("<80>", "leader", True),
    ],
)
async def test_a_search_finds_what_the_reader_got(
    browsers: Browsers, sent: Sent, query: str, who: str, finds: bool
) -> None:
    if query == "民政科":  # the demonstration's third department has a name of its own
        query = sent.page(4).items[0].departments[0]
    response, page = await (await browsers(who)).open(f"/notice/issues?q={quote(query)}")
    assert response.status == 200
    assert ("<mark>" in page) is finds
    assert ("没有找到" in page) is not finds


async def test_the_list_shows_a_committee_its_items_only(browsers: Browsers, sent: Sent) -> None:
    _, page = await (await browsers("site-05")).open("/notice/issues")
    assert OTHERS in page
    assert NEWS not in page
    _, page = await (await browsers("leader")).open("/notice/issues?page=2")
    assert NEWS not in page


async def test_an_attachment_comes_by_session_and_by_link_to_be_kept(browsers: Browsers, sent: Sent) -> None:
    item = next(each for each in sent.page(4).items if each.attachments)
    by_session, by_link = f"{sent.path()}/files/{item.item}/{sent.file}", sent.links().file(item.item, sent.file)
    for browser, path in ((await browsers("site-04"), by_session), (await browsers(), by_link)):
        response = await browser.client.get(path)
        assert response.status == 200
        assert await response.read() == PAPER
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_a_link_opens_nothing_else_and_not_for_somebody_who_left(browsers: Browsers, sent: Sent) -> None:
    guest = await browsers()
    item = next(each for each in sent.page(4).items if each.attachments)
    news = next(each for each in sent.page(4).items if not each.attachments)
    good = sent.links()
    for path in (
        good.file(news.item, sent.file),
        good.file(item.item, sent.file + 1),
        good.file(99999, sent.file),
        good.calendar(99999),
        good.file(item.item, sent.file)[:-2],
        good.calendar(sent.page(4).meetings[0].meeting).replace(".ics", "x.ics"),
        good.answer([item.item], Answer.DONE).replace("/answer/", "/file/"),
        "/notice/file/mh1.a.b",
    ):
        response, page = await guest.open(path)
        assert response.status == 404, path
        assert "打不开这个链接" in page
    left = sent.links(address="somebody-who-left@example.cn")
    for path in (left.file(item.item, sent.file), left.calendar(sent.page(4).meetings[0].meeting)):
        response, page = await guest.open(path)
        assert response.status == 409
        assert "不再接收" in page


async def test_an_old_link_says_that_it_is_old(app: web.Application, browsers: Browsers, sent: Sent) -> None:
    link = Link("notice_file", f"{sent.issue.id}:{sent.committees[4]}:1:1", "a@b.cn", app[keys.CLOCK].now())
    response, _ = await (await browsers()).open(f"/notice/file/{app[keys.LINKS].token(link)}")
    assert response.status == 409


async def test_a_meeting_goes_into_the_committee_s_calendar_with_its_own_time(browsers: Browsers, sent: Sent) -> None:
    meeting = next(each for each in sent.page(4).meetings if each.title == "居委会碰头会")
    for browser, path in (
        (await browsers("site-04"), f"{sent.path()}/meetings/{meeting.meeting}"),
        (await browsers(), sent.links().calendar(meeting.meeting)),
    ):
        response = await browser.client.get(path)
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
        made = Calendar.from_ical(await response.text())
        assert str(made["METHOD"]) == "PUBLISH"
        event = made.walk("VEVENT")[0]
        assert str(event["SUMMARY"]) == "居委会碰头会"
        assert event.decoded("DTSTART") == min(each.starts_at for each in meeting.parts)
        assert event.decoded("DTEND") == max(each.ends_at for each in meeting.parts)
        assert "ATTENDEE" not in event


async def test_a_page_is_printed_with_who_took_it(browsers: Browsers, sent: Sent) -> None:
    response = await (await browsers("site-04")).client.get(f"{sent.path()}.pdf")
    body = await response.read()
    assert response.status == 200
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(body)).pages)
    words = "".join(text.split())
    assert "岁以上独居老人名单" in words
    assert "冬季流感疫苗" in words
    assert "已办" not in words


async def test_both_languages_have_the_pages(browsers: Browsers, sent: Sent) -> None:
    own = await browsers("site-04")
    _, page = await own.open(f"{sent.path()}?lang=en")
    assert "For information" in page
    _, page = await own.open("/notice/issues?lang=en")
    assert "Earlier issues" in page


async def test_a_committee_finds_this_week_s_page_behind_the_section(browsers: Browsers, sent: Sent) -> None:
    own = await browsers("site-04")
    response, page = await own.open("/notice")
    assert response.status == 200
    assert NEWS in page
    assert 'name="back" value="/notice"' in page
    _, page = await (await browsers("site-06")).open("/notice")
    assert NEWS not in page
    _, page = await (await browsers("leader")).open("/notice")
    assert NEWS in page


async def test_a_committee_that_never_got_one_is_told_when_it_comes(browsers: Browsers) -> None:
    response, page = await (await browsers("site-04")).open("/notice")
    assert response.status == 200
    assert "还没有收到过提示" in page
