"""The meeting pages for everybody: axe finds nothing against WCAG 2.2 AA, in both languages, at the sizes we name."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.windows import AXE, says, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OUTSIDE = """() => [...document.querySelectorAll('button, h1, h2, b, time')].filter((e) => e.offsetParent
  && !e.closest('.sr') && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1))
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("for-all")) as running:
        yield running


async def is_clean(page: Page) -> None:
    """axe finds nothing, and nothing stands outside the window."""
    await page.evaluate(AXE.read_text() + ";null")
    found = await page.evaluate(
        f"axe.run(document, {{ runOnly: {json.dumps(RULES)} }}).then((all) => all.violations.map((one) =>"
        " [one.id, one.nodes.map((node) => node.html.slice(0, 200))]))"
    )
    assert found == []
    assert await page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_console_wall_and_room_are_accessible(started: Product, language: str) -> None:
    if not AXE.exists():
        pytest.fail("needs `npm ci` in web/client (make test does it)")
    number = planned(started)
    chinese = language == "zh-CN"
    async with windows(started.url) as opened:
        console = await opened.sign_in("operator", language=language)
        await console.goto(f"/meetings/{number}/console")
        await is_clean(console)
        room = await opened.sign_in("site-01", language=language)
        await room.goto(f"/meetings/{number}/site")
        await says(room, "#card", "进会前自检" if chinese else "Self-test before entering")
        await is_clean(room)
        await room.click("[data-key=enter]")
        await says(room, "#card", "会议还没开始" if chinese else "The meeting has not started")
        await is_clean(room)

        await console.click("[data-key=start-meeting]")
        await says(room, "#hand", "举手提问" if chinese else "Raise hand")
        await is_clean(room)
        await room.set_viewport_size({"width": 390, "height": 844})
        await is_clean(room)
        await room.click("#hand")
        await says(console, "#queue .first", "点名" if chinese else "floor")
        await is_clean(console)
        await console.set_viewport_size({"width": 1920, "height": 1080})
        await is_clean(console)
        for opener in ("#main-venue", "#layout", "#meeting", "#keys"):
            await console.click(opener)
            await is_clean(console)
            await console.keyboard.press("Escape")

        wall = await opened.sign_in("operator", size=(3840, 2160), language=language)
        await wall.goto(f"/meetings/{number}/wall")
        await says(wall, "#seats", "未接入" if chinese else "Absent")
        await is_clean(wall)


async def test_the_console_fits_an_office_screen_without_scrolling(started: Product) -> None:
    async with windows(started.url) as opened:
        for language in ("zh-CN", "en"):
            page = await opened.sign_in("operator", language=language)
            await page.goto(f"/meetings/{planned(started)}/console")
            size = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert size == [1366, 768]
