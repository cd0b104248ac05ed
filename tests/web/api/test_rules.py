"""The rules and what they count, through the API."""

from __future__ import annotations

import json

from aiohttp import web

from quotas import document
from quotas.policies import SUGGESTED
from tests.web.api.programme import programme
from tests.web.asking import today, with_meetings, with_policy
from tests.web.conftest import Browsers
from web.api.rules import RuleSet, read, shown
from web.policies import POLICIES


async def with_rules(app: web.Application, browsers: Browsers) -> int:
    """The demonstration's meetings under the suggested rules; the version's number."""
    await with_meetings(app, browsers)
    await with_policy(app, *SUGGESTED)
    return (await app[POLICIES].versions())[0].policy.number


def test_every_suggested_rule_keeps_its_meaning_in_its_shape() -> None:
    sent = json.dumps({"rules": [shown(rule).model_dump(mode="json") for rule in SUGGESTED]})
    given = RuleSet.model_validate_json(sent)
    assert read(given) == SUGGESTED == document.read({"rules": [document.plain(rule) for rule in SUGGESTED]})


async def test_versions_are_listed_and_shown_with_their_sentences(browsers: Browsers, app: web.Application) -> None:
    number = await with_rules(app, browsers)
    caller = await programme(browsers, "leader")
    _, versions = await caller.get("/policies")
    assert [(each["number"], each["status"], each["rules"]) for each in versions["items"]] == [(number, "active", 7)]
    _, one = await caller.get(f"/policies/{number}", accept_language="en")
    assert len(one["said"]) == len(one["rules"]) == 7
    assert one["rules"][2]["kind"] == "quota"
    assert (await caller.get("/policies/99"))[0].status == 404


async def test_rules_are_tried_on_what_was_and_nothing_is_written(browsers: Browsers, app: web.Application) -> None:
    number = await with_rules(app, browsers)
    caller = await programme(browsers, "coordinator")
    response, tried = await caller.post(f"/policies/{number}/dry-run")
    assert response.status == 200
    assert tried["judged"] == sum(tried["after"].values()) > 0
    assert tried["changed"] == []
    hard = {"rules": [{"kind": "quota", "id": "none", "limit": 0, "period": "month"}]}
    response, tried = await caller.post("/policies/dry-run", hard, idempotency_key="t")
    assert response.status == 200
    assert tried["after"]["refused"] > 0
    assert {each["after"] for each in tried["changed"]} >= {"refused"}
    response, _ = await caller.post("/policies/dry-run", hard, idempotency_key="t")
    assert response.headers["Idempotent-Replayed"] == "true"
    assert len((await caller.get("/policies"))[1]["items"]) == 1
    response, problem = await caller.post("/policies/dry-run", {"rules": [{"kind": "quota", "id": "x", "limit": -1}]})
    assert response.status == 422
    assert problem["errors"][0]["code"] == "api.out_of_range"


async def test_usage_names_what_used_a_quota_up(browsers: Browsers, app: web.Application) -> None:
    number = await with_rules(app, browsers)
    caller = await programme(browsers, "coordinator")
    _, known = await caller.get("/organisation")
    seen = 0
    for department in known["departments"]:
        response, found = await caller.get(f"/usage?department={department['id']}&day={today(app)}")
        assert response.status == 200
        assert found["policy"] == number
        for quota in found["items"]:
            assert quota["used"] == sum(row["used"] for row in quota["rows"])
            assert quota["left"] == max(0, quota["limit"] - quota["used"])
            seen += len(quota["rows"])
    assert seen > 0


async def test_another_department_s_usage_is_for_those_who_approve(browsers: Browsers, app: web.Application) -> None:
    await with_rules(app, browsers)
    caller = await programme(browsers, "dept-03")
    _, own = await caller.get("/usage")
    assert own["department"] == (await caller.get("/me"))[1]["department"]
    response, problem = await caller.get(f"/usage?department={own['department'] % 14 + 1}")
    assert (response.status, problem["code"]) == (403, "access.denied")
    response, problem = await (await programme(browsers, "leader")).get("/usage?department=999")
    assert (response.status, problem["errors"][0]["field"]) == (422, "department")
