"""livekit-client in Chromium lets tracks go and takes them again, over and over: every answer is one it can apply."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page

from tests.signaling import browser
from tests.signaling.browser import until
from tests.signaling.servers import server, token
from tests.signaling.test_chromium import PUBLISH, join

pytestmark = pytest.mark.browser
TURN = """([sids, on]) => {
    for (const participant of meet.room.remoteParticipants.values())
        for (const publication of participant.trackPublications.values())
            if (sids.includes(publication.trackSid)) publication.setSubscribed(on);
}"""
PUBLISHED = "[...meet.room.remoteParticipants.values()].flatMap((p) => [...p.trackPublications.keys()])"
TROUBLES = """meet.log.filter((e) =>
    ['reconnecting', 'signalReconnecting', 'disconnected', 'trackSubscriptionFailed'].includes(e[0]))"""
PAUSES = (0.0, 0.05, 0.3, 2.5)  # seconds: within one gathered wish, one answer, before and after a section is retired


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return browser.bundle(tmp_path_factory.mktemp("bundle"))


async def all_arrive(page: Page, sids: list[str]) -> None:
    """Frames of every picture and samples of every sound grow."""
    await until(page, f"Object.keys(meet.tracks).sort().join() === '{','.join(sorted(sids))}'")
    before = await page.evaluate("meet.stats()")
    for sid in sids:
        old = before.get(sid, {"frames": 0, "energy": 0})
        await until(
            page,
            f"""async () => {{
                const s = (await meet.stats())['{sid}'];
                return s && (s.kind === 'video' ? s.frames > {old["frames"]} + 5 : s.energy > {old["energy"]} + 1e-5);
            }}""",
        )


async def test_tracks_may_be_let_go_and_taken_again_in_any_order(script: Path) -> None:
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    chance = random.Random(4)
    async with server() as started, browser.pages(script, 3) as (a, b, c):
        for page, name in ((a, "a"), (c, "c")):
            await join(page, started.port, token(name))
            await page.evaluate(PUBLISH)
        b.on("console", complain)
        await join(b, started.port, token("b"))
        await until(b, "Object.keys(meet.tracks).length === 4")
        sids: list[str] = await b.evaluate(PUBLISHED)
        # taken again before its section is switched off, a track has never gone for the client
        await b.evaluate(TURN, [sids, False])
        await asyncio.sleep(0.3)
        await b.evaluate(TURN, [sids, True])
        await all_arrive(b, sids)
        assert not await b.evaluate("meet.log.some((e) => e[0] === 'trackUnsubscribed')")
        for _ in range(8):
            gone = chance.sample(sids, chance.randint(1, 4))
            pause = chance.choice(PAUSES)
            await b.evaluate(TURN, [gone, False])
            await asyncio.sleep(pause)
            back = chance.sample(gone, len(gone))
            cut = chance.randint(0, len(back))
            await b.evaluate(TURN, [back[:cut], True])
            await asyncio.sleep(chance.choice(PAUSES))
            await b.evaluate(TURN, [back[cut:], True])
            await asyncio.sleep(chance.choice(PAUSES[:3]))
            assert await b.evaluate(TROUBLES) == [], complaints
        await all_arrive(b, sids)
        assert await b.evaluate(TROUBLES) == []
        assert complaints == []
