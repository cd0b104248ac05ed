"""Meetings that come back, over HTTP: asked for as one, each time judged and moved by itself, planned, changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from aiohttp import web

from meetinghub.meetings import series_store
from meetinghub.meetings.series import Series
from quotas.policy import Action, NoMeetingDays, Quota, QuotaPeriod
from tests.web.asking import post, today, told, with_meetings, with_policy
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys


@pytest.fixture(autouse=True)
async def meetings(app: web.Application, browsers: Browsers) -> None:
    await with_meetings(app, browsers)


def weekday(app: web.Application, number: int) -> date:
    """The first such weekday (1 = Monday) at least three weeks ahead."""
    day = today(app) + timedelta(days=21)
    return day + timedelta(days=(number - day.isoweekday()) % 7)


async def repeated(browser: Browser, app: web.Application, *, day: date, **fields: object) -> tuple[int, str]:
    """A draft of a meeting that comes back; its number, and the page that followed."""
    number = await told(browser, app)
    await post(browser, f"/ask/{number}/rides", declined="要逐户讨论")
    given = {
        "date": day, "time": "09:00", "mode": "video", "place": "302 会议室", "chair": "chair",
        "item-1-title": "核对名单", "item-1-speaker": "沈若琳", "item-1-minutes": 40,
        "repeat": "weekly-1", "end": "count", "count": 4, **fields,
    }  # fmt: skip
    _, page = await post(browser, f"/ask/{number}/own", **given)
    return number, page


async def planned(browser: Browser, app: web.Application) -> Series:
    number, _ = await repeated(browser, app, day=weekday(app, 2))
    response, page = await post(browser, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}", page
    found = await app[keys.DATABASE].read(series_store.of_request, number)
    assert found is not None
    return await current(app, found)


async def current(app: web.Application, number: int) -> Series:
    found = await app[keys.DATABASE].read(series_store.series, number)
    assert found is not None
    return found


async def test_the_check_page_shows_every_time_and_the_form_keeps_the_rule(
    app: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("dept-06")
    number, page = await repeated(browser, app, day=weekday(app, 2))
    assert "每周二，共 4 次" in page
    assert page.count('<li class="row" id="time-') == 4
    _, page = await browser.open(f"/ask/{number}/own")
    assert '<option value="weekly-1" selected>' in page
    assert 'name="count" type="number" value="4"' in page
    _, page = await browser.open(f"/ask/{number}/check?lang=en")
    assert "every Tuesday, 4 in all" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"count": ""}, "请写几次"),
        ({"count": 1}, "一个系列是 2 到 26 次"),
        ({"end": "until", "until": ""}, "请写几次"),
        ({"end": "until", "until": "2020-01-01"}, "要比首次晚"),
        ({"repeat": "weekly-99"}, "间隔是 1 到 12"),
    ],
)
async def test_mistakes_in_the_rule_are_said_beside_it_and_nothing_typed_is_lost(
    app: web.Application, browsers: Browsers, fields: dict[str, object], said: str
) -> None:
    browser = await browsers("dept-06")
    _, page = await repeated(browser, app, day=weekday(app, 2), **fields)
    assert said in page
    assert 'value="302 会议室"' in page


async def test_a_day_without_meetings_is_offered_the_next_one_and_all_are_moved_at_once(
    app: web.Application, browsers: Browsers
) -> None:
    await browsers()
    await with_policy(app, NoMeetingDays("d", weekdays=(5,), days_off=False, action=Action.BLOCK))
    browser, friday = await browsers("dept-06"), weekday(app, 5)
    number, page = await repeated(browser, app, day=friday)
    assert page.count("不允许</span>") == 4
    assert "全部顺延到可开会的日子" in page
    assert f"/ask/{number}/submit" not in page
    response, page = await post(browser, f"/ask/{number}/times", day=friday, better=friday + timedelta(days=3))
    assert response.url.path == f"/ask/{number}/check"
    assert page.count("不允许</span>") == 3
    assert "原定" in page
    _, page = await post(browser, f"/ask/{number}/times", act="all")
    assert "不允许</span>" not in page
    response, _ = await post(browser, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}"
    found = await current(app, 1)
    assert {each.starts_at.astimezone().isoweekday() for each in found.sittings} <= {1, 2, 3, 4}


async def test_what_the_quota_refuses_is_left_out_one_by_one_and_can_be_put_back(
    app: web.Application, browsers: Browsers
) -> None:
    await browsers()
    await with_policy(app, Quota("q", period=QuotaPeriod.YEAR, limit=3, action=Action.BLOCK))
    browser, tuesday = await browsers("dept-06"), date(today(app).year + 1, 3, 2)
    number, page = await repeated(browser, app, day=tuesday)
    last = tuesday + timedelta(days=21)
    assert page.count("不允许</span>") == 1
    response, page = await post(browser, f"/ask/{number}/submit")
    assert response.status == 409
    assert "可以换一天，或者这次不开" in page
    _, page = await post(browser, f"/ask/{number}/times", day=last, act="drop")
    assert "不允许</span>" not in page
    assert "不开</span>" in page
    _, page = await post(browser, f"/ask/{number}/times", day=last, act="back")
    assert page.count("不允许</span>") == 1
    for day, act, said in (
        (tuesday, "move", "请选日期"),
        ("2020-01-01", "drop", "这一天不在系列里"),
    ):
        response, page = await post(browser, f"/ask/{number}/times", day=day, act=act)
        assert response.status == 422
        assert said in page or act == "move"
    response, page = await post(browser, f"/ask/{number}/times", day=last, act="move", to=tuesday)
    assert "那天这个系列已经有一次会" in page
    response, page = await post(browser, f"/ask/{number}/times", day=last, act="move", to="2020-01-01")
    assert response.status == 422
    await post(browser, f"/ask/{number}/times", day=last, act="drop")
    response, _ = await post(browser, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}"
    assert len((await current(app, 1)).sittings) == 3


async def test_the_series_is_named_on_its_meetings_and_every_one_is_listed(
    app: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("dept-06")
    found = await planned(browser, app)
    _, page = await browser.open(f"/series/{found.id}")
    assert page.count('<li class="row">') == 4
    assert "改期、取消" in page
    _, page = await browser.open(f"/meetings/{found.sittings[1].meeting}")
    assert "系列会议第 2 次，共 4 次" in page
    _, page = await browser.open("/meetings")
    assert "系列 2/4" in page
    _, page = await browser.open(f"/requests/{found.request_id}")
    assert f'href="/series/{found.id}"' in page
    committee = await browsers("site-04")
    _, page = await committee.open(f"/series/{found.id}")
    assert page.count('<li class="row">') == 4
    assert "改期、取消" not in page
    for path in ("/series/99", "/series/x"):
        assert (await browser.open(path))[0].status == 404


async def test_one_meeting_is_put_off_and_the_following_become_a_series_of_their_own(
    app: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("dept-06")
    found = await planned(browser, app)
    base, third = f"/series/{found.id}", found.sittings[2].starts_at.date()
    _, page = await browser.open(f"{base}/3")
    assert f'value="{third}"' in page
    response, page = await post(browser, f"{base}/3/change", date=third, time="14:00", reason="")
    assert response.status == 422
    response, page = await post(browser, f"{base}/3/change", date=third, time="14:00", reason="会场有别的安排")
    assert response.url.path == base
    assert "14:00–14:40" in page
    wednesday = found.sittings[1].starts_at.date() + timedelta(days=1)
    fields = {"scope": "rest", "repeat": "weekly-1", "end": "count", "count": 5, "evade": "on", "reason": "改到周三"}
    response, page = await post(browser, f"{base}/2/change", date=wednesday, time="09:00", **fields)
    assert response.url.path != base
    assert "从这次起成为新的系列" in page
    assert "每周三，共 5 次" in page
    _, page = await browser.open(base)
    assert "以后各次改成了新的系列" in page
    response, _ = await post(browser, f"{base}/9/change", date=wednesday, time="09:00", **fields)
    assert response.status == 404


async def test_what_the_rules_refuse_is_said_and_changes_nothing(app: web.Application, browsers: Browsers) -> None:
    await browsers()
    await with_policy(app, Quota("q", period=QuotaPeriod.YEAR, limit=5, action=Action.BLOCK))
    browser = await browsers("dept-06")
    found = await planned(browser, app)
    day = date(today(app).year + 1, 12, 1)
    fields = {"scope": "rest", "repeat": "weekly-1", "end": "count", "count": 9, "evade": "on", "reason": "加开"}
    response, page = await post(
        browser, f"/series/{found.id}/1/change", date=day - timedelta(days=90), time="09:00", **fields
    )
    assert response.status == 409
    assert "规则不允许这样改" in page
    assert 'value="加开"' in page
    assert await current(app, found.id) == found


async def test_one_is_called_off_and_then_the_rest(app: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-06")
    found = await planned(browser, app)
    base = f"/series/{found.id}"
    response, _ = await post(browser, f"{base}/2/cancel", off_reason="")
    assert response.status == 422
    _, page = await post(browser, f"{base}/2/cancel", off_reason="与换届冲突")
    assert page.count("已取消") == 1
    response, page = await post(browser, f"{base}/2/cancel", off_reason="再来")
    assert response.status == 409
    _, page = await post(browser, f"{base}/1/cancel", off_reason="并入例会", off_scope="rest")
    assert page.count("已取消") == 4
    stranger = await browsers("dept-03")
    response, _ = await stranger.open(f"{base}/1")
    assert response.status == 403
