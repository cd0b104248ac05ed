"""Items of the weekly notice through the API: what a department's own system does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.web.api.programme import programme
from tests.web.asking import today
from tests.web.conftest import Browsers


def item(app: web.Application, **other: object) -> dict[str, Any]:
    due = today(app) + timedelta(days=30)
    return {"title": "报名单", "text": "请报：\r\n· 姓名", "kind": "action", "due_on": due.isoformat(), **other}


async def test_an_item_is_posted_changed_handed_in_and_taken_back(browsers: Browsers, app: web.Application) -> None:
    system = await programme(browsers, "dept-03")
    response, made = await system.post("/notices", item(app, text="请报：\n· 姓名", due_at="17:00"))
    assert response.status == 201
    assert response.headers["Location"] == f"/api/v1/notices/{made['id']}"
    assert (made["state"], made["origin"], made["text"], made["due_at"]) == ("draft", "api", "请报：\n- 姓名", "17:00")
    path = f"/notices/{made['id']}"
    response, problem = await system.post(f"{path}/wording", item(app, text="改"))
    assert response.status == 428
    response, problem = await system.post(f"{path}/wording", item(app, text="改"), if_match='"9"')
    assert (response.status, problem["code"]) == (412, "api.outdated")
    link = {"kind": "web", "target": "https://a.cn/x"}
    response, changed = await system.post(f"{path}/wording", item(app, text="改", link=link), if_match='"1"')
    assert (response.status, response.headers["ETag"], changed["link"]) == (200, '"2"', link)
    response, done = await system.post(f"{path}/submit")
    assert (response.status, done["state"]) == (200, "submitted")
    response, problem = await system.post(f"{path}/submit")
    assert (response.status, problem["code"]) == (409, "notice.is_submitted")
    _, listed = await system.get("/notices?state=submitted")
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    _, back = await system.post(f"{path}/withdraw")
    assert back["state"] == "draft"


async def test_what_is_handed_in_at_once_is_whole_or_is_not_kept(browsers: Browsers, app: web.Application) -> None:
    system = await programme(browsers, "dept-03")
    audience = {"committees": [99999], "roles": ["line_worker"], "line": "民政"}
    response, problem = await system.post("/notices", item(app, submit=True, due_on=None, audience=audience))
    assert response.status == 422
    assert {each["field"] for each in problem["errors"]} == {"due_on", "audience.committees"}
    _, listed = await system.get("/notices")
    assert listed["items"] == []
    said = item(app, submit=True)
    for _ in range(2):  # the answer to the first was lost
        response, made = await system.post("/notices", said, idempotency_key="a-1")
        assert (response.status, made["state"]) == (201, "submitted")
    _, listed = await system.get("/notices?limit=1")
    assert (len(listed["items"]), listed["next"]) == (1, None)


async def test_smuggled_lines_and_long_texts_are_refused_by_field(browsers: Browsers, app: web.Application) -> None:
    system = await programme(browsers, "dept-03")
    for field, value in (
        ("title", "通知\r\nBcc: x@y.cn"),
        ("title", "通知\nBcc: x@y.cn"),
        ("text", "贴" * 20_001),
        ("due_at", "25:00"),
        ("due_on", "2026-02-30"),
        ("link", {"kind": "web", "target": "https://a.cn/\r\nx"}),
        ("audience", {"line": "民政\r\nBcc: x@y.cn"}),
    ):
        response, problem = await system.post("/notices", item(app, **{field: value}))
        assert response.status == 422, field
        assert problem["errors"][0]["field"].startswith(field)
    for target in ("javascript:alert(1)", "//evil.cn/x"):
        link = {"kind": "web", "target": target}
        response, problem = await system.post("/notices", item(app, submit=True, link=link))
        assert [each["field"] for each in problem["errors"]] == ["link.target"]


async def test_other_departments_find_nothing(browsers: Browsers, app: web.Application) -> None:
    mine, other = await programme(browsers, "dept-03"), await programme(browsers, "dept-04")
    _, made = await mine.post("/notices", item(app))
    for method, path in (
        (other.get, f"/notices/{made['id']}"),
        (other.post, f"/notices/{made['id']}/submit"),
        (other.post, f"/notices/{made['id']}/withdraw"),
        (other.get, "/notices/999999999999"),
    ):
        response, problem = await method(path)
        assert (response.status, problem["code"]) == (404, "notice.not_found")
    _, listed = await other.get("/notices")
    assert listed["items"] == []
    site = await programme(browsers, "site-04")
    response, _ = await site.get("/notices")
    assert response.status == 403
