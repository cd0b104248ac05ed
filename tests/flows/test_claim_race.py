"""Claims to the last free minutes of an agenda, over HTTP, at two web processes at once: only what is left is given."""

from __future__ import annotations

import asyncio
import html
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from meetinghub.agendas import store as agendas
from meetinghub.agendas.claims import Claim, State
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import ClaimMade
from meetinghub.meetings import service
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.meetings.store import SitePlan
from meetinghub.people import store as people
from tests.flows.racing import Person, signed_in, two_webs

MINUTES, LEFT, SPARE = 10, 3, 5
"""Each asks for so many; there is room for three, and five minutes more that are of no use to anybody."""
pytestmark = pytest.mark.timeout(900)
"""Two hundred pages of refusals take a busy machine a while."""
CLERK = "dept-03"
NO_ROOM = f"只剩 {SPARE} 分钟可以认领，放不下 {MINUTES} 分钟。"


def planned(database_url: str) -> int:
    """A meeting of another department in two weeks' time; its number."""
    now = datetime.now(UTC)

    def write(db: Db) -> int:
        host = people.account_named(db, "dept-05")
        assert host is not None
        department = host[0].department
        meeting = Meeting(
            id=0,
            title="冬季工作例会",
            host=host[0].unit,
            host_department_id=department,
            place="302 会议室",
            phone="",
            starts_at=now.replace(microsecond=0) + timedelta(days=14),
            chair="chair",
            audience=Audience(("secretary", "director")),
            sites=(),
            segments=(Segment(0, host[0].unit, "开场", "周启明", 20, None, department),),
            capacity=20 + LEFT * MINUTES + SPARE,
        )
        sites = [SitePlan(each.id, "", "") for each in people.committees(db)]
        return service.plan(db, meeting=meeting, sites=sites, now=now, actor="dept-05")

    database = Database(database_url)
    try:
        return database.write_now(write)
    finally:
        database.close()


def written(database_url: str, meeting: int) -> tuple[list[Claim], list[ClaimMade]]:
    """The claims there are, and the facts that speak of them."""
    database = Database(database_url)
    try:
        facts = [fact.payload for fact in database.read_now(ledger.of_meeting, meeting)]
        claims = database.read_now(agendas.claims, meeting)
    finally:
        database.close()
    return list(claims), [each for each in facts if isinstance(each, ClaimMade)]


@pytest.mark.parametrize("count", [20, 200])
async def test_of_many_claims_to_room_for_three_exactly_three_are_taken(
    tmp_path: Path, database_url: str, count: int
) -> None:
    with two_webs(tmp_path, database_url) as webs:
        meeting = planned(database_url)

        async def claim(person: Person, number: int) -> tuple[int, str]:
            form = {"title": f"第 {number} 件事", "speaker": "沈若琳", "minutes": str(MINUTES)}
            return await person.post(webs[number % 2], f"/meetings/{meeting}/agenda/claims", form)

        async with signed_in(webs[0], CLERK) as clerk:
            answers = await asyncio.gather(*(claim(clerk, number) for number in range(count)))
    refused = [page for status, page in answers if status == 409]
    assert ([status for status, _ in answers].count(303), len(refused)) == (LEFT, count - LEFT)
    assert all(NO_ROOM in html.unescape(page) for page in refused)
    claims, facts = written(database_url, meeting)
    assert [each.state for each in claims] == [State.CLAIMED] * LEFT
    assert [(each.claim, each.minutes) for each in facts] == [(each.id, MINUTES) for each in claims]
