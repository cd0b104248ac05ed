"""The page behind an invitation's link: looking changes nothing, answering needs no sign-in, the host reads it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.bridges.inviting import inviting
from meetinghub.calendars.inviter import Inviting
from meetinghub.calendars.letters import PURPOSE
from meetinghub.calendars.tables import InvitationRow
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import InvitationAnswered
from meetinghub.ledger.fact import FactKind
from meetinghub.mail.links import Link, Links
from meetinghub.mail.message import sender
from meetinghub.mail.tables import MailRow
from tests.meetinghub.calendars.invited import happen
from tests.web.asking import monthly, post
from tests.web.conftest import Browsers
from web import keys

LINK = re.compile(r"https?://[^/]+(/rsvp/\S+)")
WHO = "site-04.1@qinghewan.example"


@pytest.fixture
async def inviter(app: web.Application, browsers: Browsers) -> Inviting:
    await browsers()
    config = app[keys.CONFIG]
    return inviting(app[keys.DATABASE], app[keys.CLOCK], config, sender("hub@street.example", config.secret_key))


@pytest.fixture
async def meeting(app: web.Application, inviter: Inviting) -> int:
    """The monthly meeting in ten days, to which everybody has been invited."""
    number = await monthly(app)
    await inviter.run()
    return number


def newest(app: web.Application, recipient: str = WHO) -> str:
    """The path of the link in the newest mail."""

    def read(db: Db) -> str:
        wanted = select(MailRow.text).where(MailRow.recipient == recipient).order_by(col(MailRow.id).desc())
        return db.exec(wanted).first() or ""

    found = LINK.search(app[keys.DATABASE].read_now(read))
    assert found is not None
    return found[1]


def row(app: web.Application, meeting: int, address: str = WHO) -> InvitationRow:
    found = app[keys.DATABASE].read_now(lambda db: db.get(InvitationRow, (meeting, address)))
    assert found is not None
    return found


def answered(app: web.Application) -> list[str]:
    facts = app[keys.DATABASE].read_now(lambda db: ledger.of_kinds(db, [FactKind.INVITATION_ANSWERED]))
    return [fact.payload.answer for fact in facts if isinstance(fact.payload, InvitationAnswered)]


async def test_opening_the_link_shows_the_meeting_and_changes_nothing(
    app: web.Application, browsers: Browsers, meeting: int
) -> None:
    scanner = await browsers()
    await scanner.open(newest(app))
    response, page = await scanner.open(newest(app))
    assert response.status == 200
    assert "党建工作月度例会" in page
    assert "您的部分" in page
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert row(app, meeting).answer == ""
    assert answered(app) == []


async def test_an_answer_is_kept_once_and_can_be_changed(
    app: web.Application, browsers: Browsers, meeting: int
) -> None:
    guest, link = await browsers(), newest(app)
    await guest.open(link)
    response, page = await post(guest, link, answer="", seen="0")
    assert (response.status, "请选一项" in page) == (422, True)
    response, page = await post(guest, link, answer="declined", seen="0")
    assert (response.status, "请写一句原因" in page) == (422, True)
    response, page = await post(guest, link, answer="deputy", deputy="", seen="0")
    assert (response.status, "请写代会人的姓名" in page) == (422, True)
    for _ in range(2):
        _, page = await post(guest, link, answer="declined", reason="带队体检", seen="0")
        assert "已收到：不能参加" in page
    assert answered(app) == ["declined"]
    _, page = await post(guest, link, answer="deputy", deputy="林主任", seen="0")
    assert "由林主任代为参加" in page
    assert answered(app) == ["declined", "deputy"]
    found = row(app, meeting)
    assert (found.answer, found.deputy, found.reason) == ("deputy", "林主任", "")


async def test_the_host_reads_the_answers_committee_by_committee_and_others_do_not(
    app: web.Application, browsers: Browsers, meeting: int
) -> None:
    guest, link = await browsers(), newest(app)
    await guest.open(link)
    await post(guest, link, answer="declined", reason="带队体检<b>", seen="0")
    for path in (f"/meetings/{meeting}", f"/meetings/{meeting}/agenda"):
        host = await browsers("host")
        _, page = await host.open(path)
        assert "邀请的答复" in page
        assert "不能参加 1" in page
        assert "带队体检&lt;b&gt;" in page
        for username in ("dept-03", "site-04", "chair"):
            _, page = await (await browsers(username)).open(path)
            assert "带队体检" not in page


async def test_a_link_of_an_older_mail_says_so_and_shows_how_it_is_now(
    app: web.Application, browsers: Browsers, meeting: int, inviter: Inviting
) -> None:
    guest, link, now = await browsers(), newest(app), app[keys.CLOCK].now()
    await guest.open(link)
    await post(guest, link, answer="accepted", seen="0")
    happen(app[keys.DATABASE], meeting, p.MeetingPostponed(now + timedelta(days=12), "台风"), now)
    await inviter.run()
    response, page = await guest.open(link)
    assert response.status == 200
    assert "这封邮件发出之后会议有过变更" in page
    assert "请再答复一次" in page
    response, page = await post(guest, link, answer="accepted", seen="0")
    assert response.status == 409
    assert "请看一下新的安排再提交" in page
    _, page = await guest.open(newest(app))
    assert "这封邮件发出之后" not in page
    _, page = await post(guest, newest(app), answer="accepted", seen="1")
    assert "已收到：参加" in page


@pytest.mark.parametrize("how", ["cancelled", "begun", "expired", "forged", "another's", "other purpose"])
async def test_a_link_that_answers_nothing_any_more_says_why(
    app: web.Application, browsers: Browsers, meeting: int, inviter: Inviting, how: str
) -> None:
    guest, link, now = await browsers(), newest(app), app[keys.CLOCK].now()
    await guest.open(link)
    words, status = "这个链接打不开", 404
    match how:
        case "cancelled":
            happen(app[keys.DATABASE], meeting, p.MeetingCancelled("台风"), now)
            await inviter.run()
            words, status = "已取消，不用答复", 409
        case "begun":
            happen(app[keys.DATABASE], meeting, p.MeetingStarted(), now)
            words, status = "已经开始", 409
        case "expired":
            link, words, status = _made(app, meeting, WHO, now - timedelta(hours=1)), "会议时间已经过了", 409
        case "forged":
            link = link[:-2] + ("AA" if not link.endswith("AA") else "BB")
        case "another's":
            link = _made(app, meeting, "somebody@qinghewan.example", now + timedelta(days=1))
        case _:
            link = _made(app, meeting, WHO, now + timedelta(days=1), purpose="approval")
    for response, page in (await guest.open(link), await post(guest, link, answer="accepted", seen="0")):
        assert response.status == status
        assert words in page
    assert answered(app) == []


async def test_links_stand_in_no_log_and_the_administrator_reads_mails_without_them(
    app: web.Application, browsers: Browsers, meeting: int, capsys: pytest.CaptureFixture[str]
) -> None:
    link = newest(app)
    guest = await browsers()
    await guest.open(link)
    await post(guest, link, answer="accepted", seen="0")
    said = capsys.readouterr()
    assert link not in said.out + said.err
    assert "/rsvp/{token}" in said.out + said.err
    admin = await browsers("admin")
    for path in ("/mail/1", "/mail/1/html"):
        _, page = await admin.open(path)
        assert "/rsvp/" in page
        assert not re.search(r"/rsvp/mh1\.[\w-]", page)


def _made(app: web.Application, meeting: int, to: str, until: datetime, purpose: str = PURPOSE) -> str:
    return f"/rsvp/{Links(app[keys.CONFIG].secret_key).token(Link(purpose, f'{meeting}:0', to, until))}"
