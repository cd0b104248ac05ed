"""Real Chromium in front of the whole product: signed-in windows, and what their connections decode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from meetinghub.demo import PASSWORD

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--headless=new", "--no-sandbox", "--disable-background-networking", "--no-first-run"]
FAKE_CAMERA = ["--use-fake-device-for-media-stream"]
ALLOWED = ["--use-fake-ui-for-media-stream"]
SECONDS = 40.0

# The page's own script keeps its connections to itself; a test watches them from outside.
WATCH = """
{
  const connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...settings) { super(...settings); connections.push(this); }
  };
  window.inbound = async (kind) => {
    const found = {};
    for (const connection of connections) {
      if (connection.connectionState !== 'connected') continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type !== 'inbound-rtp' || entry.kind !== kind) continue;
        found[entry.trackIdentifier] = {
          packets: entry.packetsReceived, frames: entry.framesDecoded ?? 0, energy: entry.totalAudioEnergy ?? 0,
        };
      }
    }
    return found;
  };
}
"""


@dataclass
class Window:
    """One signed-in person's window. ``failures`` collects what the page did not catch itself."""

    account: str
    page: Page
    failures: list[str] = field(default_factory=list)

    async def frames(self, selector: str) -> int:
        """Pictures that a video element has shown so far."""
        count: int = await self.page.evaluate(
            "selector => document.querySelector(selector).getVideoPlaybackQuality().totalVideoFrames", selector
        )
        return count

    async def moving(self, selector: str) -> None:
        """Until the picture in a video element has moved on by ten frames."""
        await until(lambda: self._shown(selector), f"{self.account}: no picture in {selector}")
        start = await self.frames(selector)
        await until(lambda: self._beyond(selector, start + 10), f"{self.account}: no moving picture in {selector}")

    async def _shown(self, selector: str) -> bool:
        shown: bool = await self.page.evaluate(
            "selector => { const v = document.querySelector(selector); return !!v?.offsetParent && v.videoWidth > 0 }",
            selector,
        )
        return shown

    async def _beyond(self, selector: str, frames: int) -> bool:
        return await self.frames(selector) > frames

    async def sound(self) -> dict[str, float]:
        """Energy of the sound decoded so far, by track (webrtc-stats: totalAudioEnergy)."""
        found: dict[str, Any] = await self.page.evaluate("inbound('audio')")
        return {track: float(entry["energy"]) for track, entry in found.items()}


async def until(check: Callable[[], Awaitable[bool]], complaint: str, seconds: float = SECONDS) -> None:
    """Asks again and again; fails with ``complaint``."""
    for _ in range(int(seconds * 10)):
        if await check():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(complaint)


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *flags])
        try:
            yield browser
        finally:
            await browser.close()


async def sign_in(
    browser: Browser, url: str, account: str, *, context: BrowserContext | None = None, language: str = "zh-CN"
) -> Window:
    """A window of its own (or another one of ``context``) in which ``account`` has signed in."""
    fresh = context is None
    context = context or await browser.new_context(locale=language, viewport={"width": 1366, "height": 768})
    if fresh:
        await context.add_init_script(WATCH)
    page = await context.new_page()
    window = Window(account, page)
    page.on("pageerror", lambda error: window.failures.append(str(error)))
    if fresh:
        await page.goto(f"{url}/sign-in")
        await page.fill("[name=username]", account)
        await page.fill("[name=password]", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url(f"{url}/")
    return window
