"""The wizard over HTTP: one question a page, nothing lost, who meets anyway, handing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from tests.web.asking import called, monthly, post, today, told, with_meetings
from tests.web.conftest import Browsers


@pytest.fixture(autouse=True)
async def meetings(app: web.Application, browsers: Browsers) -> None:
    await with_meetings(app, browsers)


async def test_each_answer_is_kept_and_going_back_loses_nothing(app: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    number = await told(browser, app)
    for step, shown in (
        ("purpose", 'value="冬季送温暖对象核对"'),
        ("kind", 'value="discussion" checked'),
        ("audience", 'value="director" checked'),
        ("time", 'name="minutes" type="number" value="10"'),
    ):
        response, page = await browser.open(f"/ask/{number}/{step}")
        assert response.status == 200
        assert shown in page, step
    await post(browser, f"/ask/{number}/kind", kind="read_out")
    _, page = await browser.open(f"/ask/{number}/time")
    assert 'value="10"' in page


async def test_a_page_after_an_unanswered_question_leads_back_to_it(browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    await browser.open("/ask")
    response, _ = await post(browser, "/ask/new/purpose", title="事", purpose="为何")
    number = int(response.url.path.split("/")[2])
    for step in ("audience", "time", "rides", "own", "check", "notice"):
        response, _ = await browser.open(f"/ask/{number}/{step}")
        assert response.url.path == f"/ask/{number}/kind", step


async def test_the_audience_is_counted_while_it_is_ticked(browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    _, page = await browser.open("/ask/new/count?roles=secretary&roles=director&which=all&line=")
    assert "33 个居委会，书记、主任，共 66 人" in page
    _, page = await browser.open("/ask/new/count?roles=director&roles=line_worker&which=all&line=%E6%B0%91%E6%94%BF")
    assert "主任、民政条线社工，共 66 人" in page
    _, page = await browser.open("/ask/new/count?which=some&roles=director")
    assert "0 个居委会" in page


async def test_mistakes_are_said_beside_the_field_and_what_was_typed_stays(
    app: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("dept-03")
    await browser.open("/ask")
    response, page = await post(browser, "/ask/new/purpose", title="冬季", purpose="")
    assert response.status == 422
    assert 'value="冬季"' in page
    assert "请写清要解决什么" in page
    number = await told(browser, app)
    response, page = await post(browser, f"/ask/{number}/audience", which="some", line="民政")
    assert response.status == 422
    assert "请至少勾选一个岗位" in page
    assert "请勾选居委会" in page
    response, page = await post(browser, f"/ask/{number}/time", minutes="x", first=today(app), last="2026")
    assert response.status == 422
    assert 'value="x"' in page


async def test_colleagues_go_on_with_a_draft_and_other_departments_never_see_it(
    app: web.Application, browsers: Browsers
) -> None:
    number = await told(await browsers("dept-03"), app)
    for name in ("dept-04", "host"):
        stranger = await browsers(name)
        response, _ = await stranger.open(f"/ask/{number}/time")
        assert response.status == 404
        response, _ = await post(stranger, f"/ask/{number}/kind", kind="read_out")
        assert response.status == 404


async def test_a_read_out_is_offered_the_notice_and_kept_for_it(app: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    number = await told(browser, app, kind="read_out")
    response, page = await post(browser, f"/ask/{number}/audience", roles="secretary", which="all")
    assert response.url.path == f"/ask/{number}/notice"
    assert "33 人都不用到会" in page
    response, page = await post(browser, f"/ask/{number}/notice")
    assert response.url.path == f"/requests/{number}"
    assert "改放周一提示" in page
    response, _ = await browser.open(f"/ask/{number}/time")
    assert response.url.path == f"/requests/{number}"


async def test_a_discussion_is_not_put_into_the_notice(app: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    number = await told(browser, app)
    response, _ = await post(browser, f"/ask/{number}/notice")
    assert response.status == 409


async def test_meetings_are_ranked_by_whom_they_call_anyway(app: web.Application, browsers: Browsers) -> None:
    meeting = await monthly(app)
    browser = await browsers("dept-06")
    number = await told(browser, app)
    _, page = await browser.open(f"/ask/{number}/rides")
    assert "党建工作月度例会" in page
    assert "66 人本来就到会，不用新叫人" in page
    assert "已排 40 分钟，您讲 14:40–14:50，还空 10 分钟" in page
    assert f'name="meeting" value="{meeting}"' in page
    response, page = await post(browser, f"/ask/{number}/ride", meeting=meeting)
    assert response.url.path == f"/requests/{number}"
    assert "已拼会" in page
    other = await told(browser, app, minutes=11)
    response, _ = await post(browser, f"/ask/{other}/ride", meeting=meeting)
    assert response.status == 409
    assert (await browser.open(f"/ask/{other}/rides"))[0].status == 200


async def test_declining_every_meeting_that_has_room_needs_a_reason(app: web.Application, browsers: Browsers) -> None:
    await monthly(app)
    browser = await browsers("dept-06")
    number = await told(browser, app)
    response, page = await post(browser, f"/ask/{number}/rides", declined="")
    assert response.status == 422
    assert "请写清为什么都不合适" in page
    response, _ = await browser.open(f"/ask/{number}/own")
    assert response.url.path == f"/ask/{number}/rides"
    response, _ = await post(browser, f"/ask/{number}/rides", declined="要逐户讨论，10 分钟不够")
    assert response.url.path == f"/ask/{number}/own"


async def test_conflicts_stand_on_the_check_page_with_their_way_out(app: web.Application, browsers: Browsers) -> None:
    await monthly(app)
    browser = await browsers("dept-06")
    number = await told(browser, app)
    await called(browser, app, number, day=today(app) + timedelta(days=10), hour="15:30")
    response, page = await browser.open(f"/ask/{number}/check")
    assert response.status == 200
    assert "同一天前后脚：66 人两场都要到" in page
    assert "那场会还空 20 分钟，拼进去 10 分钟就不用另开" in page


async def test_handing_in_by_a_script_answers_in_json(app: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-06")
    number = await told(browser, app, roles=("volunteer",))
    await called(browser, app, number, day=today(app) + timedelta(days=15))
    headers = {"Accept": "application/json", "X-CSRF-Token": browser.csrf}
    response = await browser.client.post(f"/ask/{number}/submit", headers=headers)
    body = await response.json()
    assert response.status == 201, body
    assert body["request"] == number
    response = await browser.client.post(f"/ask/{number}/submit", headers=headers)
    assert response.status == 409
