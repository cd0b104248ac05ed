"""Chair and operator lead one meeting, each at a console of one's own: both show the same, and the last act counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_floor import planned
from tests.flows.test_meeting_pages import enter
from tests.flows.windows import says, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FIRST, SECOND = "青禾一村", "青禾二村"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("consoles")) as running:
        yield running


async def call(console: Page, seat: int) -> None:
    await console.click(f"#map li:nth-child({seat}) button")
    await console.keyboard.press("Enter")


async def test_two_consoles_show_one_meeting_whoever_acts(started: Product) -> None:
    number = planned(started)
    async with windows(started.url) as opened:
        consoles = [await opened.sign_in(name, size=(1920, 1080)) for name in ("chair", "operator")]
        for console in consoles:
            await console.goto(f"/meetings/{number}/console")
        chair, operator = consoles
        rooms = [await enter(opened, number, name) for name in ("site-01", "site-02")]
        await operator.click("[data-key=start-meeting]")
        await says(chair, "#recent", "莫清和：")  # it was the operator
        for room in rooms:
            await says(room, "#hand", "举手提问")

        await call(chair, 1)
        for console in consoles:
            await says(console, "#small-caption", FIRST)
        await call(operator, 2)
        for console in consoles:
            await says(console, "#small-caption", SECOND)
        await chair.keyboard.press("z")  # takes back what the other one did
        for console in consoles:
            await says(console, "#small-caption", FIRST)

        await chair.click("[data-key=grant]")
        for console in consoles:
            await says(console, "#agenda-bar", "计划 30")

        await chair.click("#meeting")
        await says(chair, "dialog", "现在由季云帆主持")
        await chair.select_option("#chair-to", "operator")
        await chair.click("dialog form:has(#chair-to) button")
        await says(operator, "#recent", "交接主持")
        await operator.click("#meeting")
        await says(operator, "dialog", "现在由莫清和主持")
        await operator.click("dialog button:has-text('延长 15 分钟')")
        for console in consoles:
            await says(console, "#recent", "延长")
