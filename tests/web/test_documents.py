"""Documents over HTTP: a form that brings a file, a link that never becomes a page."""

from __future__ import annotations

import io
from functools import partial

import pytest
from aiohttp import FormData, web

from meetinghub import demo_meetings
from meetinghub.files.kinds import LARGEST
from meetinghub.meetings import store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

ZH = {"Accept-Language": "zh-CN"}


@pytest.fixture
async def ahead(browsers: Browsers, app: web.Application) -> Listing:
    """The demonstration's meeting to come whose host is the demonstration's host."""
    await browsers()
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()
    await database.write(partial(demo_meetings.fill, now=now, phone="1"))
    coming = await database.read(partial(store.listings, since=now, states=(State.PLANNED,)))
    return next(each for each in coming if each.title == "居民区年末工作例会")


async def send(browser: Browser, path: str, data: bytes, name: str = "名单.pdf", **fields: str) -> tuple[int, str]:
    form = FormData({"csrf": browser.csrf, **fields}, quote_fields=False)  # as browsers send names
    form.add_field("file", io.BytesIO(data), filename=name, content_type="text/html")
    response = await browser.client.post(path, data=form, headers={**browser.headers, **ZH})
    return response.status, await response.text()


async def test_a_file_is_sent_shown_everywhere_and_kept_from_running(browsers: Browsers, ahead: Listing) -> None:
    host, base = await browsers("host"), f"/meetings/{ahead.id}"
    await host.open(f"{base}/documents")
    big = b"%PDF-1.7 " + b"x" * (3 * 1024 * 1024)
    status, text = await send(host, f"{base}/documents/to/{ahead.segments[0].id}", big)
    assert status == 200
    assert "名单.pdf" in text
    site = await browsers("site-04")
    for page in (base, f"{base}/agenda", f"{base}/documents"):
        _, text = await site.open(page)
        assert "名单.pdf" in text, page
    response = await site.client.get(f"{base}/documents/1")
    assert await response.read() == big
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert "%E5%90%8D%E5%8D%95.pdf" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_what_is_not_taken_is_said_in_words(browsers: Browsers, ahead: Listing) -> None:
    host = await browsers("host")
    path = f"/meetings/{ahead.id}/documents/to/{ahead.segments[0].id}"
    await host.open(f"/meetings/{ahead.id}/documents")
    status, text = await send(host, path, b"<script>alert(1)</script>", "page.html")
    assert status == 422
    assert "不认识这种文件" in text
    status, text = await send(host, path, b"", "x.pdf")
    assert "文件是空的" in text
    response, text = await host.submit(path)
    assert response.status == 422
    status, _ = await send(host, path, b"%PDF-" + b"x" * (LARGEST + 1024 * 1024))
    assert status == 413
    status, _ = await send(host, f"/meetings/{ahead.id}/minutes/publish", b"x" * (2 * 1024 * 1024))
    assert status == 413  # elsewhere nothing so large is read


async def test_a_version_is_replaced_and_taken_down_with_a_reason(browsers: Browsers, ahead: Listing) -> None:
    host, base = await browsers("host"), f"/meetings/{ahead.id}/documents"
    await host.open(base)
    await send(host, f"{base}/to/{ahead.segments[0].id}", b"%PDF-1")
    _, text = await send(host, f"{base}/to/{ahead.segments[0].id}", b"%PDF-2", "名单新.pdf", replaces="1")
    assert "第 2 版" in text
    assert "以前的 1 版" in text
    host.headers.update(ZH)
    response, text = await host.submit(f"{base}/2/remove", reason="")
    assert response.status == 422
    assert "请写撤下的理由" in text
    _, text = await host.submit(f"{base}/2/remove", reason="发错了")
    assert "名单新.pdf" not in text
    assert (await host.open(f"{base}/1"))[0].status == 404


async def test_the_live_pages_lead_to_the_documents(browsers: Browsers, ahead: Listing) -> None:
    chair, base = await browsers("chair"), f"/meetings/{ahead.id}"
    await chair.open(f"{base}/documents")
    site = await browsers("site-04")
    _, text = await site.open(f"{base}/site")
    assert f"{base}/documents" not in text
    await send(chair, f"{base}/documents/to/{ahead.segments[0].id}", b"%PDF-1")
    _, text = await site.open(f"{base}/site")
    assert f'href="{base}/documents"' in text
    _, text = await chair.open(f"{base}/console")
    assert f'href="{base}/documents"' in text
    kiosk = await browsers()
    assert (await kiosk.open("/kiosk"))[0].status == 200
