"""What holds for every address of the API: tokens, problems, languages, limits, the document."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import web

from meetinghub.tokens.scopes import Scope
from tests.web.api.programme import ROOT, Programme, programme
from tests.web.asking import with_meetings
from tests.web.conftest import Browsers
from web import keys
from web.api.limits import Limits


async def test_a_token_stands_for_its_account(browsers: Browsers) -> None:
    response, me = await (await programme(browsers, "dept-03")).get("/me")
    assert response.status == 200
    assert me["account"] == "dept-03"
    assert "requests:write" in me["scopes"]
    assert response.headers["RateLimit-Limit"] == "300"
    assert int(response.headers["RateLimit-Remaining"]) == 299


@pytest.mark.parametrize("secret", ["", "mhp_x", "mhp_" + "A" * 43, "\xe9"])
async def test_without_a_good_token_nobody_is_let_in(browsers: Browsers, secret: str) -> None:
    client = (await browsers("chair")).client  # signed in: a cookie opens nothing here
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    response = await client.get(f"{ROOT}/me", headers=headers)
    assert response.status == 401
    assert response.content_type == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    problem = await response.json(content_type=None)
    assert problem["code"] == ("api.bad_token" if secret else "api.no_token")
    assert problem["type"] == f"urn:meetinghub:problem:{problem['code']}"
    assert re.fullmatch(r"\w{4}-\w{4}", problem["request"])


async def test_a_revoked_token_opens_nothing_any_more(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    browser = await browsers("dept-03")
    _, page = await browser.open("/account/tokens")
    number = re.search(r"/account/tokens/(\d+)/revoke", page)
    assert number is not None
    response, page = await browser.submit(f"/account/tokens/{number[1]}/revoke")
    assert response.status == 200
    assert (await caller.get("/me"))[0].status == 401
    assert caller.secret not in page


async def test_a_page_makes_a_token_and_shows_its_secret_once(browsers: Browsers) -> None:
    browser = await browsers("host")
    await browser.open("/account/tokens")
    response, page = await browser.submit("/account/tokens", name="District", scopes="meetings:read", days="30")
    assert response.status == 200
    secret = re.search(r"mhp_[\w-]{43}", page)
    assert secret is not None
    _, page = await browser.open("/account/tokens")
    assert secret[0] not in page
    assert "District" in page
    made = Programme(browser.client, secret[0])
    assert (await made.get("/meetings"))[0].status == 200
    response, me = await made.get("/me")
    assert me["scopes"] == ["meetings:read"]


async def test_a_token_that_asks_for_nothing_or_too_much_is_not_made(browsers: Browsers) -> None:
    browser = await browsers("site-04")
    await browser.open("/account/tokens")
    for scopes in ("", "policies:read"):
        response, page = await browser.submit("/account/tokens", name="x", scopes=scopes, days="30")
        assert response.status == 422
        assert "mhp_" not in page


async def test_a_scope_that_was_not_given_is_refused_by_name(browsers: Browsers) -> None:
    caller = await programme(browsers, "dept-03", Scope.USAGE_READ)
    response, problem = await caller.get("/meetings")
    assert response.status == 403
    assert problem["code"] == "api.scope_missing"
    assert "meetings:read" in problem["detail"]


async def test_problems_speak_the_asked_language_and_set_no_cookie(browsers: Browsers) -> None:
    caller = await programme(browsers, "dept-03")
    response, problem = await caller.get("/meetings/999", accept_language="en")
    assert response.status == 404
    assert problem["detail"].isascii()
    assert response.headers["Content-Language"] == "en"
    assert "Set-Cookie" not in response.headers
    _, problem = await caller.get("/meetings/999?lang=en", accept_language="zh")
    assert not problem["detail"].isascii()


async def test_unknown_addresses_and_methods_are_problems_too(browsers: Browsers) -> None:
    caller = await programme(browsers, "dept-03")
    response, problem = await caller.get("/nothing")
    assert (response.status, problem["code"]) == (404, "page.not_found")
    response, problem = await caller.post("/me")
    assert (response.status, problem["code"]) == (405, "page.wrong_method")
    assert response.headers["Allow"] == "GET,HEAD"


async def test_who_asks_too_often_is_told_when_to_go_on(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "dept-03")
    app[keys.LIMITS].per_token = 2
    answers = [await caller.get("/me") for _ in range(3)]
    assert [response.status for response, _ in answers] == [200, 200, 429]
    response, problem = answers[-1]
    assert problem["code"] == "api.too_fast"
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["RateLimit-Remaining"] == "0"


async def test_strangers_are_counted_by_address_and_do_not_slow_good_tokens(
    browsers: Browsers, app: web.Application
) -> None:
    caller = await programme(browsers, "dept-03")
    app[keys.LIMITS].per_address = 2
    stranger = Programme(caller.client, "mhp_" + "B" * 43)
    assert [(await stranger.get("/me"))[0].status for _ in range(3)] == [401, 401, 429]
    assert (await caller.get("/me"))[0].status == 200


def test_a_window_begins_anew_and_forgets_who_is_long_gone() -> None:
    limits = Limits(per_token=1)
    assert limits.by_token(1, 0.0).remaining == 0
    assert limits.by_token(1, 59.0).remaining == -1
    assert limits.by_token(1, 60.0).remaining == 0
    for number in range(10_001):
        limits.stranger(str(number), 200.0)
    assert limits.by_token(1, 201.0).remaining == 0


async def test_the_document_names_every_address_and_its_shapes(browsers: Browsers) -> None:
    client = (await browsers()).client
    response = await client.get(f"{ROOT}/openapi.json")
    found = json.loads(await response.text())
    assert found["openapi"] == "3.1.0"
    listed = found["paths"]["/api/v1/meetings"]["get"]
    assert {each["name"] for each in listed["parameters"]} == {"limit", "cursor", "state", "since", "until"}
    assert listed["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/MeetingList"
    }
    assert {"401", "403", "422", "429", "503"} <= set(listed["responses"])


async def test_meetings_come_in_pieces_that_neither_repeat_nor_leave_out(
    browsers: Browsers, app: web.Application
) -> None:
    await with_meetings(app, browsers)
    caller = await programme(browsers, "coordinator")
    _, whole = await caller.get("/meetings?limit=200")
    assert whole["next"] is None
    pieces, cursor = [], ""
    while True:
        response, piece = await caller.get(f"/meetings?limit=3{cursor}")
        assert response.status == 200
        pieces += piece["items"]
        if piece["next"] is None:
            break
        cursor = f"&cursor={piece['next']}"
    assert pieces == whole["items"]
    assert len(pieces) > 6
    assert [each["starts_at"] for each in pieces] == sorted(each["starts_at"] for each in pieces)
    _, one = await caller.get(f"/meetings/{pieces[-1]['id']}")
    assert one["title"] == pieces[-1]["title"]
    assert one["segments"][0]["starts_at"] == one["starts_at"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("cursor=WzFd", "cursor"),
        ("state=asleep", "state"), ("since=2026-11-26", "since"), ("since=1026-11-26T00:00:00Z", "since"),
        ("limit=1&limit=2", "limit"), ("colour=red", "colour"),
    ],
)  # fmt: skip
async def test_a_query_that_cannot_be_used_is_named(browsers: Browsers, query: str, field: str) -> None:
    response, problem = await (await programme(browsers, "dept-03")).get(f"/meetings?{query}")
    assert response.status == 422
    assert [each["field"] for each in problem["errors"]] == [field]


async def test_a_committee_finds_only_meetings_it_takes_part_in(browsers: Browsers, app: web.Application) -> None:
    await with_meetings(app, browsers)
    _, everything = await (await programme(browsers, "coordinator")).get("/meetings?limit=200")
    caller = await programme(browsers, "site-04")
    _, own = await caller.get("/meetings?limit=200")
    numbers = {each["id"] for each in own["items"]}
    assert numbers <= {each["id"] for each in everything["items"]}
    for each in everything["items"]:
        response, _ = await caller.get(f"/meetings/{each['id']}")
        assert (response.status == 200) == (each["id"] in numbers)
