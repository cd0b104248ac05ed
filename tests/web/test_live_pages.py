"""Pages, the object, tokens and webhooks of meetings over HTTP."""

from __future__ import annotations

import json

import pytest
from aiohttp import web
from livekit.api import TokenVerifier

from tests.web.browser import PAGE
from tests.web.conftest import Browsers
from tests.web.live import Stage, prepare
from web import keys


@pytest.fixture
async def stage(app: web.Application, browsers: Browsers) -> Stage:
    return await prepare(app, browsers)


async def open_page(stage: Stage, username: str, path: str, language: str = "zh-CN") -> tuple[int, str]:
    browser = await stage.browser(username)
    response = await browser.client.get(path, headers={**PAGE, "Accept-Language": language})
    return response.status, await response.text()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("username", ["chair", "site-04", "dept-03", "leader"])
async def test_the_list_and_every_meeting_s_page_open(stage: Stage, username: str, language: str) -> None:
    status, text = await open_page(stage, username, "/meetings", language)
    assert status == 200
    assert f'href="/meetings/{stage.number}"' in text
    for listed in await stage.meetings.listings():
        status, text = await open_page(stage, username, f"/meetings/{listed.id}", language)
        part = username != "site-04" or listed.sites == 33 or 4 in (3, 4, 8, 12, 13, 14, 19, 23, 29)
        assert status == (200 if part else 404)
        assert listed.title in text


async def test_a_live_meeting_shows_who_is_in_and_whom_to_call(stage: Stage) -> None:
    await stage.act("chair", "state", {"act": "start"})
    await stage.join("site-01", "site-02")
    status, text = await open_page(stage, "operator", f"/meetings/{stage.number}")
    assert status == 200
    assert "在线 2 / 33" in text
    assert "199 0000 0103" in text
    status, text = await open_page(stage, "dept-03", f"/meetings/{stage.number}")
    assert "199 0000 0103" not in text
    assert "您的部分" in text


@pytest.mark.parametrize(("page", "who", "others"), [("console", "chair", "site-01"), ("wall", "operator", "leader")])
async def test_the_main_venue_s_windows_are_for_chair_and_operator(
    stage: Stage, page: str, who: str, others: str
) -> None:
    status, text = await open_page(stage, who, f"/meetings/{stage.number}/{page}")
    assert status == 200
    assert '"version": 1' in text
    assert (await open_page(stage, others, f"/meetings/{stage.number}/{page}"))[0] == 403


async def test_a_site_s_window_is_for_its_account(stage: Stage) -> None:
    status, text = await open_page(stage, "site-29", f"/meetings/{stage.number}/site")
    assert status == 200
    assert 'data-site="site-29"' in text
    assert (await open_page(stage, "chair", f"/meetings/{stage.number}/site"))[0] == 403


@pytest.mark.parametrize("number", ["0", "999", "x", "1e3", "٣", "9" * 30])
async def test_what_is_no_meeting_is_not_found(stage: Stage, number: str) -> None:
    for page in ("", "/console", "/live.json"):
        assert (await open_page(stage, "chair", f"/meetings/{number}{page}"))[0] == 404


async def test_the_object_is_sent_once_while_nothing_changes(stage: Stage) -> None:
    browser = await stage.browser("site-01")
    path = f"/meetings/{stage.number}/live.json"
    first = await browser.client.get(path)
    assert (await first.json())["sites"]["site-29"]["name"] == "棠梨里"
    mark = first.headers["ETag"]
    again = await browser.client.get(path, headers={"If-None-Match": mark})
    assert (again.status, again.headers["ETag"]) == (304, mark)
    await stage.act("chair", "state", {"act": "start"})
    changed = await browser.client.get(path, headers={"If-None-Match": mark})
    assert changed.status == 200
    assert (await changed.json())["state"] == "live"


async def test_operators_and_their_telephones_are_for_those_in_the_meeting(stage: Stage) -> None:
    assert (await stage.live("site-01"))["sites"]["site-04"]["phone"] == "199 0000 0104"
    outside = (await stage.live("dept-03"))["sites"]["site-04"]
    assert (outside["operator"], outside["phone"], outside["name"]) == ("", "", "云杉里")


async def test_each_account_enters_as_what_it_is(stage: Stage) -> None:
    config = stage.app[keys.CONFIG]
    verifier = TokenVerifier(config.livekit_api_key, config.livekit_api_secret)
    for who, wanted, identity in (
        ("site-04", {}, "site-04"),
        ("site-04", {"as": "site"}, "site-04"),
        ("chair", {}, "console-chair"),
        ("operator", {"as": "main"}, "main"),
        ("chair", {"as": "wall"}, "wall-1"),
        ("operator", {"as": "wall"}, "wall-2"),
    ):
        status, answer = await stage.act(who, "token", wanted)
        assert status == 200
        assert (answer["identity"], answer["room"]) == (identity, f"meeting-{stage.number}")
        assert answer["url"].startswith("ws://127.0.0.1:")
        claims = verifier.verify(answer["token"])
        assert claims.identity == identity
        assert claims.video
        assert claims.video.room == answer["room"]
        if identity == "site-04":
            assert claims.name == "云杉里"
            assert claims.attributes == {"gate.microphone": "closed"}


@pytest.mark.parametrize(
    ("who", "wanted", "expected"),
    [
        ("site-01", {"as": "main"}, 403),
        ("site-01", {"as": "console"}, 403),
        ("site-01", {"as": "wall"}, 403),
        ("chair", {"as": "site"}, 403),
        ("leader", {}, 403),
        ("dept-01", {}, 403),
        ("chair", {"as": "site-02"}, 422),
        ("chair", {"as": ["main"]}, 422),
    ],
)
async def test_nobody_enters_as_somebody_else(stage: Stage, who: str, wanted: object, expected: int) -> None:
    status, answer = await stage.act(who, "token", wanted)
    assert status == expected
    assert "token" not in answer


async def test_nobody_enters_a_meeting_that_is_over(stage: Stage) -> None:
    await stage.act("chair", "state", {"act": "start"})
    await stage.act("chair", "state", {"act": "end"})
    assert (await stage.act("site-01", "token", {}))[1]["code"] == "meeting.over"


async def test_a_token_can_be_asked_for_without_a_body(stage: Stage) -> None:
    browser = await stage.browser("site-01")
    answer = await browser.client.post(f"/meetings/{stage.number}/token", headers={"X-CSRF-Token": browser.csrf})
    assert (await answer.json())["identity"] == "site-01"


async def test_what_the_media_server_tells_is_written_once(stage: Stage) -> None:
    joined = stage.event("participant_joined", "site-01")
    for _ in range(3):
        assert await stage.hook(joined) == 200
    first = await stage.live()
    assert first["sites"]["site-01"]["joined_at"]
    await stage.hook({**joined, "id": "EV_other"})
    assert (await stage.live())["revision"] == first["revision"]
    await stage.hook(stage.event("participant_left", "site-01"))
    assert (await stage.live())["sites"]["site-01"]["left_at"]


async def test_the_main_venue_is_seen_to_come_and_walls_are_nobody_s_attendance(stage: Stage) -> None:
    before = (await stage.live())["revision"]
    await stage.hook(stage.event("participant_joined", "wall-1"))
    await stage.hook(stage.event("participant_joined", "console-chair"))
    await stage.hook(stage.event("track_published", "site-01"))
    assert (await stage.live())["revision"] == before
    await stage.hook(stage.event("participant_joined", "main"))
    assert (await stage.live())["main"]["online"] is True


async def test_a_room_that_began_anew_has_nobody_of_the_old_one(stage: Stage) -> None:
    await stage.hook(stage.event("room_started"))
    await stage.join("site-01")
    await stage.hook(stage.event("room_started", room="RM_2"))
    assert (await stage.live())["sites"]["site-01"]["left_at"]
    await stage.hook(stage.event("participant_joined", "site-01", sid="PA_2", room="RM_2"))
    await stage.hook(stage.event("room_finished", room="RM_1"))
    assert (await stage.live())["sites"]["site-01"]["left_at"] is None


async def test_a_notice_that_is_not_the_media_server_s_is_refused(stage: Stage) -> None:
    event = stage.event("participant_joined", "site-01")
    assert await stage.hook(event, secret="x" * 40) == 401
    assert await stage.hook(event, body=json.dumps({**event, "id": "EV_forged"})) == 401
    browser = await stage.browser("chair")
    for headers in ({}, {"Authorization": "nonsense"}, {"Authorization": "Bearer a.b.c"}):
        answer = await browser.client.post("/hooks/livekit", data=b"{}", headers=headers)
        assert answer.status == 401
    assert (await stage.live())["sites"]["site-01"]["joined_at"] is None


async def test_a_notice_about_no_meeting_of_ours_is_taken_and_forgotten(stage: Stage) -> None:
    for room in ("lobby", "meeting-0", "meeting-999", "meeting-1x"):
        event = stage.event("participant_joined", "site-01")
        event["room"]["name"] = room
        assert await stage.hook(event) == 200


async def test_a_signed_notice_that_is_no_notice_is_refused(stage: Stage) -> None:
    assert await stage.hook({"event": 7, "room": "x"}) == 401
