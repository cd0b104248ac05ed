"""Roll call as people do it: the main venue asks, rooms look over a list and confirm once, the wall counts heads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, Route

from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import Windows, says, true, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OPEN = "#roster:not([hidden])"
CONFIRM = "[data-key=confirm-roster]"
SMALL = """
const devices = navigator.mediaDevices; // an empty page has none
const original = devices?.getUserMedia.bind(devices);
if (devices) devices.getUserMedia = (wanted) =>
  original({ ...wanted, video: wanted.video && { width: 160, height: 90 } });
"""
"""Small pictures: this is about lists, and five windows share a machine."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("roll")) as running:
        yield running


async def enter(opened: Windows, number: int, username: str, language: str = "zh-CN") -> Page:
    page = await opened.sign_in(username, language=language, script=SMALL)
    await page.goto(f"/meetings/{number}/site")
    await page.click("[data-key=enter]")
    await page.wait_for_selector("[data-key=sign-in-first]")
    return page


async def test_two_rooms_answer_one_is_reminded_and_answers_late(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        console = await opened.sign_in("operator")
        await console.goto(f"/meetings/{number}/console")
        first, second, third = [await enter(opened, number, name) for name in ("site-29", "site-02", "site-03")]
        await console.click("[data-key=start-meeting]")
        await says(console, "#roll", "0/33")

        # calling the roll opens the list in every room, without taking the keyboard
        await console.click("[data-key=roll-open]")
        for room in (first, second, third):
            await room.wait_for_selector(OPEN)
            await says(room, "#roster", "主会场正在点名签到")
        assert not await first.evaluate("document.getElementById('roster').contains(document.activeElement)")

        await ticks_one_excuses_one_and_counts_a_guest(first)
        await second.click(CONFIRM)
        await says(console, "#roll", "2/33")
        await says(console, "#roll", "已签到，6 人")
        await only_who_has_not_answered_is_reminded(console, third, (first, second))
        await the_main_venue_enters_what_it_was_told(console)
        await answers_through_a_network_that_is_down(third, console)

        await console.click("[data-key=roll-close]")
        await says(console, "[data-key=roll-open]", "重新签到")
        await is_counted_on_the_wall(opened, number)

        # afterwards each room reads what it was, and fills in nothing
        await console.click("[data-key=end]")
        await console.click("dialog .btn-main")
        await says(first, "#card", "不用再填表")
        await says(first, "#card .figures", "到会")
        await says(first, "#card .figures", "4 人")
        await says(first, "#card", "准时到会")


async def ticks_one_excuses_one_and_counts_a_guest(room: Page) -> None:
    await says(room, "#roster", "程望舒")
    boxes = room.locator("#roster li input")
    assert [await boxes.nth(index).is_checked() for index in range(3)] == [True, True, False]
    await boxes.nth(2).check()
    await room.locator("#roster li select").nth(9).select_option("training")
    await room.click("[aria-label=名单以外多一人]")
    await says(room, CONFIRM, "确认，4 人到会")
    await room.click(CONFIRM)
    await says(room, "#roster-open", "已签到 3/10 人")
    assert await room.locator("#roster").is_hidden()
    await says(room, "#self-count", "4 人")


async def only_who_has_not_answered_is_reminded(console: Page, late: Page, answered: tuple[Page, ...]) -> None:
    await late.click("[aria-label=收起名单]")
    await says(console, "[data-key=roll-remind]", "再提醒 1 个")
    await console.click("[data-key=roll-remind]")
    await late.wait_for_selector(OPEN)
    await says(late, "#roster", "主会场在等这里的人数")
    await says(console, "#roll", "提醒过）：")
    for room in answered:
        assert await room.locator("#roster").is_hidden()


async def the_main_venue_enters_what_it_was_told(console: Page) -> None:
    """One committee said its number by telephone, another is excused."""
    await console.click("#map li:nth-child(30) button")
    await console.click("[data-key=count]")
    await console.fill("#told-count", "8")
    await console.press("#told-count", "Enter")
    await says(console, "#roll", "3/33")
    await console.click("#map li:nth-child(31) button")
    await console.click("[data-key=excuse]")
    await console.fill("#excuse-why", "换届选举")
    await console.press("#excuse-why", "Enter")
    await says(console, "#roll", "请假 1：")
    await says(console, "#map li:nth-child(31)", "请假")


async def answers_through_a_network_that_is_down(room: Page, console: Page) -> None:
    async def cut(route: Route) -> None:
        await route.abort()

    await room.context.route("**/roster", cut)
    await room.click(CONFIRM)
    await says(room, "#roster", "连上后自动送出")
    await says(room, "#roster-open", "待送出")
    await room.reload()
    await says(room, "#roster-open", "待送出")
    await room.context.unroute("**/roster")
    await says(console, "#roll", "4/33")
    await says(room, "#roster-open", "已签到 2/10 人")


async def is_counted_on_the_wall(opened: Windows, number: int) -> None:
    wall = await opened.sign_in("chair", size=(1920, 1080))
    await wall.goto(f"/meetings/{number}/wall")
    await says(wall, "#facts", "16 人")
    await says(wall, "#seats li:nth-child(29) .seat-chip", "4 人")
    await says(wall, "#seats li:nth-child(31)", "请假")
    await wall.close()


async def test_a_late_room_finds_the_list_open_and_the_keyboard_does_it_all(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        console = await opened.sign_in("operator")
        await console.goto(f"/meetings/{number}/console")
        await console.click("[data-key=start-meeting]")
        await console.click("[data-key=roll-open]")
        await says(console, "[data-key=roll-close]", "结束签到")
        room = await opened.sign_in("site-01", script=SMALL)
        await room.goto(f"/meetings/{number}/site")
        await room.click("[data-key=enter]")
        await room.wait_for_selector(OPEN)
        await room.wait_for_selector(CONFIRM)
        await room.focus("#roster-title .btn")
        await room.keyboard.press("Escape")
        assert await room.locator("#roster").is_hidden()
        await true(room, "document.activeElement.id === 'roster-open'")
        await room.keyboard.press("Enter")
        await room.wait_for_selector(OPEN)
        await room.focus("#roster li:nth-child(3) input")
        await room.keyboard.press("Space")  # ticks, and raises no hand
        await room.focus("#guests")
        await room.keyboard.press("ArrowUp")
        await room.keyboard.press("Enter")
        await says(room, "#roster-open", "已签到 3/10 人")
        await says(console, "#roll", "已签到，4 人")
        assert await room.get_attribute("#hand", "aria-pressed") == "false"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_roll_call_is_accessible_in_both_languages(started: Product, language: str) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        console = await opened.sign_in("operator", language=language)
        await console.goto(f"/meetings/{number}/console")
        room = await enter(opened, number, "site-29", language)
        await is_clean(room)
        await console.click("[data-key=start-meeting]")
        await console.click("[data-key=roll-open]")
        await room.wait_for_selector(OPEN)
        await room.wait_for_selector(CONFIRM)
        await is_clean(room)
        await console.wait_for_selector("[data-key=roll-close]")
        await is_clean(console)
        size = await console.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [1366, 768]
        for opener in ("count", "excuse", "dial"):
            await console.click(f"[data-key={opener}]")
            await is_clean(console)
            await console.keyboard.press("Escape")
        await room.set_viewport_size({"width": 390, "height": 844})
        await is_clean(room)
        await console.set_viewport_size({"width": 1920, "height": 1080})
        await is_clean(console)
        await console.click("#tab-situation")
        await is_clean(console)
        await console.click("[data-key=end]")
        await console.click("dialog .btn-main")
        await room.wait_for_selector("#card .figures")
        await is_clean(room)
