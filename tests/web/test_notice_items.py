"""A department's items over HTTP: written, kept, handed in, taken back; what is wrong leaves everything in the form."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from aiohttp import FormData, web

from digest.text import LONGEST
from meetinghub.clock import SHANGHAI
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

ZH = {"Accept-Language": "zh-CN"}
JSON = {"Accept": "application/json", **ZH}


async def begun(browser: Browser) -> str:
    """A new draft's address."""
    await browser.open("/notice", **ZH)
    response, _ = await browser.submit("/notice/items")
    return response.url.path


def fields(app: web.Application, **other: str) -> dict[str, str]:
    due = app[keys.CLOCK].now().astimezone(SHANGHAI).date() + timedelta(days=30)
    said = {"title": "报名单", "text": "请报：\n- 姓名", "kind": "action", "due_on": due.isoformat(), "which": "all"}
    return {**said, "revision": "1", "link": "", **other}


async def send(browser: Browser, path: str, said: dict[str, str]) -> tuple[int, str]:
    browser.headers = {**browser.headers, **ZH}
    response, text = await browser.submit(path, **said)
    return response.status, text


async def test_an_item_is_written_handed_in_and_taken_back(browsers: Browsers, app: web.Application) -> None:
    clerk = await browsers("dept-03")
    path = await begun(clerk)
    status, text = await send(clerk, path, fields(app, do="save"))
    assert status == 200
    assert "33 个居委会" in text
    assert "<li>姓名</li>" in text
    status, text = await send(clerk, path, fields(app, revision="2", do="submit"))
    assert status == 200
    assert "收回修改" in text
    assert "textarea" not in text
    _, text = await clerk.open("/notice", **ZH)
    assert "报名单" in text
    assert "已提交" in text
    status, text = await send(clerk, f"{path}/withdraw", {})
    assert "textarea" in text
    _, text = await send(clerk, f"{path}/withdraw", {})
    assert "撤下的 1 条" in text
    _, text = await send(clerk, f"{path}/restore", {})
    assert "报名单" in text


async def test_what_is_wrong_is_said_and_everything_typed_stays(browsers: Browsers, app: web.Application) -> None:
    clerk = await browsers("dept-03")
    path = await begun(clerk)
    wrong = fields(app, title="", text="<script>alert(1)</script>", due_on="2026-02-30", do="submit")
    status, text = await send(clerk, path, wrong)
    assert status == 422
    assert "日期或时间写错了" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert 'value="2026-02-30"' in text
    status, text = await send(clerk, path, fields(app, title="", due_on="2020-01-01", do="submit"))
    assert status == 422
    assert "请写标题" in text
    assert "这个日期已经过了" in text
    assert "- 姓名" in text
    status, text = await send(clerk, path, fields(app, revision="2", which="some", do="submit"))
    assert "没有选到任何居委会" in text
    status, text = await send(
        clerk, path, fields(app, revision="3", link="page", address="javascript:alert(1)", do="submit")
    )
    assert "链接打不开" in text
    assert 'href="javascript:' not in text


async def test_a_second_window_loses_nothing(browsers: Browsers, app: web.Application) -> None:
    clerk = await browsers("dept-03")
    path = await begun(clerk)
    await send(clerk, path, fields(app, text="第一个窗口写的", do="save"))
    response = await clerk.client.post(
        path, data={"csrf": clerk.csrf, **fields(app, text="第二个窗口写的")}, headers=JSON
    )
    assert response.status == 409
    assert "还没有保存" in (await response.json())["message"]
    status, text = await send(clerk, path, fields(app, text="第二个窗口写的", do="save"))
    assert status == 409
    assert "别人也改了这一条" in text
    assert "第二个窗口写的</textarea>" in text
    assert "<del>一</del><ins>二</ins>" in text
    assert 'name="revision" value="2"' in text
    status, text = await send(clerk, path, fields(app, text="第二个窗口写的", revision="2", do="save"))
    assert status == 200
    assert "第二个窗口写的</textarea>" in text


async def test_a_script_saves_and_goes_on(browsers: Browsers, app: web.Application) -> None:
    clerk = await browsers("dept-03")
    path = await begun(clerk)
    said = {"csrf": clerk.csrf, **fields(app)}
    response = await clerk.client.post(path, data=said, headers=JSON)
    assert (await response.json())["revision"] == 2
    response = await clerk.client.post(path, data={**said, "text": "一" * (LONGEST + 1), "revision": "2"}, headers=JSON)
    assert response.status == 422
    assert "正文太长" in (await response.json())["fields"]["text"]
    said = {"csrf": clerk.csrf, **fields(app, title="另一个", which="some")}
    page = await (await clerk.client.post(f"{path}/preview", data=said, headers=ZH)).text()
    assert "另一个" in page
    assert 'hx-swap-oob="true"' in page
    assert "0 个居委会" in page
    _, text = await clerk.open(path)
    assert "另一个" not in text


@pytest.mark.timeout(120)
async def test_ten_megabytes_are_refused_in_words_and_are_still_there(browsers: Browsers, app: web.Application) -> None:
    clerk = await browsers("dept-03")
    path = await begun(clerk)
    pasted = "贴" * 3_400_000
    said = {"csrf": clerk.csrf, **fields(app, do="save", text=pasted)}
    parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in said.items())
    body = io.BytesIO(f"{''.join(parts)}--x--\r\n".encode())
    multipart = {**clerk.headers, **ZH, "Content-Type": "multipart/form-data; boundary=x"}
    response = await clerk.client.post(path, data=body, headers=multipart)
    text = await response.text()
    assert response.status == 422
    assert ("正文太长" in text) is True  # the page is not worth printing
    assert text.count("贴") >= len(pasted)
    assert ('name="revision" value="1"' in text) is True


async def test_attachments_are_kept_under_safe_names_and_never_run(browsers: Browsers, app: web.Application) -> None:
    clerk, other = await browsers("dept-03"), await browsers("dept-04")
    path = await begun(clerk)

    async def attach(data: bytes, name: str) -> tuple[int, str]:
        form = FormData({"csrf": clerk.csrf}, quote_fields=False)
        form.add_field("file", io.BytesIO(data), filename=name, content_type="text/html")
        response = await clerk.client.post(f"{path}/files", data=form, headers={**clerk.headers, **ZH})
        return response.status, await response.text()

    status, text = await attach(b"%PDF-1.7 one", "../../值班表.html.pdf")
    assert status == 200
    found = re.search(rf'{path}/files/(\d+)" download>([^<]*)<', text)
    assert found is not None
    assert found[2] == "值班表.html.pdf"
    response = await clerk.client.get(f"{path}/files/{found[1]}")
    assert await response.read() == b"%PDF-1.7 one"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert (await other.client.get(f"{path}/files/{found[1]}")).status == 404
    status, text = await attach(b"MZ\x90\x00", "a.pdf")
    assert status == 422
    status, text = await attach(b"%PDF-" + b"0" * (10 * 1024 * 1024), "b.pdf")
    assert status == 422
    assert "10 MB" in text
    _, text = await send(clerk, f"{path}/files/{found[1]}/remove", {})
    assert "值班表" not in text


async def test_others_see_no_item_and_readers_no_desk(browsers: Browsers, app: web.Application) -> None:
    clerk, other, site = await browsers("dept-03"), await browsers("dept-04"), await browsers("site-04")
    path = await begun(clerk)
    for browser in (other, site):
        response, _ = await browser.open(path)
        assert response.status in {403, 404}
    _, text = await site.open("/notice", **ZH)
    assert "还没有收到过提示" in text
    _, text = await clerk.open("/notice", **{"Accept-Language": "en"})
    assert "Write an item" in text
