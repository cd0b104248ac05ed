"""The link in an approver's mail: it shows, it decides only under the sign-in of whom it went to, and it grows old."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import col, update

from meetinghub import demo
from meetinghub.asking import store
from meetinghub.asking.letters import PURPOSE
from meetinghub.asking.request import State
from meetinghub.mail.links import Link
from meetinghub.people.tables import AccountRightRow
from tests.web.asking import handed_in, mails, post
from tests.web.conftest import Browsers
from web import keys


@pytest.fixture
async def number(app: web.Application, browsers: Browsers) -> int:
    return await handed_in(app, browsers)


async def link(app: web.Application, *, to: str = "coordinator") -> str:
    """The path in the newest mail to this account's person."""
    letters = [each for each in await mails(app, "approval") if each.to == f"{to}@{demo.DOMAIN}"]
    found = re.search(r"https?://\S+/approvals/\S+", letters[-1].text)
    assert found is not None
    return urlsplit(found[0]).path


async def state(app: web.Application, number: int) -> State:
    found = await app[keys.DATABASE].read(store.request, number)
    assert found is not None
    return found.state


async def test_the_coordinator_is_told_by_mail_all_that_the_decision_rests_on(
    app: web.Application, number: int
) -> None:
    [mail] = await mails(app, "approval")
    assert (mail.to, mail.subject) == (
        f"coordinator@{demo.DOMAIN}",
        "请审批：城管科申请开会「冬季送温暖对象核对」",
    )
    for said in (
        "逐户核对名单",
        "33 个居委会",
        "66 人",
        "党建工作月度例会",
        "要逐户讨论，10 分钟不够",
        "核对名单",
        "规则怎么说",
    ):
        assert said in mail.text
        assert said in mail.html
    assert f'href="http://127.0.0.1:8000{await link(app)}"' in mail.html


async def test_the_link_shows_the_request_and_decides_by_its_form(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    coordinator, path = await browsers("coordinator"), await link(app)
    _, page = await coordinator.open(path)
    assert f'action="{path}"' in page
    assert "要逐户讨论，10 分钟不够" in page
    assert await state(app, number) is State.SUBMITTED
    response, page = await post(coordinator, path, verdict="return", reason="", round=1)
    assert response.status == 422
    assert "请写清理由" in page
    assert f'action="{path}"' in page
    await post(coordinator, path, verdict="approve", reason="可以", round=1)
    [told, asker] = await mails(app, "request_decided")
    assert told.to == f"dept-06@{demo.DOMAIN}"
    assert asker.to == f"dept-06.clerk@{demo.DOMAIN}"
    assert "可以" in told.text
    assert "下一步：请主要领导" in told.text
    leader = await browsers("leader")
    onward = await link(app, to="leader")
    await leader.open(onward)
    response, page = await post(leader, onward, verdict="approve", reason="", round=1)
    assert "已批准，会议已经排好" in page
    assert (await mails(app, "request_decided"))[-1].subject == "已批准，会议排好了：「冬季送温暖对象核对」"
    _, page = await leader.open(onward)
    assert "这份申请已经批准" in page
    assert 'name="verdict"' not in page
    _, page = await coordinator.open(path)
    assert "这份申请已经批准" in page


async def test_a_forwarded_link_decides_nothing(app: web.Application, browsers: Browsers, number: int) -> None:
    path = await link(app)
    for username in ("leader", "dept-06", "dept-09", "site-04", "admin"):
        other = await browsers(username)
        await other.open("/")
        response, page = await other.open(path)
        assert response.status == 403
        assert "转来的链接不能审批" in page
        response, _ = await post(other, path, verdict="approve", reason="", round=1)
        assert response.status == 403
    assert await state(app, number) is State.SUBMITTED


async def test_who_is_not_signed_in_signs_in_and_comes_back(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    stranger, path = await browsers(), await link(app)
    response, page = await stranger.open(path)
    assert response.url.path == "/sign-in"
    response, _ = await stranger.submit(path, verdict="approve", round="1")
    assert response.status == 401
    found = re.search(r'name="next" value="([^"]+)"', page)
    assert found is not None
    await stranger.open(path)
    response, page = await stranger.submit("/sign-in", username="coordinator", password=demo.PASSWORD, next=found[1])
    assert response.url.path == path
    assert 'name="verdict"' in page
    assert await state(app, number) is State.SUBMITTED


async def test_a_forged_and_an_expired_link_say_so(app: web.Application, browsers: Browsers, number: int) -> None:
    coordinator, path = await browsers("coordinator"), await link(app)
    response, page = await coordinator.open(path[:-3] + ("AAA" if path[-3:] != "AAA" else "BBB"))
    assert response.status == 404
    assert "这个链接打不开" in page
    past = app[keys.CLOCK].now() - timedelta(minutes=1)
    old = app[keys.LINKS].token(Link(PURPOSE, f"{number}:1:1", "coordinator", past))
    other = app[keys.LINKS].token(Link("rsvp", f"{number}:1:1", "coordinator", past + timedelta(days=1)))
    response, page = await coordinator.open(f"/approvals/{old}")
    assert response.status == 409
    assert "这个链接已经过期" in page
    response, _ = await coordinator.open(f"/approvals/{other}")
    assert response.status == 404


async def test_a_request_that_was_returned_since_is_not_decided_unseen(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    coordinator, asker, path = await browsers("coordinator"), await browsers("dept-06"), await link(app)
    await coordinator.open(path)
    await post(coordinator, path, verdict="return", reason="请改到下午", round=1)
    mail = (await mails(app, "request_decided"))[0]
    assert (mail.subject, "请改到下午" in mail.text) == ("退回修改：「冬季送温暖对象核对」", True)
    assert f"/ask/{number}/check" in mail.text
    _, page = await coordinator.open(path)
    assert "这份申请退回修改过" in page
    await asker.open(f"/ask/{number}/check")
    await post(asker, f"/ask/{number}/submit")
    _, page = await coordinator.open(path)
    assert "这份申请退回修改过" in page
    assert "现在这一步由您办" in page
    response, page = await post(coordinator, path, verdict="approve", reason="", round=2)
    assert response.status == 409
    assert await state(app, number) is State.SUBMITTED
    assert await link(app) != path


async def test_a_withdrawn_request_and_a_decided_step_say_so(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    coordinator, asker, path = await browsers("coordinator"), await browsers("dept-06"), await link(app)
    await coordinator.open(path)
    await post(coordinator, path, verdict="approve", reason="", round=1)
    _, page = await coordinator.open(path)
    assert "这一步已经有人办过了" in page
    response, _ = await post(coordinator, path, verdict="refuse", reason="x", round=1)
    assert response.status == 409
    await asker.open(f"/requests/{number}")
    await post(asker, f"/requests/{number}/withdraw")
    _, page = await coordinator.open(path)
    assert "申请科室已经撤回" in page


async def test_who_is_no_longer_an_approver_is_told(app: web.Application, browsers: Browsers, number: int) -> None:
    coordinator, path = await browsers("coordinator"), await link(app)

    def take_away(db: Db) -> None:
        db.exec(update(AccountRightRow).where(col(AccountRightRow.right) == "coordinator").values(right="department"))

    await app[keys.DATABASE].write(take_away)
    response, page = await coordinator.open(path)
    assert response.status == 403
    assert "您的审批权限或代办时间已经结束" in page
    assert await state(app, number) is State.SUBMITTED


async def test_a_link_never_stands_in_the_log(
    app: web.Application,
    browsers: Browsers,
    number: int,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    coordinator, path = await browsers("coordinator"), await link(app)
    await coordinator.open(path)
    told = capsys.readouterr()
    assert path.rpartition(".")[2] not in told.out + told.err + caplog.text
