"""Answers to items as people meet them: by the link in a mail, by the committee's page, as its department sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from digest import answer_store, settings_store
from digest.answering import Asked, answer_token
from digest.model import Answer, Audience, Kind, Week, Wording
from digest.settings import Settings
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, DepartmentId, NoticeId
from meetinghub.mail.links import Link
from meetinghub.people import store as people
from meetinghub.people.tables import CommitteeRow
from tests.digest.answered import send
from tests.web.asking import post, today
from tests.web.conftest import Browsers
from web import keys
from web.notice_answers import NOTICE_ANSWERING

TITLE = "报 <80> 岁以上独居老人名单"
NEWS = "冬季流感疫苗接种点与时间"


@dataclass
class Sent:
    """This week's issue: an action for the committees on seats 4 and 5, information for seat 4 only."""

    app: web.Application
    action: int
    information: int
    notice: NoticeId
    committees: dict[int, CommitteeId]

    def link(self, *items: int, act: Answer = Answer.DONE, seat: int = 4, address: str = "") -> str:
        asked = Asked(act, self.committees[seat], items or (self.action,), address or self.mailbox(seat))
        return f"/notice/answer/{answer_token(self.app[keys.LINKS], asked, day=today(self.app))}"

    def mailbox(self, seat: int) -> str:
        row = self.app[keys.DATABASE].read_now(lambda db: db.get(CommitteeRow, self.committees[seat]))
        assert row is not None
        return row.mail

    def given(self, seat: int = 4) -> dict[int, str]:
        read = self.app[keys.DATABASE].read_now
        found = read(answer_store.answers_of, self.committees[seat], [self.action, self.information])
        return {item: f"{each.answer}:{each.note}" for item, each in found.items()}


@pytest.fixture
async def sent(app: web.Application, browsers: Browsers) -> Sent:
    await browsers()
    return await sending(app)


async def sending(app: web.Application, *, pages: bool = False) -> Sent:
    """``pages``: the committees on seats 4 and 5 have pages, empty ones."""
    now = app[keys.CLOCK].now()
    day = now.astimezone(SHANGHAI).date()

    def write(db: Db) -> Sent:
        committees = {each.seat: each.id for each in people.committees(db)}
        third, host = people.departments(db)[2], people.account_named(db, "host")
        assert host is not None
        settings_store.put(db, Settings(host=DepartmentId(host[0].department or 0), revision=1))
        both = Audience(frozenset({committees[4], committees[5]}))
        action = Wording(TITLE, "请逐户核对。\n- 含外地户籍", Kind.ACTION, day + timedelta(days=2), audiences=(both,))
        news = Wording(NEWS, "见附件", audiences=(Audience(frozenset({committees[4]})),))
        own, at = [committees[4], committees[5]] if pages else [], now - timedelta(hours=1)
        found = send(db, [action, news], week=Week.of(day), at=at, department=third.id, pages=own)
        return Sent(app, found.action, found.information, found.notices[0], committees)

    return await app[keys.DATABASE].write(write)


async def test_opening_the_link_shows_the_item_and_records_nothing(browsers: Browsers, sent: Sent) -> None:
    scanner = await browsers()
    for _ in range(2):
        response, page = await scanner.open(sent.link())
        assert response.status == 200
        assert "报 &lt;80&gt; 岁以上独居老人名单" in page
        assert "不算回执" in page
        head = await scanner.client.head(sent.link(), headers=scanner.headers)
        assert head.status == 200
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert sent.given() == {}


async def test_confirming_needs_no_sign_in_and_can_be_put_right(browsers: Browsers, sent: Sent) -> None:
    guest, link = await browsers(), sent.link()
    await guest.open(link)
    response, page = await guest.submit(link, answer="done", note="已报 3 户")
    assert response.status == 200
    assert "已记下" in page
    assert "已报 3 户" in page
    assert sent.given() == {sent.action: "done:已报 3 户"}
    await guest.submit(link, answer="read", note="还差一户")
    assert sent.given() == {sent.action: "read:还差一户"}


async def test_a_form_without_the_token_of_its_page_records_nothing(browsers: Browsers, sent: Sent) -> None:
    stranger, link = await browsers(), sent.link()
    response = await stranger.client.post(link, data={"answer": "done"}, headers=stranger.headers)
    assert response.status == 403
    assert sent.given() == {}


async def test_several_items_are_confirmed_at_once_and_one_can_be_left_out(browsers: Browsers, sent: Sent) -> None:
    guest = await browsers()
    link = sent.link(sent.action, sent.information, act=Answer.READ)
    _, page = await guest.open(link)
    assert "请确认这 2 条" in page
    response, page = await post(guest, link, answer="read")
    assert response.status == 422
    assert "请至少勾选一条" in page
    assert sent.given() == {}
    await post(guest, link, answer="read", item=[sent.information])
    assert sent.given() == {sent.information: "read:"}
    await post(guest, link, answer="read", item=[sent.action, sent.information])
    assert set(sent.given()) == {sent.action, sent.information}


async def test_what_cannot_be_used_is_said_beside_its_field_and_kept(browsers: Browsers, sent: Sent) -> None:
    guest, link = await browsers(), sent.link()
    await guest.open(link)
    response, page = await guest.submit(link, answer="", note="写了一半")
    assert response.status == 422
    assert "请选择" in page
    assert 'value="写了一半"' in page
    response, _ = await guest.submit(link, answer="done", note="长" * 201)
    assert response.status == 422
    response, page = await guest.submit(link, act="ask", about=str(sent.action), question=" ")
    assert response.status == 422
    assert "请写下要问什么" in page
    assert sent.given() == {}


async def test_links_that_open_nothing_say_why_and_what_to_do(browsers: Browsers, sent: Sent) -> None:
    guest = await browsers()
    long_ago = sent.app[keys.LINKS].token(
        Link("notice_answer", f"done:{sent.committees[4]}:{sent.action}", sent.mailbox(4), sent.app[keys.CLOCK].now())
    )
    response, page = await guest.open(f"/notice/answer/{long_ago}")
    assert response.status == 409
    assert "已经过期" in page
    response, page = await guest.open(sent.link(address="gone@qinghewan.example"))
    assert response.status == 409
    assert "gone@qinghewan.example 现在不收" in page
    assert TITLE[:1] + " &lt;" not in page
    for bad in (sent.link()[:-1], "/notice/answer/mh1.x.y", sent.link(sent.information, seat=5)):
        response, page = await guest.open(bad)
        assert response.status == 404
        assert NEWS not in page
        assert (await guest.submit(bad, answer="done"))[0].status == 404
    assert sent.given(5) == {}


async def test_one_link_is_not_pressed_without_end(browsers: Browsers, sent: Sent, app: web.Application) -> None:
    guest, link = await browsers(), sent.link()
    app[NOTICE_ANSWERING].rate = 1e-6  # a slow machine must not look like a patient person
    await guest.open(link)
    statuses = [(await guest.submit(link, answer="done"))[0].status for _ in range(12)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


async def test_a_committee_answers_on_its_page_and_takes_it_back(browsers: Browsers, sent: Sent) -> None:
    site = await browsers("site-04")
    _, page = await site.open("/notice/answers")
    assert NEWS in page
    assert "2 条等回执" in page
    await post(site, "/notice/answers", item=[sent.action], answer="done", note="办好了")
    await post(site, "/notice/answers", item=[sent.information], answer="read", back="/notice")
    assert sent.given() == {sent.action: "done:办好了", sent.information: "read:"}
    _, page = await site.open("/notice/answers")
    assert "没有等回执的提示" in page
    await post(site, "/notice/answers", item=[sent.action], answer="back")
    assert sent.given() == {sent.information: "read:"}


async def test_a_committee_answers_nothing_that_did_not_go_to_it(browsers: Browsers, sent: Sent) -> None:
    site = await browsers("site-05")
    _, page = await site.open("/notice/answers")
    assert NEWS not in page
    response, _ = await post(site, "/notice/answers", item=[sent.information], answer="read")
    assert response.status == 404
    response, _ = await post(site, "/notice/answers", item=[sent.action], answer="done", note="长" * 300)
    assert response.status == 422
    response, _ = await post(site, f"/notice/answers/{sent.information}/questions", question="?")
    assert response.status == 404
    assert sent.given(5) == {}


async def test_going_back_leads_to_pages_of_the_notice_only(browsers: Browsers, sent: Sent) -> None:
    site = await browsers("site-04")
    await site.open("/notice/answers")
    for wanted, got in (("//elsewhere.example", "/notice/answers"), ("/notice/issues/1", "/notice/issues/1")):
        data = {"csrf": site.csrf, "item": str(sent.action), "answer": "read", "back": wanted}
        response = await site.client.post("/notice/answers", data=data, headers=site.headers, allow_redirects=False)
        assert response.headers["Location"].partition("#")[0] == got


async def test_its_department_and_the_host_office_see_how_far_an_item_is(browsers: Browsers, sent: Sent) -> None:
    site = await browsers("site-04")
    await site.open("/notice/answers")
    await post(site, "/notice/answers", item=[sent.action], answer="done", note="办好了")
    address = f"/notice/items/{sent.notice}/answers"
    for name in ("dept-03", "host", "coordinator"):
        watcher = await browsers(name)
        _, page = await watcher.open("/notice/answers")
        assert address in page
        _, page = await watcher.open(address)
        assert 'hx-trigger="every 10s"' in page
        assert "办好了" in page
        assert "/2 已办" in page
        _, page = await watcher.open(f"{address}?show=open")
        assert "办好了" not in page
    for name in ("dept-05", "site-04", "operator"):
        assert (await (await browsers(name)).open(address))[0].status in {403, 404}


async def test_a_question_goes_to_the_department_and_its_answer_to_all_who_got_the_item(
    browsers: Browsers, sent: Sent
) -> None:
    guest, department, other = await browsers(), await browsers("dept-03"), await browsers("site-05")
    link = sent.link()
    await guest.open(link)
    _, page = await guest.submit(link, act="ask", about=str(sent.action), question="养老院里的算吗？")
    assert "已经发给科室" in page
    assert "养老院里的算吗" not in (await other.open("/notice/answers"))[1]
    _, page = await department.open("/notice/answers")
    assert "1 个问题等答复" in page
    _, page = await department.open(f"/notice/items/{sent.notice}/answers")
    number = page.partition('action="/notice/questions/')[2].partition('"')[0]
    response, page = await department.submit(f"/notice/questions/{number}", answer=" ")
    assert response.status == 422
    assert (await (await browsers("dept-05")).submit(f"/notice/questions/{number}", answer="x"))[0].status in {403, 404}
    await department.open(f"/notice/items/{sent.notice}/answers")
    await department.submit(f"/notice/questions/{number}", answer="算，按户籍所在居委会报。")
    _, page = await other.open("/notice/answers")
    assert "算，按户籍所在居委会报。" in page
    assert "青禾" not in page.partition("养老院里的算吗")[2][:120]


async def test_the_page_asks_a_department_itself(browsers: Browsers, sent: Sent) -> None:
    site = await browsers("site-04")
    await site.open("/notice/answers")
    response, page = await post(site, f"/notice/answers/{sent.action}/questions", question="")
    assert response.status == 422
    response, page = await post(site, f"/notice/answers/{sent.action}/questions", question="周末可以报吗？")
    assert response.status == 200
    assert "周末可以报吗？" in page
