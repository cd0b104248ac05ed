"""The acts of a live meeting over HTTP."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from meetinghub.meetings.lifecycle import State
from tests.web.conftest import Browsers
from tests.web.live import Stage, prepare


@pytest.fixture
async def stage(app: web.Application, browsers: Browsers) -> Stage:
    return await prepare(app, browsers)


@pytest.fixture
async def live(stage: Stage) -> Stage:
    """Started, with three sites in it."""
    status, _ = await stage.act("chair", "state", {"act": "start"})
    assert status == 200
    await stage.join("site-01", "site-02", "site-03")
    return stage


async def test_calling_a_raised_hand(live: Stage) -> None:
    assert await live.act("site-02", "hand", {"act": "raise", "topic": "项目经费能不能跨年使用？"}) == (
        200,
        {"revision": ANY},
    )
    status, answer = await live.act("operator", "floor", {"act": "call_on", "site": "site-02"})
    assert status == 200
    snap = await live.live("site-01")
    assert snap["revision"] == answer["revision"]
    assert snap["floor"]["site"] == "site-02"
    assert snap["hands"] == []
    assert snap["recent"][0]["by"] == "莫清和"
    assert snap["undo"] == {"act": "call_on", "site": "site-02", "segment": None}
    since, opens_at = (datetime.fromisoformat(snap["floor"][name]) for name in ("since", "opens_at"))
    assert opens_at - since == timedelta(seconds=3)


async def test_two_consoles_act_on_one_meeting(live: Stage) -> None:
    await asyncio.gather(
        live.act("chair", "floor", {"act": "call_on", "site": "site-01"}),
        live.act("operator", "floor", {"act": "call_on", "site": "site-02"}),
    )
    seen = await live.live("chair"), await live.live("operator")
    assert seen[0]["floor"] == seen[1]["floor"]
    assert {each["site"] for each in seen[0]["recent"][:2]} == {"site-01", "site-02"}
    await live.act("chair", "floor", {"act": "undo"})
    assert (await live.live())["floor"]["site"] != seen[0]["floor"]["site"]


@pytest.mark.parametrize(
    ("who", "what", "body"),
    [
        ("chair", "floor", {"act": "broadcast", "site": "site-01"}),
        ("chair", "floor", {"act": "stop_broadcast"}),
        ("chair", "floor", {"act": "mute_all"}),
        ("chair", "floor", {"act": "release"}),
        ("chair", "floor", {"act": "count_in", "seconds": 0}),
        ("site-01", "hand", {"act": "raise", "topic": ""}),
        ("site-01", "hand", {"act": "raise"}),
        ("site-01", "hand", {"act": "lower"}),
        ("chair", "hands", {"act": "lower_all"}),
        ("chair", "hands", {"act": "lower", "site": "site-01"}),
        ("chair", "agenda", {"act": "next"}),
        ("chair", "agenda", {"act": "grant", "minutes": 5}),
        ("chair", "agenda", {"act": "warn"}),
        ("chair", "state", {"act": "extend", "minutes": 10}),
        ("chair", "state", {"act": "end"}),
        ("chair", "chair", {"account": "operator"}),
        ("chair", "layout", {"layout": "single", "site": "site-01"}),
        ("chair", "layout", {"layout": "spotlight"}),
        ("site-03", "check", {"failed": ["camera"]}),
    ],
)
async def test_every_act_of_the_contract_is_taken(live: Stage, who: str, what: str, body: dict[str, Any]) -> None:
    assert await live.act(who, what, body) == (200, {"revision": ANY})


@pytest.mark.parametrize("how", ["done", "skip"])
async def test_a_site_gives_the_floor_back(live: Stage, how: str) -> None:
    await live.act("site-01", "hand", {"act": "raise", "topic": "经费"})
    await live.act("chair", "floor", {"act": "call_on", "site": "site-01"})
    assert (await live.act("site-02", "hand", {"act": how}))[1]["code"] == "floor.not_holding"
    assert (await live.act("site-01", "hand", {"act": how}))[0] == 200
    snap = await live.live()
    assert snap["floor"] is None
    assert [hand["site"] for hand in snap["hands"]] == (["site-01"] if how == "skip" else [])


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("floor", {"act": "dance"}),
        ("floor", {"act": "call_on"}),
        ("floor", {"act": "call_on", "site": 4}),
        ("floor", {"act": "count_in", "seconds": "3"}),
        ("floor", {"act": "count_in", "seconds": True}),
        ("floor", {"act": "count_in", "seconds": 11}),
        ("floor", {"act": "count_in", "seconds": 10**30}),
        ("floor", {}),
        ("floor", []),
        ("agenda", {"act": "grant", "minutes": 2.5}),
        ("agenda", {"act": "grant"}),
        ("state", {"act": "extend", "minutes": None}),
        ("chair", {"account": "dept-01"}),
        ("chair", {"account": ["chair"]}),
        ("chair", {}),
        ("layout", {"layout": "mosaic"}),
        ("layout", {"layout": "single"}),
    ],
)
async def test_what_cannot_be_used_is_refused_and_writes_nothing(live: Stage, what: str, body: object) -> None:
    before = (await live.live())["revision"]
    status, answer = await live.act("chair", what, body)
    assert status == 422
    assert answer["message"]
    assert answer["message"] != answer["code"]
    assert (await live.live())["revision"] == before


async def test_a_refusal_says_why_in_the_reader_s_language(live: Stage) -> None:
    status, answer = await live.act("chair", "floor", {"act": "call_on", "site": "site-33"})
    assert (status, answer["code"]) == (409, "floor.site_offline")
    assert answer["message"].startswith("这个会场没有连上")


async def test_postponing_needs_a_new_time_and_a_reason(stage: Stage) -> None:
    later = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    for body, wrong in (
        ({"act": "postpone"}, "starts_at"),
        ({"act": "postpone", "starts_at": "tomorrow", "reason": "检修"}, "starts_at"),
        ({"act": "postpone", "starts_at": "2026-11-26T14:00:00", "reason": "检修"}, "starts_at"),
        ({"act": "postpone", "starts_at": "2020-11-26T14:00:00Z", "reason": "检修"}, "starts_at"),
        ({"act": "postpone", "starts_at": later}, "reason"),
    ):
        status, answer = await stage.act("chair", "state", body)
        assert (status, list(answer["fields"])) == (422, [wrong])
    assert (await stage.act("chair", "state", {"act": "postpone", "starts_at": later, "reason": "检修"}))[0] == 200
    snap = await stage.live("site-01")
    assert (snap["state"], snap["reason"]) == ("postponed", "检修")
    assert (await stage.act("chair", "state", {"act": "start"}))[0] == 200


async def test_the_chair_hands_over(live: Stage) -> None:
    await live.act("chair", "chair", {"account": "operator"})
    assert (await live.live())["chair"] == {"account": "operator", "name": "莫清和"}


async def test_nobody_else_presses_the_buttons(live: Stage) -> None:
    before = (await live.live())["revision"]
    for who in ("site-01", "dept-03", "host", "leader", "coordinator", "admin"):
        for what, body in (("floor", {"act": "mute_all"}), ("state", {"act": "end"}), ("agenda", {"act": "next"})):
            assert (await live.act(who, what, body))[0] == 403
    for who in ("chair", "operator", "dept-03"):
        assert (await live.act(who, "hand", {"act": "raise", "topic": ""}))[0] == 403
    assert (await live.live())["revision"] == before


async def test_an_act_without_the_token_of_its_page_is_refused(live: Stage) -> None:
    browser = await live.browser("chair")
    for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": browser.csrf, "Sec-Fetch-Site": "cross-site"}):
        response = await browser.client.post(
            f"/meetings/{live.number}/floor", json={"act": "mute_all"}, headers=headers
        )
        assert response.status == 403


async def test_a_committee_that_takes_no_part_finds_nothing(live: Stage) -> None:
    few = next(each for each in await live.meetings.listings(states=(State.PLANNED,)) if each.sites == 9)
    live.number = few.id
    assert (await live.act("site-01", "token", {}))[0] == 404
    assert (await live.act("site-01", "hand", {"act": "raise", "topic": ""}))[0] == 404
    assert (await live.act("site-01", "check", {"failed": []}))[0] == 404
    browser = await live.browser("site-01")
    for page in ("", "/site", "/live.json"):
        assert (await browser.client.get(f"/meetings/{few.id}{page}")).status == 404


async def test_a_script_that_hammers_is_slowed_down(live: Stage) -> None:
    answers = [await live.act("site-01", "hand", {"act": "raise", "topic": str(turn)}) for turn in range(40)]
    assert 429 in {status for status, _ in answers}
    assert [status for status, _ in answers[:20]] == [200] * 20
    assert (await live.act("site-02", "hand", {"act": "raise", "topic": ""}))[0] == 200


class _Any:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, int)

    __hash__ = None  # type: ignore[assignment]


ANY = _Any()
