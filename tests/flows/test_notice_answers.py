"""An item's whole way: written, approved, mailed on Monday, answered on a phone by its link, the others reminded.

The installation's clock is moved from Friday to Monday to Tuesday; mails go to a real SMTP server.
"""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from meetinghub import demo
from tests.flows.product import PROCESSES, ROOT, Product, product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, windows
from tests.meetinghub.mail.smtp import Inbox, inbox
from tests.web.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FRIDAY, MONDAY = "2026-11-20T09:30:00+08:00", "2026-11-23T08:30:20+08:00"
TUESDAY, DUE = "2026-11-24T08:30:20+08:00", "2026-11-25"
TITLE = "报送独居老人冬季走访名单"
LINK = re.compile(r"https?://[^/\s]+(/notice/answer/[\w.-]+)")
RUNNING = tuple(PROCESSES)
WRITER = "dept-05"


def on(started: Product, moment: str) -> None:
    """The same installation at another time."""
    for name in list(started.running):
        started.kill(name, signal.SIGTERM)
    started.environ["MEETINGHUB_NOW"] = moment
    command = [sys.executable, "-m", "meetinghub", "migrate"]
    subprocess.run(command, cwd=ROOT, env=started.environ, check=True, capture_output=True)
    for name in RUNNING:
        started.start(name)
    started.wait_ready()


async def until(happened: Callable[[], bool], what: str) -> None:
    for _ in range(1800):
        if happened():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(what)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def about(box: Inbox, since: int = 0) -> list[tuple[str, str]]:
    """Recipient and text of the mails that name the item."""
    return [(to, text) for to, each in box.accepted[since:] if TITLE in (text := text_of(each))]


def committees(box: Inbox, since: int = 0) -> set[str]:
    """Whose mails name the item: ``site-04``."""
    return {to.partition("@")[0].partition(".")[0] for to, _ in about(box, since)}


async def signed_in(session: ClientSession, name: str) -> Browser:
    browser = Browser(session)  # type: ignore[arg-type]  # asks as a test's client does
    await browser.sign_in(name, demo.PASSWORD)
    return browser


async def written_and_approved(url: str) -> int:
    """The item's number: a department hands it in, the host office freezes the issue."""
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as session:
        writer = await signed_in(session, WRITER)
        await writer.open("/notice")
        response, page = await writer.submit("/notice/items")
        number = int(response.url.path.rpartition("/")[2])
        revision = page.partition('name="revision" value="')[2].partition('"')[0]
        said = {"title": TITLE, "text": "请逐户核对。", "kind": "action", "due_on": DUE, "which": "all", "link": ""}
        response, page = await writer.submit(f"/notice/items/{number}", revision=revision, do="submit", **said)
        assert response.status == 200
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as session:
        host = await signed_in(session, "host")
        _, page = await host.open("/notice/board")
        assert TITLE in page
        issue = re.search(r"/notice/board/(\d+)/approve", page)
        assert issue is not None
        _, page = await host.open(issue[0])
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        response, _ = await host.submit(issue[0], seen=seen)
        assert response.status == 200
    return number


async def done_link(url: str, text: str) -> str:
    """The path in a mail that says that the item was done."""
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as session:
        for path in dict.fromkeys(LINK.findall(text)):
            async with session.get(path) as response:
                page = await response.text()
                assert response.status == 200
            if f"<h1>{TITLE}</h1>" in page and re.search(r'value="done" checked', page):
                return str(path)
    raise AssertionError("no link for the item")


async def test_an_item_is_answered_by_the_link_in_its_mail_and_only_the_others_are_reminded(tmp_path: Path) -> None:
    async with inbox() as box:
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}", "MAIL_FROM": "清河湾街道 <hub@street.example>"}
        with product(tmp_path, MEETINGHUB_NOW=FRIDAY, **settings) as running:
            number = await written_and_approved(running.url)
            assert about(box) == []
            on(running, MONDAY)
            await until(lambda: any(to.startswith("site-04") for to, _ in about(box)), "no issue was mailed")
            mine = next(text for to, text in about(box) if to.startswith("site-04"))
            link = await done_link(running.url, mine)
            async with windows(running.url) as opened:
                guest = await opened.window("guest", size=(390, 844))
                await guest.goto(link + "?lang=zh-CN")
                await is_clean(guest)
                await guest.fill("#note", "已报 3 户")
                async with guest.expect_navigation():
                    await guest.click("main form button >> nth=0")
                await says(guest, "main", "已记下")
                writer = await opened.sign_in(WRITER)
                await writer.goto(f"/notice/items/{number}/answers")
                await says(writer, "#answers", "已报 3 户")
                await is_clean(writer)
                site = await opened.sign_in("site-05")
                await site.goto("/notice/answers")
                await says(site, "main", TITLE)
                await is_clean(site)
            await until(lambda: len(committees(box)) == 33, "the issue did not reach everybody")
            since = len(box.accepted)
            on(running, TUESDAY)
            await until(lambda: len(committees(box, since)) == 32, "not all the others were reminded")
            assert committees(box) - committees(box, since) == {"site-04"}
            counted = box.count()
            assert max(counted.values()) == 1
