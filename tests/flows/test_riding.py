"""A department's matter, from asking to what it cost: it rides on the monthly meeting, is moved by the host, told by
mail and calendar, held live on its day, and found in minutes and burden."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
import pytest
from playwright.async_api import Page

from tests.flows.product import PROCESSES, ROOT, Product, product
from tests.flows.test_meeting_pages import enter, open_main
from tests.flows.windows import Windows, says, windows
from tests.meetinghub.mail.smtp import Inbox, inbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

MONDAY, WEDNESDAY = "2026-11-23T08:40:00+08:00", "2026-11-25T13:22:00+08:00"
ASKER, DEPARTMENT = "dept-08", "受理中心"
HOSTED = "居民区年末工作例会"
MATTER = "电动自行车充电安全"
ORDER = "() => [...document.querySelectorAll('[data-segment] h3')].map((each) => each.textContent)"
ALL_OF_IT = 60  # seconds for mails that are due


def on(started: Product, moment: str) -> None:
    """The same installation at another time: stopped, released and started as an operator would."""
    for name in list(started.running):
        started.kill(name, signal.SIGTERM)
    started.environ["MEETINGHUB_NOW"] = moment
    command = [sys.executable, "-m", "meetinghub", "migrate"]
    subprocess.run(command, cwd=ROOT, env=started.environ, check=True, capture_output=True)
    for name in PROCESSES:
        started.start(name)
    started.wait_ready()


async def sends(page: Page, selector: str) -> None:
    """Click what leads to another page."""
    async with page.expect_navigation():
        await page.click(selector)


async def asks(page: Page) -> None:
    """Through the wizard up to who already meets."""
    await page.goto("/ask")
    await page.fill("[name=title]", MATTER)
    await page.fill("[name=purpose]", "三栋楼的充电桩验收前，各居委会要先清点飞线")
    await sends(page, "main form button")
    await page.check("[name=kind][value=discussion]")
    await sends(page, "main form button")
    for role in ("secretary", "director"):
        await page.check(f"[name=roles][value={role}]")
    await says(page, "#count", "66")
    await sends(page, "main form button")
    await page.fill("[name=minutes]", "10")
    await page.fill("[name=first]", "2026-11-24")
    await page.fill("[name=last]", "2026-12-04")
    await sends(page, "main form button")


async def taken(box: Inbox, **wanted: str) -> Any:
    """Waits for a mail to ``to`` whose subject has ``subject``, the newest one; the message."""
    for _ in range(10 * ALL_OF_IT):
        for to, message in reversed(box.accepted):
            if to == wanted["to"] and wanted["subject"] in message["Subject"]:
                return message
        await asyncio.sleep(0.1)
    raise AssertionError(f"no mail {wanted}: {[(to, message['Subject']) for to, message in box.accepted]}")


def event(text: str, title: str) -> icalendar.Event:
    (found,) = [each for each in icalendar.Calendar.from_ical(text).walk("VEVENT") if title in str(each["SUMMARY"])]
    assert isinstance(found, icalendar.Event)
    return found


async def fetched(address: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        assert answer.status == 200
        return await answer.text()


async def own_feed(page: Page) -> str:
    """The address of the committee's calendar, made on its page."""
    await page.goto("/calendar")
    await sends(page, "form[action='/calendar'] button >> nth=0")
    return await page.input_value("#address")


async def rides(opened: Windows, asker: str) -> str:
    """The matter is claimed on the meeting that is held anyway; the meeting's address."""
    page = await opened.sign_in(asker)
    await asks(page)
    row = page.locator("li.ride", has_text=HOSTED)
    address = await row.locator("h2 a").get_attribute("href")
    assert address is not None
    async with page.expect_navigation():
        await row.locator("form button").click()
    await says(page, "main", "等召集科室接受")
    await says(page, "section", HOSTED)
    return address


async def takes_in(opened: Windows, address: str) -> None:
    """The host accepts the claim and moves it up by keyboard."""
    page = await opened.sign_in("host")
    await page.goto(f"{address}/agenda")
    row = page.locator(".claims li", has_text=MATTER)
    if await row.get_by_role("link").count():
        async with page.expect_navigation():
            await row.get_by_role("link").first.click()
    async with page.expect_navigation():
        await page.locator(".claims li.on", has_text=MATTER).locator("button[value=accept]").click()
    before = await page.evaluate(ORDER)
    async with page.expect_navigation():
        await page.locator(".seg", has_text=MATTER).locator("button[value^=up]").press("Enter")
    after = await page.evaluate(ORDER)
    assert after.index(MATTER) == before.index(MATTER) - 1


async def holds(opened: Windows, address: str) -> None:
    """Live on its day: the matter stands in the console's agenda, in the rooms', and its turn comes."""
    number = int(address.rpartition("/")[2])
    console = await open_main(opened, number)
    room = await enter(opened, number, "site-01")
    await says(console, "#agenda-bar", MATTER)
    await console.click("[data-key=start-meeting]")
    await says(room, "#day li", DEPARTMENT)
    current = console.locator("#agenda-bar li.now")
    for _ in range(10):
        before = await current.inner_text()
        if MATTER in before:
            break
        await console.click("[data-key=next]")
        await current.filter(has_not_text=before.splitlines()[0]).wait_for()
    await says(console, "#agenda-bar li.now", MATTER)
    await says(room, "#day li.now", DEPARTMENT)
    await console.click("[data-key=end]")
    await console.click("dialog .btn-main")
    await says(room, "#card", "会议结束，各位辛苦了")


async def writes(opened: Windows, asker: str, address: str) -> None:
    """The department writes down what was decided, the host publishes it, a committee takes note of it."""
    page = await opened.sign_in(asker)
    await page.goto(f"{address}/minutes/draft")
    form = page.locator("form[data-autosave]", has=page.locator("textarea"))
    await form.locator("[name=decisions]").fill("飞线清点表周五前报平安办")
    await form.locator("[name=task-0-text]").fill("清点本居委会的飞线")
    await form.locator("[name=task-0-owners]").fill("全体居委会")
    await form.locator("[name=task-0-due]").fill("2026-11-27")
    async with page.expect_navigation():
        await form.locator("button[value=save]").click()
    host = await opened.sign_in("host")
    await host.goto(f"{address}/minutes/draft")
    await sends(host, "#publish button")
    committee = await opened.sign_in("site-01")
    await says(committee, "main", "清点本居委会的飞线")
    await committee.goto(f"{address}/minutes")
    await says(committee, "main", "飞线清点表周五前报平安办")
    await sends(committee, "#taken button")
    await says(committee, "#taken", "知悉")


Costs = dict[str, tuple[int, int, int]]
"""Department → own sittings, items that rode, committees' attendances."""


async def costs(opened: Windows, *, more_than: Costs | None = None) -> Costs:
    """November's account, once it holds more sittings than it did."""
    page = await opened.sign_in("coordinator")
    for _ in range(240):
        await page.goto("/burden?period=2026-11")
        rows = await page.locator(".burden__departments tbody tr").all_inner_texts()
        found = {cells[0]: (int(cells[1]), int(cells[2]), int(cells[3])) for cells in map(str.split, rows)}
        if more_than is None or sum(each[0] for each in found.values()) > sum(each[0] for each in more_than.values()):
            return found
        await asyncio.sleep(0.5)
    raise AssertionError(f"never more than {more_than}")


async def test_a_matter_rides_on_another_s_meeting_from_asking_to_burden(tmp_path: Path) -> None:
    async with inbox() as box:
        environ = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}", "MAIL_FROM": "hub@street.example"}
        opening = product(tmp_path, MEETINGHUB_NOW=MONDAY, **environ)
        started = await asyncio.to_thread(opening.__enter__)
        try:
            async with windows(started.url) as opened:
                feed = await own_feed(await opened.sign_in("site-01"))
                address = await rides(opened, ASKER)
                before = await costs(opened)
                await takes_in(opened, address)
                told = await taken(box, to=f"{ASKER}@qinghewan.example", subject=MATTER)
                assert "已排进议程" in told.get_body(("plain",)).get_content()
                assert MATTER in str(event(await fetched(feed), HOSTED)["DESCRIPTION"])
                await taken(box, to="site-01.1@qinghewan.example", subject=HOSTED)
            await asyncio.to_thread(on, started, WEDNESDAY)
            async with windows(started.url) as opened:
                await holds(opened, address)
                await writes(opened, ASKER, address)
                after = await costs(opened, more_than=before)
            was = before.get("自治办", (0, 0, 0))
            assert after["自治办"] == (was[0] + 1, was[1], was[2] + 1), "its meeting was held, one committee came"
            assert after[DEPARTMENT] == (0, 1, 0), "who rides calls no sitting"
        finally:
            opening.__exit__(None, None, None)
