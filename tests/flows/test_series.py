"""A monthly meeting's whole way: asked for as one, approved, planned, moved from a date on, one called off; what the
quota has left and what a committee's calendar shows is right all along."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
import pytest
from playwright.async_api import Page

from meetinghub.clock import SHANGHAI
from tests.flows.product import product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.test_riding import fetched, own_feed, sends
from tests.flows.windows import says, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

MONDAY, ASKER = "2026-11-23T08:40:00+08:00", "dept-08"
TITLE = "电动自行车充电安全月度例会"


async def asks(page: Page) -> None:
    """The wizard, up to the check page: on the fourth Thursday of each month, four times."""
    await page.goto("/ask")
    await page.fill("[name=title]", TITLE)
    await page.fill("[name=purpose]", "每月核对各居委会的整改")
    await sends(page, "main form button")
    await page.check("[name=kind][value=discussion]")
    await sends(page, "main form button")
    await page.check("[name=roles][value=line_worker]")
    await sends(page, "main form .row__acts button")
    for name, value in (("minutes", "10"), ("first", "2026-11-26"), ("last", "2026-12-24")):
        await page.fill(f"[name={name}]", value)
    await sends(page, "main form .row__acts button")
    await page.fill("[name=declined]", "要逐条核对，别的会排不下")
    await sends(page, "form[action$='/rides'] button")
    await page.select_option("#repeat", "monthly-1")
    given = {"date": "2026-11-26", "time": "14:00", "count": "4", "place": "302 会议室"}
    item = {"item-1-title": "整改清单", "item-1-speaker": "田晚晴", "item-1-minutes": "30"}
    for name, value in (given | item).items():
        await page.fill(f"[name={name}]", value)
    await sends(page, "form[action$='/own'] .row__acts button")
    await says(page, "#times-h", "4")
    await is_clean(page)


async def token(page: Page) -> str:
    await page.goto("/account/tokens")
    await page.fill("[name=name]", "电子表格")
    await page.check("[name=scopes][value='usage:read']")
    await sends(page, "form[action='/account/tokens'] button")
    return await page.locator(".trouble__number").inner_text()


async def used(url: str, secret: str, day: str) -> float:
    """Of the department's quarter that holds ``day``."""
    headers = {"Authorization": f"Bearer {secret}"}
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/v1/usage?day={day}", headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
    (quota,) = [each for each in found["items"] if each["unit"] == "sittings"]
    return float(quota["used"])


def shown(text: str) -> dict[str, str]:
    """UID → when, of the series' meetings that a calendar still shows."""
    events = [
        each
        for each in icalendar.Calendar.from_ical(text).walk("VEVENT")
        if isinstance(each, icalendar.Event) and TITLE in str(each["SUMMARY"])
    ]
    found = {}
    for each in events:
        assert "RRULE" not in each
        start = each.start
        assert isinstance(start, datetime)
        if str(each.get("STATUS", "")) != "CANCELLED":
            found[str(each["UID"])] = f"{start.astimezone(SHANGHAI):%Y-%m-%d}"
    return found


async def test_a_monthly_meeting_from_asking_to_calling_one_off(tmp_path: Path) -> None:
    opening = product(tmp_path, MEETINGHUB_NOW=MONDAY)
    started = await asyncio.to_thread(opening.__enter__)
    try:
        async with windows(started.url) as opened:
            page = await opened.sign_in(ASKER)
            feed = await own_feed(await opened.sign_in("site-01"))
            secret = await token(page)
            before = [await used(started.url, secret, day) for day in ("2026-12-01", "2027-02-01")]

            async def counted() -> list[float]:
                now = [await used(started.url, secret, day) for day in ("2026-12-01", "2027-02-01")]
                return [one - other for one, other in zip(now, before, strict=True)]

            await asks(page)
            await sends(page, "form[action$='/submit'] button")
            assert await counted() == [2, 2], "held while somebody decides"
            number = page.url.rpartition("/")[2]
            coordinator = await opened.sign_in("coordinator")
            await coordinator.goto(f"/requests/{number}")
            await says(coordinator, "main", "每月第四个周四，共 4 次")
            await sends(coordinator, "[name=verdict][value=approve]")
            await page.goto(f"/requests/{number}")
            await sends(page, ".title-row a[href^='/series/']")
            await says(page, "main", "系列 4/4")
            await is_clean(page)
            first = shown(await fetched(feed))
            assert sorted(first.values()) == ["2026-11-26", "2026-12-24", "2027-01-28", "2027-02-25"]

            await sends(page, "main li:nth-child(2) a.button")
            await is_clean(page)
            await page.check("[name=scope][value=rest]")
            await page.fill("[name=date]", "2027-01-06")
            await page.fill("[name=reason]", "改到每月第一个星期三")
            await sends(page, "form[action$='/change'] button")
            await says(page, "main", "每月第一个周三，共 3 次")
            assert await counted() == [1, 3]
            later = shown(await fetched(feed))
            assert sorted(later.values()) == ["2026-11-26", "2027-01-06", "2027-02-03", "2027-03-03"]
            assert later.keys() == first.keys(), "each is the meeting it was, put off"

            await sends(page, "main li:nth-child(2) a.button")
            await page.fill("[name=off_reason]", "春节前不开会")
            await sends(page, "form[action$='/cancel'] button")
            await says(page, "main", "已取消")
            assert await counted() == [1, 2]
            assert sorted(shown(await fetched(feed)).values()) == ["2026-11-26", "2027-01-06", "2027-03-03"]
    finally:
        opening.__exit__(None, None, None)
