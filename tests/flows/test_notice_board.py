"""The host office's board in a real browser: ordered by keyboard and by hand, merged, edited, returned, approved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page
from sqlmodel import Session as Db

from digest import item_store
from digest.item_service import Items
from digest.model import Audience, Kind, State, Wording
from meetinghub.db import Database
from meetinghub.files.shelf import Shelf
from meetinghub.ids import CommitteeId
from meetinghub.people import store as people
from tests.flows.product import Product, product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, true, windows
from tests.meetinghub.meetings.planned import SetClock

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NOW = "2026-11-19T10:00:00+08:00"
"""A Thursday: the issue of Monday, 23 November is open."""
WEDNESDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 30)
TWELVE = (Audience(frozenset(CommitteeId(each) for each in (1, 2, 3, 5, 8, 12, 13, 14, 15, 18, 20, 21))),)
SAID = (
    ("dept-04", Wording("入户排查独居老人用气安全", "逐户看软管和报警器。", Kind.ACTION, WEDNESDAY)),
    ("dept-03", Wording("独居老人冬季走访", "走访时一并看用气。", Kind.ACTION, WEDNESDAY)),
    ("dept-03", Wording("报高龄津贴未复核名单", "", Kind.ACTION, WEDNESDAY)),
    ("dept-04", Wording("老旧小区消防通道自查", "", Kind.ACTION, MONDAY, audiences=TWELVE)),
    ("dept-05", Wording("冬季流感疫苗接种点与时间", "接种点见附件。")),
    ("dept-06", Wording("沿河小区寒潮防汛值班表", audiences=TWELVE)),
    ("dept-07", Wording("区级文明小区评比不再收纸质材料")),
)
ORDER = "[...document.querySelectorAll('li.it h3')].map((each) => each.textContent.trim())"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("board"), MEETINGHUB_NOW=NOW) as running:
        asyncio.run(hand_in(running.folder))
        yield running


async def hand_in(folder: Path) -> None:
    """What departments wrote during the week, in the place of the demonstration's own items."""
    database, now = Database(f"sqlite:///{folder / 'data' / 'meetinghub.sqlite'}"), datetime.fromisoformat(NOW)

    def clear(db: Db) -> None:
        for each in item_store.all_of(db, (State.SUBMITTED, State.RETURNED)):
            item_store.note(db, each.id, State.WITHDRAWN, by="test", now=now)

    await database.write(clear)
    items = Items(database, SetClock(now), Shelf(folder / "data" / "files"))
    for department, wording in SAID:
        account = await database.read(people.account_named, department)
        assert account is not None
        await items.submit(await items.begin(account[0], wording), account[0])
    database.close()


async def titles(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(ORDER)
    return found


async def test_the_host_office_arranges_and_approves_an_issue(started: Product) -> None:
    async with windows(started.url) as opened:
        host = await opened.sign_in("host")
        await host.goto("/notice/board")
        assert await titles(host) == [wording.title for _, wording in SAID]
        await is_clean(host)

        # by keyboard: the button that was pressed keeps the focus, so it can be pressed again
        third = SAID[2][1].title
        await host.locator(f"[aria-label='前移「{third}」']").focus()
        for place in (1, 0):
            async with host.expect_navigation():
                await host.keyboard.press("Enter")
            assert (await titles(host))[place] == third
        assert await host.evaluate("document.activeElement.getAttribute('aria-label')") == f"后移「{third}」"

        # by hand: the last of all goes before the first that is only for information
        last, first = SAID[6][1].title, SAID[4][1].title
        grip = host.locator("li.it", has_text=last).locator("[data-grip]")
        await grip.hover()
        await host.mouse.down()
        box = await host.locator("li.it", has_text=first).bounding_box()
        assert box is not None
        await host.mouse.move(box["x"] + 20, box["y"] + 2, steps=8)
        async with host.expect_navigation():
            await host.mouse.up()
        assert (await titles(host))[4:] == [last, first, SAID[5][1].title]

        await host.click("text=合成一条")
        for title in (SAID[0][1].title, SAID[1][1].title):
            await host.locator("li.it", has_text=title).locator("[name=chosen]").check()
        await is_clean(host)
        await host.click("text=把选中的合成一条")
        await says(host, "main", "改动会让科室看到")
        await is_clean(host)
        await host.fill("[name=title]", "入户走访独居老人，查用气安全")
        await host.click("text=保存改动")
        await says(host, ".it--merged", "平安办 + 民政科")
        assert (await titles(host))[:2] == [third, "入户走访独居老人，查用气安全"]

        await host.locator("li.it a", has_text="老旧小区消防通道自查").click()
        await host.fill("[name=reason]", "请写明自查表交给谁。")
        await host.get_by_role("button", name="退回", exact=True).click()
        await says(host, "main", "请写明自查表交给谁。")

        await host.select_option("#pv", label="望春苑居委会")
        await says(host, ".view__foot", "共")
        await true(host, "document.querySelector('.view iframe').contentDocument === null")  # shut in
        frame = host.frame_locator(".view iframe")
        await frame.locator("text=入户走访独居老人，查用气安全").first.wait_for()
        await is_clean(host)

        await host.click("text=核定并冻结")
        await is_clean(host)
        await host.get_by_role("button", name="核定并冻结").click()
        await says(host, ".lead", "内容指纹")
        assert await host.locator(".it__mv button").count() == 0
        safety = await opened.sign_in("dept-04", size=(390, 844))
        await safety.goto("/notice")
        await says(safety, "main", "请写明自查表交给谁。")


@pytest.mark.parametrize(("language", "size"), [("zh-CN", (390, 844)), ("en", (1366, 768)), ("en", (390, 844))])
async def test_the_board_is_for_everybody(started: Product, language: str, size: tuple[int, int]) -> None:
    async with windows(started.url) as opened:
        host = await opened.sign_in("host", language=language, size=size)
        await host.goto("/notice/board")
        await is_clean(host)
