"""Asking for a meeting through the API: what the wizard does, question by question, in a few calls."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

from aiohttp import web

from meetinghub.clock import SHANGHAI
from tests.web.api.programme import programme
from tests.web.asking import today, with_meetings, with_policy
from tests.web.conftest import Browsers


def wish(app: web.Application, **other: object) -> dict[str, Any]:
    first = today(app) + timedelta(days=1)
    return {
        "title": "冬季送温暖对象核对",
        "purpose": "核对名单",
        "roles": ["secretary", "director"],
        "minutes": 10,
        "first": first.isoformat(),
        "last": (first + timedelta(days=20)).isoformat(),
        **other,
    }


def own(app: web.Application, days: int = 12) -> dict[str, Any]:
    start = datetime.combine(today(app) + timedelta(days=days), time(9, 30), SHANGHAI)
    return {
        "starts_at": start.isoformat(),
        "place": "302 会议室",
        "chair": "chair",
        "items": [{"title": "名单", "speaker": "周敏", "minutes": 25}],
    }


async def test_a_wish_is_kept_ranked_declined_and_handed_in_and_two_offices_approve_it(
    browsers: Browsers, app: web.Application
) -> None:
    await with_meetings(app, browsers)
    await with_policy(app)
    caller = await programme(browsers, "dept-03")
    response, made = await caller.post("/requests", wish(app))
    assert response.status == 201
    assert response.headers["Location"] == f"/api/v1/requests/{made['id']}"
    assert (made["state"], made["wish"]["own"], made["decidable"]) == ("draft", None, False)
    _, ranked = await caller.get(f"/requests/{made['id']}/rides", accept_language="en")
    assert ranked["items"]
    assert ranked["items"][0]["reasons"]
    response, problem = await caller.post(f"/requests/{made['id']}/submit")
    assert (response.status, problem["code"]) == (409, "asking.incomplete")
    response, _ = await caller.post(f"/requests/{made['id']}/wish", wish(app, own=own(app), declined="等不及"))
    assert response.status == 200
    response, done = await caller.post(f"/requests/{made['id']}/submit", accept_language="en")
    assert (response.status, done["outcome"]) == (200, "needs_approval")
    assert done["findings"][0]["said"].isascii()
    decided: dict[str, Any] = {}
    for office in ("coordinator", "leader"):
        approver = await programme(browsers, office)
        _, waiting = await approver.get("/approvals")
        assert [each["id"] for each in waiting["items"]] == [made["id"]]
        response, decided = await approver.post(f"/approvals/{made['id']}", {"round": 1, "verdict": "approve"})
        assert response.status == 200
    assert decided["state"] == "approved"
    _, planned = await caller.get(f"/meetings/{decided['meeting']}")
    assert planned["title"] == "冬季送温暖对象核对"
    assert planned["minutes"] == 25


async def test_riding_ends_a_request_with_a_claim(browsers: Browsers, app: web.Application) -> None:
    await with_meetings(app, browsers)
    caller = await programme(browsers, "dept-03")
    _, made = await caller.post("/requests", wish(app))
    _, ranked = await caller.get(f"/requests/{made['id']}/rides")
    best = next(each for each in ranked["items"] if each["begins_at"])
    response, rode = await caller.post(f"/requests/{made['id']}/ride", {"meeting": best["meeting"]})
    assert (response.status, rode["state"], rode["meeting"]) == (200, "riding", best["meeting"])
    _, claimed = await caller.get(f"/meetings/{best['meeting']}/claims")
    assert "冬季送温暖对象核对" in {each["title"] for each in claimed["items"]}


async def test_fields_that_break_a_rule_are_named_by_their_paths(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    past = {**own(app), "starts_at": "2020-01-01T09:00:00+08:00"}
    response, problem = await caller.post("/requests", wish(app, own=past, last="2026-01-01", roles=["clerk"]))
    assert response.status == 422
    assert {each["field"] for each in problem["errors"]} == {"own.starts_at", "last", "roles"}
    response, problem = await caller.post("/requests", wish(app, minutes="ten", colour="red"))
    assert {each["field"]: each["code"] for each in problem["errors"]} == {
        "minutes": "form.not_a_number",
        "colour": "api.field_unknown",
    }


async def test_what_is_no_json_object_is_refused(browsers: Browsers) -> None:
    caller = await programme(browsers, "dept-03")
    headers = {"Authorization": f"Bearer {caller.secret}", "Content-Type": "application/json"}
    for body, status in ((b"{", 400), (b"", 400), (b"[]", 422), (b"\xff", 400)):
        response = await caller.client.post("/api/v1/requests", data=body, headers=headers)
        assert response.status == status, body
    response = await caller.client.post(
        "/api/v1/requests", data={"title": "x"}, headers={**headers, "Content-Type": ""}
    )
    assert response.status == 415


async def test_another_department_s_requests_are_not_found(browsers: Browsers, app: web.Application) -> None:
    _, made = await (await programme(browsers, "dept-03")).post("/requests", wish(app))
    other = await programme(browsers, "dept-05")
    assert (await other.get(f"/requests/{made['id']}"))[0].status == 404
    assert (await other.post(f"/requests/{made['id']}/submit"))[0].status == 404
    assert (await other.get("/requests"))[1]["items"] == []


async def test_requests_come_in_pieces(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    numbers = [(await caller.post("/requests", wish(app)))[1]["id"] for _ in range(5)]
    _, first = await caller.get("/requests?limit=2")
    _, second = await caller.get(f"/requests?limit=2&cursor={first['next']}")
    _, third = await caller.get(f"/requests?limit=2&cursor={second['next']}")
    found = [each["id"] for piece in (first, second, third) for each in piece["items"]]
    assert found == numbers[::-1]
    assert third["next"] is None
    assert (await caller.get("/requests?state=approved"))[1]["items"] == []


async def test_the_same_key_asks_once(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    body = wish(app)
    answers = await asyncio.gather(*(caller.post("/requests", body, idempotency_key="one") for _ in range(5)))
    assert {response.status for response, _ in answers} == {201}
    assert len({made["id"] for _, made in answers}) == 1
    assert sorted(response.headers.get("Idempotent-Replayed", "") for response, _ in answers) == ["", *["true"] * 4]
    assert {response.headers["Location"] for response, _ in answers} == {f"/api/v1/requests/{answers[0][1]['id']}"}
    response, problem = await caller.post("/requests", wish(app, minutes=11), idempotency_key="one")
    assert (response.status, problem["code"]) == (422, "api.key_of_another")
    response, problem = await caller.post("/requests", body, idempotency_key="no spaces")
    assert (response.status, problem["code"]) == (400, "api.bad_key")
    _, again = await caller.post("/requests", body, idempotency_key='"one"')
    assert again["id"] == answers[0][1]["id"]
    other = await programme(browsers, "host")
    response, made = await other.post("/requests", body, idempotency_key="one")  # another asker's key is another key
    assert response.status == 201
    assert made["id"] != answers[0][1]["id"]


async def test_a_refused_act_leaves_nothing_behind(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    _, made = await caller.post("/requests", wish(app))
    path = f"/requests/{made['id']}/withdraw"
    response, problem = await caller.post(path, idempotency_key="w")
    assert (response.status, problem["code"]) == (409, "asking.cannot_withdraw")
    response, _ = await caller.post(path, idempotency_key="w")
    assert "Idempotent-Replayed" not in response.headers
