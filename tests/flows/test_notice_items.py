"""A department's editor in a real browser: it saves itself, takes what Word has on the clipboard, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.flows.product import Product, product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, true, windows

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WORD = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal { mso-style-parent: "" }</style></head>
<body><!--StartFragment--><p class=MsoNormal>各居委会：<o:p></o:p></p>
<p class=MsoListParagraph style='margin-left:21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Wingdings'><span style='mso-list:Ignore'>l<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>入户排查
独居老人用气安全</p>
<p class=MsoNormal>名单见<a href="https://example.org/list">共享表</a><script>window.ran = true</script></p>
<table><tr><td>联系人</td><td>沈若琳</td></tr></table><!--EndFragment--></body></html>
"""
KEPT = "各居委会：\n- 入户排查独居老人用气安全\n名单见[共享表](https://example.org/list)\n联系人 | 沈若琳"
PASTE = """
([kind, data]) => {
  const area = document.querySelector("textarea[name=text]");
  area.focus();
  const held = new DataTransfer();
  held.setData(kind, data);
  const paste = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
  if (area.dispatchEvent(paste)) document.execCommand("insertText", false, data);
}
"""
SAVED = "document.querySelector('[data-saved]').textContent.includes('已保存')"
TEXT = "textarea[name=text]"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("items")) as running:
        yield running


async def begin(page: Page) -> str:
    """A new draft's address."""
    await page.goto("/notice")
    async with page.expect_navigation():
        await page.get_by_role("button", name="写一条").click()
    return page.url


async def saved(page: Page, revision: int) -> None:
    await true(page, f"document.querySelector('#item [name=revision]').value === '{revision}' && {SAVED}")


async def test_an_item_is_written_pasted_saved_by_itself_and_handed_in(started: Product) -> None:
    async with windows(started.url) as opened:
        page = await opened.sign_in("dept-03")
        address = await begin(page)
        await is_clean(page)
        await page.fill("[name=title]", "入户排查独居老人用气安全")
        await saved(page, 2)
        await page.evaluate(PASTE, ["text/html", WORD])
        assert await page.input_value(TEXT) == KEPT
        assert await page.evaluate("window.ran") is None
        await says(page, "#preview li", "入户排查独居老人用气安全")
        await saved(page, 3)
        await page.check("[name=which][value=some]")
        await says(page, "#count", "0 个居委会")
        for name in ("青禾一村", "望春苑"):
            await page.get_by_label(name, exact=True).check()
        await says(page, "#count", "2 个居委会")
        await page.check("[name=kind][value=action]")
        await says(page, "#text-length", "/ 20000")
        async with page.expect_navigation():
            await page.get_by_role("button", name="提交").click()
        await says(page, ".errors", "请写哪天前办完")
        assert await page.input_value(TEXT) == KEPT
        await is_clean(page)
        await page.evaluate("document.querySelector('[name=due_on]').value = '2027-01-29'")
        async with page.expect_navigation():
            await page.get_by_role("button", name="提交").click()
        await says(page, ".lead", "已提交")
        await is_clean(page)
        await page.goto(f"{address}?lang=en")
        await says(page, ".lead", "Submitted")
        await is_clean(page)
        await page.goto("/notice")
        await is_clean(page)


async def test_two_windows_and_a_text_that_is_too_long_lose_nothing(started: Product) -> None:
    async with windows(started.url) as opened:
        first, second = await opened.sign_in("dept-04"), await opened.sign_in("dept-04", size=(390, 844))
        address = await begin(first)
        await second.goto(address)
        await first.fill(TEXT, "第一个窗口写的")
        await saved(first, 2)
        await second.fill(TEXT, "第二个窗口写的")
        await says(second, "[data-saved]", "您写的还没有保存")
        second.on("dialog", lambda dialog: dialog.accept())
        async with second.expect_navigation():
            await second.get_by_role("button", name="保存草稿").click()
        await says(second, "#stale-h", "别人也改了这一条")
        assert await second.input_value(TEXT) == "第二个窗口写的"
        assert await second.locator(".notice__stale del").inner_text() == "一"
        await is_clean(second)
        async with second.expect_navigation():
            await second.get_by_role("button", name="保存草稿").click()
        assert await second.input_value(TEXT) == "第二个窗口写的"
        long = "贴" * 200_000
        await second.evaluate(PASTE, ["text/plain", long])
        await says(second, "[data-saved]", "所以没有保存")
        await second.get_by_role("button", name="保存草稿").click()
        await says(second, "[data-saved]", "所以没有保存")
        assert len(await second.input_value(TEXT)) > len(long)
