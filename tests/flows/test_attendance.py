"""From a meeting to its sheet and a correction of it, with the real worker, which is killed when it matters."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page

from meetinghub.demo import PASSWORD
from tests.flows.product import ROOT, Product, product
from tests.flows.test_floor import planned
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, windows
from tests.peers.pages import Account

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("attendance")) as running:
        yield running


@asynccontextmanager
async def account(started: Product, name: str) -> AsyncIterator[Account]:
    made = Account(started.url, name)
    await made.sign_in(PASSWORD)
    try:
        yield made
    finally:
        await made.close()


async def sealed(who: Account, number: int) -> dict[str, Any]:
    """Waits for the worker; the sheet as JSON."""
    for _ in range(900):
        found: dict[str, Any] = json.loads(await who.get(f"/meetings/{number}/attendance.json"))
        if found["sealed"] is not None:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("never sealed")


def verify(started: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "meetinghub", "verify", *arguments]
    return subprocess.run(command, cwd=ROOT, env=started.environ, capture_output=True, text=True, check=False)


async def correct(page: Page, **said: str) -> None:
    """Fill in the form under the sheet and send it."""
    for name, value in said.items():
        field = page.locator(f"#propose [name={name}]")
        if name in {"site", "status"}:
            await field.select_option(value)
        else:
            await field.fill(value)
    async with page.expect_navigation():
        await page.click("#propose button")


async def test_a_meeting_s_sheet_is_sealed_by_itself_and_corrected_by_two(started: Product) -> None:
    number = planned(started)
    path = f"/meetings/{number}/attendance"
    async with windows(started.url) as opened, account(started, "chair") as chair:
        host = await opened.sign_in("host")
        await host.goto(path)
        await says(host, "main", "会议还没有开始")
        await is_clean(host)

        await chair.act(f"/meetings/{number}/state", {"act": "start"})
        room = await opened.sign_in("site-29")
        await room.goto(f"/meetings/{number}/site")
        await room.click("[data-key=enter]")
        await room.wait_for_selector("#hand")
        await host.goto(path)
        await says(host, "main", "正在进行")
        await is_clean(host)
        await host.locator("#site-29 .said", has_text="未到").wait_for(state="detached", timeout=40_000)

        await chair.act(f"/meetings/{number}/state", {"act": "end"})
        started.kill("worker")
        started.start("worker")
        sheet = await sealed(chair, number)
        assert sheet["sites"]["site-29"]["status"] in {"present", "late", "brief"}
        assert sheet["sites"]["site-29"]["intervals"][-1]["ended_by"] == "meeting"
        assert sheet["sites"]["site-02"]["status"] == "absent"

        # the committee says what the sheet does not know, from its own line
        committee = await opened.sign_in("site-02")
        await committee.goto(path)
        assert await committee.locator("tbody tr").count() == 1
        await correct(committee, status="present", headcount="many", reason="用电话参会")
        await says(committee, ".errors", "人数请填数字")
        assert await committee.locator("[name=reason]").input_value() == "用电话参会"
        await is_clean(committee)
        await correct(committee, headcount="4")
        await says(committee, "#corrections", "等召集科室、党政办或主持人决定")
        assert await committee.locator("button[value=accept]").count() == 0

        # what the host proposes another has to decide
        await host.goto(f"{path}?site=site-03#propose")
        await correct(host, status="excused", reason="会场停电")
        await says(host, "#corrections", "要由另一个人决定")
        assert await host.locator("button[value=accept]").count() == 1  # the committee's, not its own

        await decides_both_from_the_first_page(await opened.sign_in("coordinator"))
        await committee.reload()
        await says(committee, "#site-02", "封存时：未到")
    checked = verify(started, "--paper", sheet["sealed"]["checkpoint"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert verify(started, "--paper", f"{sheet['sealed']['fact']}-0000-0000-0000-0000").returncode == 1


async def decides_both_from_the_first_page(coordinator: Page) -> None:
    """Accepts the committee's correction with one click and refuses the host's with a reason."""
    await says(coordinator, "#waiting-h", "等您决定")
    await coordinator.locator("li", has_text="青禾二村").get_by_text("看这条更正").click()
    await coordinator.locator("li", has_text="青禾二村").locator("button[value=accept]").click()
    await says(coordinator, "#site-02", "封存时：未到")
    await coordinator.locator("#corrections summary").click()
    await coordinator.locator("#corrections [name=reason]").fill("没有接到停电报告")
    await coordinator.click("button[value=refuse]")
    await says(coordinator, "#corrections", "不同意：没有接到停电报告")
    await coordinator.goto("/")
    assert await coordinator.locator("#waiting-h").count() == 0


async def test_a_worker_that_was_dead_at_the_end_seals_when_it_is_back(started: Product) -> None:
    number = planned(started)
    async with account(started, "chair") as chair:
        await chair.act(f"/meetings/{number}/state", {"act": "start"})
        started.kill("worker")
        await chair.act(f"/meetings/{number}/state", {"act": "end"})
        await asyncio.sleep(31)
        assert json.loads(await chair.get(f"/meetings/{number}/attendance.json"))["sealed"] is None
        for _ in range(3):  # killed again at whatever it is doing
            started.start("worker")
            await asyncio.sleep(1.5)
            started.kill("worker")
        started.start("worker")
        sheet = await sealed(chair, number)
    assert sheet["sealed"]["whole"]
    assert verify(started).returncode == 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
async def test_sheets_are_accessible_and_fit_every_screen(
    started: Product, language: str, size: tuple[int, int]
) -> None:
    async with windows(started.url) as opened:
        page = await opened.sign_in("host", language=language, size=size)
        for path in ("/", "/attendance", "/attendance?committee=31&show=late", "/meetings/2/attendance"):
            await page.goto(path)
            await is_clean(page)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert await page.locator("tbody tr").count() == 33
        own = await opened.sign_in("site-31", language=language, size=size)
        await own.goto("/meetings/2/attendance")
        await is_clean(own)
        await own.goto("/attendance")
        await is_clean(own)
