"""Roll call over HTTP: a site's list of its people, and what the main venue does about those who have not answered."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.store import SitePlan
from tests.web.conftest import Browsers
from tests.web.live import Stage, prepare

MINE = "site-29"  # 棠梨里, whose people have names of their own in the demonstration


@pytest.fixture
async def stage(app: web.Application, browsers: Browsers) -> Stage:
    """Started, with three sites in it."""
    prepared = await prepare(app, browsers)
    assert (await prepared.act("chair", "state", {"act": "start"}))[0] == 200
    await prepared.join(MINE, "site-01", "site-02")
    return prepared


async def listed(stage: Stage, site: str, language: str = "zh-CN") -> dict[str, Any]:
    browser = await stage.browser(site)
    response = await browser.client.get(
        f"/meetings/{stage.number}/roster.json", headers={"Accept-Language": language, "Accept": "application/json"}
    )
    assert response.status == 200
    found: dict[str, Any] = await response.json()
    return found


async def test_a_site_finds_its_own_people_with_whoever_is_called_ticked(stage: Stage) -> None:
    found = next(each for each in await stage.meetings.listings(states=(State.PLANNED,)) if "消防" in each.title)
    stage.number = found.id  # calls those who answer for its line, and property managers; the first of its kind
    listing = await listed(stage, MINE)
    people = [(each["name"], each["role"], each["ticked"]) for each in listing["people"]]
    assert people[:5] == [
        ("程望舒", "书记", False),
        ("祁安然", "主任", False),
        ("罗景行", "副主任", False),
        ("殷知夏", "平安", True),
        ("卫怀瑾", "民政", False),
    ]
    assert [name for name, _, ticked in people if ticked] == ["殷知夏", "贺清越"]
    assert len(people) == 10
    assert (listing["guests"], listing["answered_at"], listing["source"]) == (0, None, "audience")
    english = await listed(stage, MINE, "en")
    assert [each["role"] for each in english["people"]][:2] == ["Secretary", "Director"]


async def test_one_act_answers_for_a_site_and_is_remembered_in_the_next_meeting(stage: Stage) -> None:
    numbers = [each["id"] for each in (await listed(stage, MINE))["people"]]
    answer = {"people": numbers[:8], "guests": 1, "excused": [{"id": numbers[9], "reason": "training"}]}
    assert (await stage.act(MINE, "roster", answer))[0] == 200
    site = (await stage.live(MINE))["sites"][MINE]
    assert site["headcount"] == 9
    assert site["answered_at"]
    again = await listed(stage, MINE)
    assert [each["ticked"] for each in again["people"]] == [True] * 8 + [False] * 2
    assert again["people"][9]["excused"] == "training"
    assert (again["guests"], bool(again["answered_at"]), again["source"]) == (1, True, "answer")

    meeting = (await stage.meetings.current(stage.number)).meeting
    places = [SitePlan(each.committee_id, each.operator, each.phone) for each in meeting.sites]
    stage.number = await stage.meetings.plan(meeting, places, "host")
    later = await listed(stage, MINE)
    assert [each["ticked"] for each in later["people"]] == [True] * 8 + [False] * 2
    assert (later["guests"], later["answered_at"], later["source"]) == (0, None, "last_time")
    assert later["people"][9]["excused"] is None


async def test_a_site_names_nobody_of_another_committee(stage: Stage) -> None:
    theirs = [each["id"] for each in (await listed(stage, "site-01"))["people"]]
    before = (await stage.live())["revision"]
    for body in ({"people": theirs[:1]}, {"people": [], "excused": [{"id": theirs[0], "reason": "leave"}]}):
        status, answer = await stage.act(MINE, "roster", body)
        assert (status, "本居委会" in "".join(answer["fields"].values())) == (422, True)
    assert (await stage.live())["revision"] == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"people": "all"},
        {"people": [True]},
        {"people": ["1"]},
        {"people": [10**30]},
        {"people": [1] * 501},
        {"people": [], "guests": -1},
        {"people": [], "guests": 501},
        {"people": [], "guests": 2.5},
        {"people": [], "excused": {}},
        {"people": [], "excused": [1]},
        {"people": [], "excused": [{"id": "1", "reason": "leave"}]},
    ],
)
async def test_a_list_that_cannot_be_used_is_refused_with_words(stage: Stage, body: dict[str, Any]) -> None:
    before = (await stage.live())["revision"]
    status, answer = await stage.act(MINE, "roster", body)
    assert status == 422
    assert all(text and "." not in text for text in answer["fields"].values())
    assert (await stage.live())["revision"] == before


async def test_the_main_venue_opens_reminds_counts_excuses_and_closes(stage: Stage) -> None:
    assert (await stage.act("operator", "roll", {"act": "open"}))[0] == 200
    await stage.act(MINE, "roster", {"people": [], "guests": 3})
    assert (await stage.act("chair", "roll", {"act": "count", "site": "site-30", "headcount": 8}))[0] == 200
    assert (await stage.act("chair", "roll", {"act": "excuse", "site": "site-31", "reason": "换届选举"}))[0] == 200
    assert (await stage.act("operator", "roll", {"act": "remind"}))[0] == 200
    snap = await stage.live()
    assert snap["roll"]["opened_at"]
    assert (snap["roll"]["closed_at"], bool(snap["roll"]["reminded_at"])) == (None, True)
    assert {name for name, site in snap["sites"].items() if site["reminded_at"]} == {"site-01", "site-02"}
    assert snap["sites"]["site-30"]["headcount"] == 8
    assert snap["sites"]["site-31"]["excused"] == {"reason": "换届选举"}
    assert [each["act"] for each in snap["recent"]][:4] == ["remind", "excuse", "count", "roll_open"]
    assert snap["undo"] is None
    assert (await stage.act("chair", "roll", {"act": "remind", "site": "site-01"}))[0] == 200
    assert (await stage.act("chair", "roll", {"act": "unexcuse", "site": "site-31"}))[0] == 200
    assert (await stage.act("chair", "roll", {"act": "close"}))[0] == 200
    snap = await stage.live()
    assert snap["roll"]["closed_at"]
    assert snap["sites"]["site-31"]["excused"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"act": "dance"}, 422),
        ({"act": "remind", "site": 4}, 422),
        ({"act": "remind", "site": "site-33"}, 409),
        ({"act": "remind", "site": "main"}, 404),
        ({"act": "count", "site": "site-01", "headcount": "8"}, 422),
        ({"act": "count", "site": "site-01", "headcount": 1000}, 422),
        ({"act": "count", "site": "site-01"}, 422),
        ({"act": "excuse", "site": "site-01"}, 422),
        ({"act": "excuse", "site": "site-99", "reason": "x"}, 404),
    ],
)
async def test_what_cannot_be_done_is_refused_and_writes_nothing(
    stage: Stage, body: dict[str, Any], status: int
) -> None:
    before = (await stage.live())["revision"]
    found, answer = await stage.act("chair", "roll", body)
    assert (found, bool(answer["message"])) == (status, True)
    assert (await stage.live())["revision"] == before


async def test_nobody_else_calls_the_roll_or_answers_it(stage: Stage) -> None:
    before = (await stage.live())["revision"]
    for who in (MINE, "dept-03", "host", "leader", "coordinator", "admin"):
        assert (await stage.act(who, "roll", {"act": "open"}))[0] == 403
    for who in ("chair", "operator", "dept-03", "admin"):
        assert (await stage.act(who, "roster", {"people": []}))[0] == 403
        browser = await stage.browser(who)
        assert (await browser.client.get(f"/meetings/{stage.number}/roster.json")).status == 403
    assert (await stage.live())["revision"] == before


async def test_a_committee_that_takes_no_part_has_no_list_there(stage: Stage) -> None:
    few = next(each for each in await stage.meetings.listings(states=(State.PLANNED,)) if each.sites == 9)
    stage.number = few.id
    assert (await stage.act("site-01", "roster", {"people": []}))[0] == 404
    browser = await stage.browser("site-01")
    assert (await browser.client.get(f"/meetings/{few.id}/roster.json")).status == 404


async def test_after_the_end_the_list_is_closed(stage: Stage) -> None:
    await stage.act("chair", "state", {"act": "end"})
    status, answer = await stage.act(MINE, "roster", {"people": []})
    assert (status, answer["code"]) == (409, "roll.over")
    assert "更正" in answer["message"]


async def test_after_the_end_a_site_reads_what_the_meeting_was_for_it(stage: Stage) -> None:
    browser = await stage.browser(MINE)

    async def told() -> dict[str, Any]:
        response = await browser.client.get(f"/meetings/{stage.number}/summary.json")
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found

    await stage.act(MINE, "roster", {"people": [], "guests": 3})
    for act in ({"act": "call_on", "site": MINE}, {"act": "call_on", "site": "site-01"}):
        assert (await stage.act("chair", "floor", act))[0] == 200
    await stage.act("chair", "state", {"act": "end"})
    mine = await told()
    assert (mine["turns"], mine["drops"], mine["headcount"]) == (1, 0, 3)
    assert mine["joined_at"]
    browser = await stage.browser("site-05")
    absent = await told()
    assert (absent["turns"], absent["headcount"], absent["joined_at"], absent["status"]) == (0, None, None, "absent")
    browser = await stage.browser("chair")
    assert (await browser.client.get(f"/meetings/{stage.number}/summary.json")).status == 403
