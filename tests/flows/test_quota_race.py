"""Requests for the last of a quota, over HTTP, at two web processes at once: exactly what is left is granted."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlmodel import Session as Db

from meetinghub import demo
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
from tests.flows.product import ROOT, START_SECONDS, Product, free_port, settings

LEFT, USED = 3, 2
TITLE = "垃圾清运现场会"
CLERK = "dept-03"


@contextmanager
def two_webs(folder: Path, database_url: str) -> Iterator[tuple[Product, Product]]:
    """The demonstration street behind two web processes on ports of their own; no media, no worker."""
    environ = settings(folder) | {"DATABASE_URL": database_url}
    webs = Product(folder, environ), Product(folder, environ | {"PORT": str(free_port())})
    for command in ("migrate", "demo"):
        subprocess.run(
            [sys.executable, "-m", "meetinghub", command], cwd=ROOT, env=environ, check=True, capture_output=True
        )
    try:
        for web in webs:
            web.start("web")
        until = time.monotonic() + START_SECONDS
        while any(web.status("/healthz") != 200 for web in webs):
            assert time.monotonic() < until, webs[0].logs()
            time.sleep(0.1)
        yield webs
    finally:
        for web in webs:
            web.kill("web")


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


async def submitted(client: aiohttp.ClientSession, web: Product, csrf: str, draft: int) -> tuple[int, dict[str, Any]]:
    """Hand a draft in; a database that is too busy to answer in time is asked again."""
    while True:
        headers = {"X-CSRF-Token": csrf, "Accept": "application/json"}
        async with client.post(f"{web.url}/ask/{draft}/submit", headers=headers) as response:
            if response.status != 503:
                return response.status, await response.json()


async def signed_in(client: aiohttp.ClientSession, web: Product) -> str:
    """The anti-forgery token of a session at this web."""
    async with client.get(f"{web.url}/sign-in") as response:
        token = _token(await response.text())
    form = {"csrf": token, "username": CLERK, "password": demo.PASSWORD}
    async with client.post(f"{web.url}/sign-in", data=form, headers={"Accept": "text/html"}) as response:
        assert response.status == 200
        return _token(await response.text())


def _token(page: str) -> str:
    return page.split('name="csrf" content="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize("count", [20, 200])
async def test_of_many_requests_for_the_last_three_exactly_three_become_meetings(
    tmp_path: Path, database_url: str, count: int
) -> None:
    with two_webs(tmp_path, database_url) as webs:
        drafts = prepared(database_url, count + USED)
        jar = aiohttp.CookieJar(unsafe=True)  # both webs answer on 127.0.0.1 and share the session
        limits = aiohttp.TCPConnector(limit=0)
        patience = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(cookie_jar=jar, connector=limits, timeout=patience) as client:
            csrf = await signed_in(client, webs[0])
            before = [await submitted(client, webs[0], csrf, draft) for draft in drafts[:USED]]
            assert [status for status, _ in before] == [201] * USED
            answers = await asyncio.gather(
                *(submitted(client, webs[place % 2], csrf, draft) for place, draft in enumerate(drafts[USED:]))
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
