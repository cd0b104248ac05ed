"""A host's agenda and others' claims to it, through the API."""

from __future__ import annotations

from aiohttp import web

from tests.web.api.programme import Programme, programme
from tests.web.asking import monthly, with_meetings
from tests.web.conftest import Browsers


async def hosted(app: web.Application, caller: Programme) -> int:
    """A meeting to come with two items of its host's and 20 free minutes."""
    meeting = await monthly(app, capacity=60, booked=30)
    path = f"/meetings/{meeting}/agenda"
    mark = (await caller.get(path))[0].headers["ETag"]
    added = {
        "change": {"do": "add", "title": "补充", "minutes": 10, "roles": ["line_worker", "secretary"], "line": "民政"}
    }
    response, agenda = await caller.post(f"{path}/changes", added, if_match=mark)
    assert response.status == 200
    assert agenda["free"] == 20
    return meeting


async def test_a_change_is_previewed_and_then_made_for_the_state_it_was_read_in(
    browsers: Browsers, app: web.Application
) -> None:
    caller = await programme(browsers, "coordinator")
    meeting = await hosted(app, caller)
    response, before = await caller.get(f"/meetings/{meeting}/agenda")
    mark = response.headers["ETag"]
    second = before["segments"][1]
    change = {"change": {"do": "resize", "segment": second["id"], "minutes": second["minutes"] + 5}}
    response, seen = await caller.post(f"/meetings/{meeting}/agenda/preview", change)
    assert response.status == 200
    assert seen["ends_after"] > seen["ends_before"]
    assert (await caller.get(f"/meetings/{meeting}/agenda"))[1] == before
    path = f"/meetings/{meeting}/agenda/changes"
    response, problem = await caller.post(path, change)
    assert (response.status, problem["code"]) == (428, "api.no_condition")
    response, after = await caller.post(path, change, if_match=mark)
    assert response.status == 200
    assert after["ends_at"] == seen["ends_after"]
    assert response.headers["ETag"] != mark
    response, problem = await caller.post(path, change, if_match=mark)
    assert (response.status, problem["code"]) == (412, "api.outdated")
    response, problem = await caller.post(path, {"change": {"do": "dance"}}, if_match=mark)
    assert response.status == 422


async def test_every_kind_of_change_is_understood(browsers: Browsers, app: web.Application) -> None:
    caller = await programme(browsers, "coordinator")
    meeting = await hosted(app, caller)
    _, agenda = await caller.get(f"/meetings/{meeting}/agenda")
    own = next(each for each in agenda["segments"] if not each["ride"])
    for change in (
        {"do": "add", "title": "补充", "minutes": 10, "roles": ["line_worker"], "line": "民政"},
        {"do": "arrange"},
        {"do": "move", "segment": own["id"], "to": 0},
        {"do": "pin", "segment": own["id"], "pinned": "first"},
        {"do": "remove", "segment": own["id"]},
    ):
        response, _ = await caller.post(f"/meetings/{meeting}/agenda/preview", {"change": change})
        assert response.status in {200, 409}, change  # a pin or a removal may not go; it is understood
    response, problem = await caller.post(
        f"/meetings/{meeting}/agenda/preview", {"change": {"do": "remove", "segment": 999_999}}
    )
    assert (response.status, problem["code"]) == (404, "agenda.no_such_segment")


async def test_a_department_claims_and_the_host_answers(browsers: Browsers, app: web.Application) -> None:
    host, guest = await programme(browsers, "coordinator"), await programme(browsers, "dept-05")
    meeting = await hosted(app, host)
    path = f"/meetings/{meeting}/claims"
    response, made = await guest.post(path, {"title": "冬季消防", "minutes": 10}, idempotency_key="c")
    assert response.status == 201
    assert response.headers["Location"] == f"/api/v1{path}/{made['id']}"
    assert (await guest.post(path, {"title": "冬季消防", "minutes": 10}, idempotency_key="c"))[1] == made
    assert [each["id"] for each in (await guest.get(path))[1]["items"]] == [made["id"]]
    response, _ = await guest.post(f"{path}/{made['id']}", {"act": "accept"})
    assert response.status == 403
    response, _ = await host.post(f"{path}/{made['id']}", {"act": "decline"})
    assert response.status == 422
    response, decided = await host.post(f"{path}/{made['id']}", {"act": "shorten", "minutes": 5})
    assert (response.status, decided["state"]) == (200, "shortened")
    _, agenda = await host.get(f"/meetings/{meeting}/agenda")
    taken = next(each for each in agenda["segments"] if each["id"] == decided["segment"])
    assert (taken["minutes"], taken["ride"]) == (5, True)
    response, gone = await guest.post(f"{path}/{made['id']}", {"act": "withdraw"})
    assert (response.status, gone["state"]) == (200, "withdrawn")
    assert (await guest.get(f"{path}/{made['id']}"))[1]["state"] == "withdrawn"


async def test_more_than_is_free_is_not_claimed(browsers: Browsers, app: web.Application) -> None:
    host, guest = await programme(browsers, "coordinator"), await programme(browsers, "dept-05")
    meeting = await hosted(app, host)
    _, agenda = await host.get(f"/meetings/{meeting}/agenda")
    response, problem = await guest.post(
        f"/meetings/{meeting}/claims", {"title": "x", "minutes": agenda["free"] + 1}, accept_language="en"
    )
    assert (response.status, problem["code"]) == (409, "claim.no_room")
    assert str(agenda["free"]) in problem["detail"]


async def test_attendance_of_a_held_meeting_is_summed_up(browsers: Browsers, app: web.Application) -> None:
    await with_meetings(app, browsers)
    caller = await programme(browsers, "coordinator")
    _, ended = await caller.get("/meetings?state=ended&limit=200")
    number = ended["items"][-1]["id"]
    response, found = await caller.get(f"/meetings/{number}/attendance")
    assert response.status == 200
    assert sum(found["counts"].values()) >= len(found["sites"]) > 0
    _, own = await (await programme(browsers, "site-04")).get(f"/meetings/{number}/attendance")
    assert [each["seat"] for each in own["sites"]] == [4]
    _, coming = await caller.get("/meetings?state=planned&limit=1")
    response, problem = await caller.get(f"/meetings/{coming['items'][0]['id']}/attendance")
    assert (response.status, problem["code"]) == (409, "attendance.not_begun")
