"""The product's own pages in a real Chromium with fake camera and microphone, one signed-in window per person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright

from meetinghub.demo import PASSWORD
from tests.flows.product import ROOT
from tests.signaling.browser import CHROMIUM, FLAGS

BUILT = ROOT / "web" / "static" / "built" / "manifest.json"
AXE = ROOT / "web" / "client" / "node_modules" / "axe-core" / "axe.min.js"
READY = Path(CHROMIUM).exists() and BUILT.exists()
WATCH = """
window.peers = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...args) { super(...args); window.peers.push(this); }
};
window.energy = async () => {
  let sum = 0;
  for (const peer of window.peers) {
    if (peer.connectionState === "closed") continue;
    (await peer.getStats()).forEach((e) => {
      if (e.type === "inbound-rtp" && e.kind === "audio") sum += e.totalAudioEnergy ?? 0;
    });
  }
  return sum;
};
window.frames = (id) => document.getElementById(id).getVideoPlaybackQuality().totalVideoFrames;
"""
"""Lets a test ask how much sound arrived; counts of pictures come from the page's own elements."""


class Windows:
    """``errors`` collects what no page may ever have: an exception nobody caught, a refusal of the security policy."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.errors: list[str] = []
        self._browser = browser
        self._url = url

    async def sign_in(
        self, username: str, *, size: tuple[int, int] = (1366, 768), language: str = "zh-CN", script: str = ""
    ) -> Page:
        """A window of its own; ``script`` runs before any page's."""
        page = await self.window(username, size=size, script=script)
        await page.goto(f"/sign-in?lang={language}")
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", PASSWORD)
        async with page.expect_navigation():
            await page.press("[name=password]", "Enter")
        return page

    async def window(self, name: str, *, size: tuple[int, int] = (1366, 768), script: str = "") -> Page:
        """A browser nobody is signed in on; ``name`` says in errors whose it is."""
        width, height = size
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            base_url=self._url,
            permissions=["camera", "microphone"],
            reduced_motion="reduce",
        )
        await context.add_init_script(WATCH + script)
        context.on("weberror", lambda event: self.errors.append(f"{name}: {event.error}"))
        context.on("console", lambda message: self._note(name, message))
        page = await context.new_page()
        return page

    def _note(self, username: str, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.errors.append(f"{username}: {message.text}")


@asynccontextmanager
async def windows(url: str, *flags: str) -> AsyncIterator[Windows]:
    """Fails where there is no Chromium or the pages are not built (``make test`` sees to both).

    ``flags`` are Chromium's, beside those of every test; the last of a kind counts.
    """
    if not READY:
        pytest.fail("needs chromium and built pages (make test does both)")
    async with async_playwright() as playwright:
        browser = await _launch(playwright, flags)
        try:
            opened = Windows(browser, url)
            yield opened
            assert opened.errors == [], opened.errors
        finally:
            await browser.close()


async def _launch(playwright: Playwright, flags: Sequence[str]) -> Browser:
    return await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])


async def true(page: Page, expression: str, *, tries: int = 900) -> None:
    """Waits until a JavaScript expression is true on the page, whose policy forbids waiting inside it."""
    for _ in range(tries):
        if await page.evaluate(expression):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never true: {expression}")


async def says(page: Page, selector: str, text: str) -> None:
    """Waits until the element shows this text."""
    await page.locator(selector).filter(has_text=text).first.wait_for(timeout=60_000)


async def moves(page: Page, video: str) -> None:
    """Waits until a video element shows new pictures: at least ten more than now, or of a new connection, which counts
    from nought."""
    before = await page.evaluate(f"frames('{video}')")
    for _ in range(600):
        shown = await page.evaluate(f"frames('{video}')")
        if shown >= before + 10:
            return
        before = min(before, shown)
        await asyncio.sleep(0.1)
    raise AssertionError(f"{video} stands still at {before} pictures")


async def hears(page: Page) -> None:
    """Waits until sound arrives: the fake microphone beeps once a second."""
    before = await page.evaluate("energy()")
    await true(page, f"energy().then((value) => value > {before} + 1e-5)")


async def is_silent(page: Page, *, tries: int = 8) -> None:
    """Waits until nothing is heard for longer than the fake microphone's pause between two beeps."""
    for _ in range(tries):
        before = await page.evaluate("energy()")
        await page.wait_for_timeout(2500)
        if await page.evaluate("energy()") - before < 1e-5:
            return
    raise AssertionError("something is heard all the time")
