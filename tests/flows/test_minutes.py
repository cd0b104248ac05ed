"""Minutes in a real browser: typed and saved in passing, published, taken note of, a task done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("minutes")) as running:
        yield running


async def past(page: Page) -> str:
    """The address of a meeting that is over and whose minutes the host has to write."""
    await page.goto("/")
    address = await page.locator("section", has_text="还没有纪要的会议").locator("a").first.get_attribute("href")
    assert address is not None
    return address.removesuffix("/draft")


async def test_minutes_save_themselves_are_published_and_come_back_done(started: Product, tmp_path: Path) -> None:
    async with windows(started.url) as opened:
        host = await opened.sign_in("host")
        address = await past(host)
        await host.goto(f"{address}/draft")
        form = host.locator("form[data-autosave]").first
        await form.locator("textarea[name=text]").fill("上月 12 件事项办结 11 件。")
        await form.locator("[name=task-0-text]").fill("上报走访名单")
        await form.locator("[name=task-0-owners]").fill("全体居委会、无此单位")
        await says(host, "form[data-autosave] [data-saved]", "草稿已保存")
        await says(host, "form[data-autosave] [data-note=task-0]", "找不到「无此单位」")
        await host.reload()
        assert await form.locator("textarea[name=text]").input_value() == "上月 12 件事项办结 11 件。"
        await is_clean(host)
        await form.locator("[name=task-0-owners]").fill("全体居委会")
        await form.locator("[name=decisions]").fill("年前完成走访。")
        await host.get_by_role("button", name="发布纪要").click()  # before the pause is over: nothing typed is left out
        await says(host, "main", "年前完成走访。")
        await is_clean(host)
        site = await opened.sign_in("site-04", size=(390, 844))
        await says(site, "main", "上报走访名单")
        await site.goto(address)
        await is_clean(site)
        async with site.expect_navigation():
            await site.get_by_role("button", name="知悉", exact=True).click()
        await says(site, "#taken", "已知悉")
        await site.goto("/tasks")
        await site.screenshot(path=tmp_path / "tasks.png")
        row = site.locator("main li", has_text="上报走访名单")
        await row.locator("[name=note]").fill("已送民政科")
        async with site.expect_navigation():
            await row.get_by_role("button", name="已办").click()
        await is_clean(site)
        await host.goto(address)
        await says(host, "#taken", "1 个已知悉")
        await says(host, "main", "已办 1")
    assert opened.errors == []
