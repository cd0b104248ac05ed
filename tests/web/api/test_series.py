"""Meetings that come back, and who already meets, through the API."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web

from meetinghub.clock import SHANGHAI
from tests.web.api.programme import programme
from tests.web.api.test_requests import own, wish
from tests.web.asking import monthly, today, with_meetings, with_policy
from tests.web.conftest import Browsers


async def test_a_series_is_asked_for_judged_time_by_time_approved_and_read(
    browsers: Browsers, app: web.Application
) -> None:
    await with_meetings(app, browsers)
    await with_policy(app)
    caller, coordinator, leader = [await programme(browsers, name) for name in ("dept-03", "coordinator", "leader")]
    start = datetime.combine(today(app) + timedelta(days=12), time(9, 30), SHANGHAI)
    second, third = (start.date() + timedelta(weeks=number) for number in (1, 2))
    repeating = {
        **own(app),
        "repeat": {"freq": "weekly", "count": 4},
        "moves": [{"day": str(second), "to": None}, {"day": str(third), "to": str(third + timedelta(days=1))}],
    }
    response, made = await caller.post("/requests", wish(app, own=repeating, declined="等不及"))
    assert response.status == 201
    assert made["wish"]["own"]["repeat"] == {
        "freq": "weekly", "interval": 1, "on": "weekday", "count": 4, "until": None,
    }  # fmt: skip
    number = made["id"]
    _, done = await caller.post(f"/requests/{number}/submit")
    assert [each["outcome"] for each in done["occurrences"]] == ["needs_approval"] * 3
    for office in (coordinator, leader):
        await office.post(f"/approvals/{number}", {"round": 1, "verdict": "approve"})
    _, shown = await caller.get(f"/requests/{number}")
    assert (shown["state"], len(shown["occurrences"])) == ("approved", 3)
    _, series = await caller.get(f"/series/{shown['series']}")
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[start.weekday()]
    assert series["rule"] == f"FREQ=WEEKLY;INTERVAL=1;BYDAY={weekday};COUNT=4"
    assert [each["place"] for each in series["meetings"]] == [1, 2, 3]
    assert series["meetings"][0]["meeting"] == shown["meeting"]
    _, meeting = await caller.get(f"/meetings/{series['meetings'][1]['meeting']}")
    assert meeting["series"] == {"series": series["id"], "place": 2, "whole": 3}
    response, _ = await caller.get("/series/99")
    assert response.status == 404


async def test_a_rule_that_cannot_be_is_named_by_its_field(browsers: Browsers, app: web.Application) -> None:
    await with_meetings(app, browsers)
    caller = await programme(browsers, "dept-03")
    for more, field in (
        ({"repeat": {"freq": "weekly"}}, "own.repeat.count"),
        ({"repeat": {"freq": "weekly", "until": str(today(app))}}, "own.repeat.until"),
        ({"repeat": {"freq": "weekly", "count": 3}, "moves": [{"day": str(today(app)), "to": None}]}, "own.moves"),
        ({"moves": [{"day": str(today(app)), "to": None}]}, "own.moves"),
    ):
        response, problem = await caller.post("/requests", wish(app, own={**own(app), **more}))
        assert response.status == 422
        assert [each["field"] for each in problem["errors"]] == [field]


async def test_who_already_meets_can_be_asked_without_a_request(browsers: Browsers, app: web.Application) -> None:
    await with_meetings(app, browsers)
    meeting = await monthly(app)
    caller = await programme(browsers, "dept-06")
    first = today(app) + timedelta(days=1)
    given = [("roles", "secretary,director"), ("minutes", 10), ("first", first)]
    _, found = await caller.get(
        "/rides?" + urlencode([*given, ("last", first + timedelta(days=20))]), accept_language="en"
    )
    (mine,) = [each for each in found["items"] if each["meeting"] == meeting]
    assert (mine["newly"], mine["coming"], mine["free"]) == (0, 66, 20)
    _, made = await caller.post("/requests", wish(app))
    _, ranked = await caller.get(f"/requests/{made['id']}/rides", accept_language="en")
    assert ranked == found
    some = [*given, ("last", first + timedelta(days=20)), ("committees", "1,2")]
    _, found = await caller.get("/rides?" + urlencode(some))
    assert found["items"][0]["coming"] <= 4
    response, problem = await caller.get("/rides?" + urlencode([*given, ("last", first - timedelta(days=9))]))
    assert (response.status, problem["errors"][0]["field"]) == (422, "last")
    response, problem = await caller.get("/rides?" + urlencode([("roles", "king"), *given[1:], ("last", first)]))
    assert (response.status, problem["errors"][0]["field"]) == (422, "roles")
