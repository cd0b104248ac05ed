"""The host's board in a real browser: by mouse, by keyboard, and without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ORDER = "() => [...document.querySelectorAll('[data-segment] h3')].map((each) => each.textContent)"
OPENING, PARTY, PROJECTS, FIRE, CLOSING = (
    "开场与上月办理情况",
    "年度组织生活会准备",
    "居民自治项目申报",
    "冬季消防检查",
    "提问与小结",
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("agenda")) as running:
        yield running


async def board(page: Page) -> str:
    """Open the demonstration's board; its address."""
    await page.goto("/meetings")
    address = await page.locator(".row", has_text="居民区年末工作例会").locator("a").first.get_attribute("href")
    assert address is not None
    await page.goto(f"{address}/agenda")
    return f"{address}/agenda"


async def drag(page: Page, what: str, *, onto: str) -> None:
    """Hold a segment by its grip and let it go just above the middle of another."""
    grip = await page.locator(".seg", has_text=what).locator("[data-grip]").bounding_box()
    target = await page.locator(".seg", has_text=onto).bounding_box()
    held = await page.locator(".seg", has_text=what).bounding_box()
    assert grip is not None
    assert target is not None
    assert held is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    middle = target["y"] + target["height"] / 2 - held["height"] / 2
    await page.mouse.move(x, y + (middle - held["y"]) / 2)
    await page.mouse.move(x, y + middle - held["y"] - 6)
    async with page.expect_navigation():
        await page.mouse.up()


async def test_a_segment_moves_by_mouse_and_back_by_keyboard(started: Product) -> None:
    async with windows(started.url) as opened:
        page = await opened.sign_in("host")
        await board(page)
        assert await page.evaluate(ORDER) == [OPENING, PARTY, PROJECTS, FIRE, CLOSING]
        await is_clean(page)
        await drag(page, FIRE, onto=PARTY)
        assert await page.evaluate(ORDER) == [OPENING, FIRE, PARTY, PROJECTS, CLOSING]
        for _ in range(2):
            await page.locator(".seg", has_text=FIRE).locator("button[value^=down]").focus()
            async with page.expect_navigation():
                await page.keyboard.press("Enter")
        assert await page.evaluate(ORDER) == [OPENING, PARTY, PROJECTS, FIRE, CLOSING]
        await says(page, "#claims-h", "待答复 3 个认领")
        async with page.expect_navigation():
            await page.get_by_role("button", name="接受").press("Enter")
        await says(page, "#claims-h", "待答复 2 个认领")
        await says(page, "#segment-1, .seg", "冬季送温暖对象核对")
        await page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?lang=en")
        await is_clean(page)
