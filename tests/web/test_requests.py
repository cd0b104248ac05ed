"""Requests over HTTP: handed in, returned with the draft kept, handed in again, approved by both, planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from meetinghub.bridges.charging import quotas
from meetinghub.meetings import store as meetings
from quotas import store as charges
from quotas.charge import State
from tests.web.asking import called, handed_in, monthly, post, today, told, with_policy
from tests.web.conftest import Browsers
from web import keys


@pytest.fixture
async def number(app: web.Application, browsers: Browsers) -> int:
    return await handed_in(app, browsers)


async def test_a_request_goes_through_both_offices_and_becomes_a_meeting(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    asker, coordinator, leader = await browsers("dept-06"), await browsers("coordinator"), await browsers("leader")
    _, page = await coordinator.open("/")
    assert f"/requests/{number}" in page
    _, page = await coordinator.open(f"/requests/{number}")
    assert "要逐户讨论，10 分钟不够" in page
    assert "党建工作月度例会" in page
    response, page = await post(coordinator, f"/requests/{number}/decide", verdict="return", reason="", round=1)
    assert response.status == 422
    assert "请写清理由" in page
    await post(coordinator, f"/requests/{number}/decide", verdict="return", reason="请改到下午", round=1)
    _, page = await asker.open("/requests")
    assert "请改到下午" in page
    _, page = await asker.open(f"/ask/{number}/own")
    assert 'value="核对名单"' in page
    response, _ = await post(asker, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}"
    response, _ = await post(coordinator, f"/requests/{number}/decide", verdict="approve", reason="", round=1)
    assert response.status == 409
    response, _ = await post(leader, f"/requests/{number}/decide", verdict="approve", reason="", round=2)
    assert response.status == 403
    await post(coordinator, f"/requests/{number}/decide", verdict="approve", reason="", round=2)
    response, page = await post(leader, f"/requests/{number}/decide", verdict="approve", reason="", round=2)
    assert "已批准，会议已经排好" in page

    database = app[keys.DATABASE]
    charge = await database.read(charges.charge_of, f"request:{number}")
    assert charge is not None
    assert charge.state is State.CHARGED
    assert charge.wish.meeting is not None
    planned = await database.read(meetings.meeting, charge.wish.meeting)
    assert planned is not None
    assert (planned.host, len(planned.sites), planned.capacity) == ("城管科", 33, 60)
    await database.write(quotas().settle, now=app[keys.CLOCK].now(), most=50)
    parts = await database.read(charges.parts_of, charge.wish.meeting)
    assert [part.charge.id for part in parts] == [charge.id]


async def test_a_withdrawn_request_gives_back_what_it_held(
    app: web.Application, browsers: Browsers, number: int
) -> None:
    asker = await browsers("dept-06")
    await asker.open(f"/requests/{number}")
    _, page = await post(asker, f"/requests/{number}/withdraw")
    assert "已撤回" in page
    charge = await app[keys.DATABASE].read(charges.charge_of, f"request:{number}")
    assert charge is not None
    assert charge.state is State.RELEASED


async def test_a_deputy_decides_under_an_own_sign_in(browsers: Browsers, app: web.Application, number: int) -> None:
    coordinator, clerk = await browsers("coordinator"), await browsers("dept-09")
    _, page = await coordinator.open("/approvals")
    assert "<small>清河湾街道</small>" in page
    response, _ = await clerk.open(f"/requests/{number}")
    assert response.status == 404
    await coordinator.open("/approvals")
    first = today(app)
    response, page = await post(coordinator, "/approvals/deputies", deputy="dept-09", first=first, until=first)
    assert "方予安" in page
    _, page = await clerk.open(f"/requests/{number}")
    assert 'name="verdict" value="approve"' in page
    response, page = await post(clerk, f"/requests/{number}/decide", verdict="approve", reason="", round=1)
    assert response.status == 200
    await post(coordinator, "/approvals/deputies", deputy="dept-09", act="end")
    response, _ = await clerk.open(f"/requests/{number}")
    assert response.status == 404


async def test_the_coordinator_s_office_asks_too_and_the_leader_decides_alone(
    app: web.Application, browsers: Browsers
) -> None:
    await with_policy(app)
    await monthly(app)
    coordinator = await browsers("coordinator")
    number = await told(coordinator, app)
    await called(coordinator, app, number, day=today(app) + timedelta(days=17))
    _, page = await coordinator.open(f"/ask/{number}/check")
    assert "除您以外没有人能批" not in page
    response, page = await post(coordinator, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}"
    assert 'name="verdict"' not in page
    response, page = await post(coordinator, f"/requests/{number}/decide", verdict="approve", reason="", round=1)
    assert response.status == 403
    leader = await browsers("leader")
    _, page = await leader.open(f"/requests/{number}")
    assert 'name="verdict" value="approve"' in page
    _, page = await coordinator.open("/requests")
    assert "党政办" in page
