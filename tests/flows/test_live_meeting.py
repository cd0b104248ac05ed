"""A whole meeting in real browsers: the chair in the main venue, two committees, fake cameras, nothing else faked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, expect

from tests.flows.browser import ALLOWED, FAKE_CAMERA, SECONDS, Window, chromium, sign_in, until
from tests.flows.product import Product, product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = SECONDS * 1000


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("meeting")) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium(*FAKE_CAMERA, *ALLOWED) as running:
        yield running


async def open_console(browser: Browser, started: Product) -> Window:
    """The chair comes by 今天 and makes this computer the main venue."""
    console = await sign_in(browser, started.url, "chair")
    await console.page.get_by_role("link", name="进入").first.click()
    await console.page.wait_for_url("**/console")
    await console.page.get_by_role("button", name="打开主会场摄像头").click()
    await console.page.get_by_role("button", name="用这台电脑做主会场").click()
    await expect(console.page.locator("#main-venue")).to_contain_text("这台电脑是主会场", timeout=PATIENCE)
    await console.page.keyboard.press("Escape")
    return console


async def open_site(browser: Browser, started: Product, account: str) -> Window:
    site = await sign_in(browser, started.url, account)
    await site.page.get_by_role("link", name="进入").first.click()
    await site.page.wait_for_url("**/site")
    await site.page.get_by_role("button", name="进入会场").click()
    return site


async def louder(window: Window, than: dict[str, float]) -> bool:
    return any(energy > than.get(track, 0.0) + 0.01 for track, energy in (await window.sound()).items())


async def hears(window: Window) -> None:
    """Sound with energy in it goes on arriving."""
    start = await window.sound()
    await until(lambda: louder(window, start), f"{window.account} hears nothing")


async def hears_nothing_more(window: Window) -> None:
    start = await window.sound()
    await asyncio.sleep(2)
    assert not await louder(window, start), f"{window.account} still hears something"


async def test_a_meeting_from_its_start_to_its_end(browser: Browser, started: Product) -> None:
    console = await open_console(browser, started)
    one = await open_site(browser, started, "site-01")
    two = await open_site(browser, started, "site-02")
    page = console.page

    await page.get_by_role("button", name="开始会议").click()
    await expect(page.locator("#badge")).to_have_text("直播中", timeout=PATIENCE)
    for site in (one, two):
        await site.moving("#large")  # the main venue
        await site.moving("#self")
        await hears(site)

    await two.page.locator("#hand").click()
    await expect(page.locator("#queue")).to_contain_text("青禾二村", timeout=PATIENCE)
    await console.moving("#preview")  # only the console sees who is next
    await page.locator("#main-venue").click()
    await page.get_by_role("button", name="关主会场麦克风").click()  # now only the floor can be heard
    await page.keyboard.press("Escape")
    await asyncio.sleep(1)
    await hears_nothing_more(one)

    await page.get_by_role("button", name="点名，请青禾二村发言").click()
    await expect(two.page.locator("#turn")).to_be_visible(timeout=PATIENCE)  # 3-2-1
    await one.moving("#small")  # its picture is there at once, for the other room
    await console.moving("#small")
    await hears(one)  # and its voice after the count
    await hears(console)
    await expect(two.page.locator("#says")).to_contain_text("全场听得到您", timeout=PATIENCE)
    await expect(one.page.locator("#small-name")).to_have_text("青禾二村")

    await page.locator("#broadcast").click()
    await expect(page.locator("#broadcast")).to_contain_text("停止广播", timeout=PATIENCE)
    await expect(one.page.locator("#large-name")).to_have_text("青禾二村", timeout=PATIENCE)
    await one.moving("#large")

    await two.page.reload()  # in the middle of its turn: seat, floor and broadcast are as they were
    await expect(two.page.locator("#says")).to_contain_text("全场听得到您", timeout=PATIENCE)
    await one.moving("#large")
    await hears(one)

    await page.get_by_role("button", name="全体静音").click()
    await expect(two.page.locator("#says")).to_contain_text("麦克风已由主会场关闭", timeout=PATIENCE)
    await asyncio.sleep(1)
    await hears_nothing_more(one)

    await page.get_by_role("button", name="结束会议").click()
    await page.get_by_role("dialog").get_by_role("button", name="结束会议").click()
    for site in (one, two):
        await expect(site.page.locator("#card")).to_contain_text("会议结束", timeout=PATIENCE)
    for window in (console, one, two):
        assert window.failures == []
