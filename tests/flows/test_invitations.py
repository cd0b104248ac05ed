"""An invitation's whole way: planned, mailed by the worker over SMTP, answered on a phone, read by the host."""

from __future__ import annotations

import asyncio
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.flows.product import product
from tests.flows.test_pages_for_all import is_clean
from tests.flows.windows import says, windows
from tests.meetinghub.mail.smtp import Inbox, inbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LINK = re.compile(r"https?://[^/]+(/rsvp/\S+)")
PAGE = re.compile(r"https?://[^/]+(/meetings/\d+)")
MORNING = "2026-11-23T09:00:00+08:00"
"""A Monday, hours before the demonstration's meeting of the day."""


async def invitation(box: Inbox) -> EmailMessage:
    """The first that reaches somebody of a committee."""
    for _ in range(1200):
        for recipient, message in box.accepted:
            if recipient.startswith("site-") and "邀请" in str(message["Subject"]):
                return message
        await asyncio.sleep(0.1)
    raise AssertionError("nobody was invited")


def found(pattern: re.Pattern[str], message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    there = pattern.search(body.get_content())
    assert there is not None
    return there[1]


async def test_an_invitation_is_mailed_answered_on_a_phone_and_read_by_the_host(tmp_path: Path) -> None:
    async with inbox() as box:
        settings = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}", "MAIL_FROM": "清河湾街道 <hub@street.example>"}
        with product(tmp_path, MEETINGHUB_NOW=MORNING, **settings) as running:
            message = await invitation(box)
            async with windows(running.url) as opened:
                guest = await opened.window("guest", size=(390, 844))
                await guest.goto(found(LINK, message) + "?lang=zh-CN")
                await is_clean(guest)
                await guest.check("input[value=declined]")
                await guest.fill("#reason", "带队体检")
                async with guest.expect_navigation():
                    await guest.click("main form button")
                await says(guest, "main", "已收到：不能参加")
                await is_clean(guest)
                host = await opened.sign_in("coordinator")
                await host.goto(found(PAGE, message))
                await says(host, ".answers", "不能参加 1")
                await is_clean(host)
                await host.goto("/calendar")
                await is_clean(host)
                async with host.expect_navigation():
                    await host.click("form[action='/calendar'] button >> nth=0")
                assert "/feeds/" in await host.input_value("#address")
                await is_clean(host)
