"""Requests for the last of a quota, over HTTP, at two web processes at once: exactly what is left is granted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session as Db

from meetinghub.asking import store as requests
from meetinghub.asking.audience import Audience
from meetinghub.asking.wish import Item, Kind, Own, Wish
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.meetings import store as meetings
from meetinghub.people import store as people
from meetinghub.people.model import Role
from quotas import store as quotas
from quotas.period import Period, bounds
from quotas.policy import Quota, Status
from tests.flows.product import Product
from tests.flows.racing import Person, signed_in, two_webs

LEFT, USED = 3, 2
TITLE = "垃圾清运现场会"
CLERK = "dept-03"


def prepared(database_url: str, count: int) -> list[int]:
    """A rule that leaves the clerk's department so many sittings in the next quarter, and drafts for one each."""
    now = datetime.now(UTC)
    _, quarter = bounds(Period.QUARTER, now.astimezone(SHANGHAI).date())
    drafts = [wish(quarter + timedelta(days=10 + number % 50)) for number in range(count)]

    def write(db: Db) -> list[int]:
        number = quotas.add_version(db, [Quota("line-quota", limit=LEFT + USED)], note="", by="coordinator", now=now)
        values = {"status": Status.ACTIVE.value, "effective_from": quarter, "switched_on_at": now}
        assert quotas.change_version(db, number, revision=0, values=values)
        known = people.account_named(db, CLERK)
        assert known is not None
        department = known[0].department
        assert department is not None
        return [requests.add(db, each, by=CLERK, department=department, now=now) for each in drafts]

    database = Database(database_url)
    try:
        return database.write_now(write)
    finally:
        database.close()


def wish(day: date) -> Wish:
    start = datetime.combine(day, hour(10), SHANGHAI).astimezone(UTC)
    own = Own(start, "302 会议室", video=True, chair="chair", items=(Item("点位调整", "沈若琳", 30),))
    asked = Wish(TITLE, "逐点核对", Kind.DISCUSSION, Audience((Role.LINE_WORKER,), None, "民政"), 30, day, day)
    return replace(asked, declined="要现场看，拼会不合适", own=own)


async def submitted(person: Person, web: Product, draft: int) -> tuple[int, dict[str, Any]]:
    status, body = await person.post(web, f"/ask/{draft}/submit", accept="application/json")
    return status, json.loads(body)


@pytest.mark.parametrize("count", [20, 200])
async def test_of_many_requests_for_the_last_three_exactly_three_become_meetings(
    tmp_path: Path, database_url: str, count: int
) -> None:
    with two_webs(tmp_path, database_url) as webs:
        drafts = prepared(database_url, count + USED)
        async with signed_in(webs[0], CLERK) as clerk:
            before = [await submitted(clerk, webs[0], draft) for draft in drafts[:USED]]
            assert [status for status, _ in before] == [201] * USED
            answers = await asyncio.gather(
                *(submitted(clerk, webs[place % 2], draft) for place, draft in enumerate(drafts[USED:]))
            )
    granted = [body for status, body in answers if status == 201]
    refused = [body for status, body in answers if status == 409]
    assert (len(granted), len(refused)) == (LEFT, count - LEFT)
    planned = {body["meeting"] for _, body in before} | {body["meeting"] for body in granted}
    assert len(planned) == LEFT + USED
    for body in refused:
        (finding,) = (each for each in body["findings"] if each["broken"])
        assert (finding["kind"], finding["used"], finding["limit"]) == ("quota", 500, 500)
        assert {row["meeting"] for row in finding["rows"]} == planned
    database = Database(database_url)
    listed = database.read_now(meetings.listings, titled=TITLE)
    assert {each.id for each in listed} == planned
    for meeting in planned:
        assert len(database.read_now(quotas.parts_of, meeting)) == 1
    database.close()
