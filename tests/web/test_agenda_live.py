"""What the host's board arranged is what the live meeting runs by."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from meetinghub import demo_meetings
from meetinghub.meetings import store
from meetinghub.meetings.lifecycle import State
from tests.web.conftest import Browsers
from web import keys
from web.agendas import AGENDAS


async def test_the_console_runs_the_segments_that_the_board_arranged(app: web.Application, browsers: Browsers) -> None:
    await browsers()
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()
    await database.write(partial(demo_meetings.fill, now=now, phone="1"))
    ahead = await database.read(partial(store.listings, since=now, states=(State.PLANNED,)))
    number = next(each.id for each in ahead if each.title == "居民区年末工作例会")
    chair = await browsers("chair")
    await chair.open(f"/meetings/{number}")
    live = f"/meetings/{number}/live.json"
    before = await (await chair.client.get(live)).json()
    plan = await app[AGENDAS].plan(number)
    claim = plan.waiting[0]
    host = await browsers("host")
    await host.open(f"/meetings/{number}/agenda")
    fields = {"seen": plan.mark, "act": "accept", "minutes": str(claim.minutes), "timing": "shift"}
    response, _ = await host.submit(f"/meetings/{number}/agenda/claims/{claim.id}", **fields)
    assert response.status == 200
    arranged = (await app[AGENDAS].plan(number)).agenda
    shown = (await (await chair.client.get(live)).json())["agenda"]
    assert len(shown) == len(before["agenda"]) + 1
    assert [(each["title"], each["minutes"]) for each in shown] == [(each.title, each.minutes) for each in arranged]

    headers = {"X-CSRF-Token": chair.csrf}
    for path, body in (
        ("state", {"act": "start"}),
        ("agenda", {"act": "next"}),
        ("agenda", {"act": "grant", "minutes": 5}),
    ):
        response = await chair.client.post(f"/meetings/{number}/{path}", json=body, headers=headers)
        assert response.status == 200, await response.text()
    running = (await (await chair.client.get(live)).json())["agenda"]
    (current,) = (each for each in running if each["state"] == "current")
    assert current["granted"] == 5
    assert [each["title"] for each in running] == [each.title for each in arranged]
