"""livekit-client in Chromium against the whole media process: what a page of ours will do."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Page

from signaling.media.engine import MediaEngine
from tests.signaling import browser
from tests.signaling.browser import until
from tests.signaling.relay import relay
from tests.signaling.servers import free_port, process, server, token

pytestmark = pytest.mark.browser
JOIN = "([url, token, options, connect]) => meet.join(url, token, options, connect)"
UPLINK = """async () => {
    let found = 0;
    (await meet.room.engine.pcManager.publisher.getStats()).forEach((entry) => {
        if (entry.type === 'candidate-pair' && entry.nominated) found = entry.availableOutgoingBitrate ?? 0;
    });
    return found;
}"""
"""What the browser's own congestion control believes it may send, bits a second."""
PUBLISH = "async () => { await meet.room.localParticipant.enableCameraAndMicrophone(); }"


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return browser.bundle(tmp_path_factory.mktemp("bundle"))


async def join(page: Page, port: int, made: str, options: object = None, connect: object = None) -> str:
    sid: str = await page.evaluate(JOIN, [f"ws://127.0.0.1:{port}", made, options or {}, connect or {}])
    return sid


async def frames(page: Page) -> int:
    stats = await page.evaluate("meet.stats()")
    return sum(entry["frames"] for entry in stats.values())


async def moving(page: Page) -> None:
    """Decoded frames grow."""
    before = await frames(page)
    await until(
        page,
        f"async () => Object.values(await meet.stats()).reduce((sum, s) => sum + s.frames, 0) > {before + 10}",
    )


async def sounding(page: Page) -> None:
    """Audible sound arrives (Chromium's fake microphone beeps)."""
    energy = "async () => Object.values(await meet.stats()).reduce((sum, s) => sum + s.energy, 0)"
    before = await page.evaluate(energy)
    await until(page, f"async () => (await ({energy})()) > {before} + 1e-4")


async def test_two_pages_see_and_hear_each_other(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        await join(a, started.port, token("a"))
        await a.evaluate(PUBLISH)
        await join(b, started.port, token("b"))
        await b.evaluate(PUBLISH)
        for page in (a, b):
            await moving(page)
            await sounding(page)
        # muting is seen and nothing comes any more; un-muting needs no negotiation
        await a.evaluate("meet.room.localParticipant.setMicrophoneEnabled(false)")
        await until(b, "meet.log.some((e) => e[0] === 'trackMuted')")
        await a.evaluate("meet.room.localParticipant.setMicrophoneEnabled(true)")
        await until(b, "meet.log.some((e) => e[0] === 'trackUnmuted')")
        await sounding(b)
        # who leaves is missed
        await a.evaluate("meet.room.disconnect()")
        await until(b, "meet.log.some((e) => e[0] === 'participantDisconnected')")


async def test_quality_follows_the_wish_of_the_subscriber(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        await join(a, started.port, token("a"), {"dynacast": True})
        await a.evaluate("async () => { await meet.room.localParticipant.setCameraEnabled(true); }")
        await join(b, started.port, token("b"))
        await moving(b)
        publication = "[...meet.room.remoteParticipants.values()][0].videoTrackPublications.values().next().value"
        await b.evaluate(f"() => {publication}.setVideoQuality(0)")
        await until(b, "async () => Object.values(await meet.stats())[0].width === 320")
        await moving(b)
        await b.evaluate(f"() => {publication}.setVideoQuality(2)")
        await until(b, "async () => Object.values(await meet.stats())[0].width > 600")
        await b.evaluate(f"() => {publication}.setEnabled(false)")
        await b.evaluate(f"() => {publication}.setEnabled(true)")
        await moving(b)
        await b.evaluate(f"() => {publication}.setSubscribed(false)")
        await until(b, "Object.keys(meet.tracks).length === 0")
        await b.evaluate(f"() => {publication}.setSubscribed(true)")
        await until(b, "Object.keys(meet.tracks).length === 1")
        await moving(b)


async def test_sharing_the_screen_beside_the_camera(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        await join(b, started.port, token("b"))
        await join(a, started.port, token("a"))
        await a.evaluate(PUBLISH)
        # a canvas stands for the screen: headless Chromium has none to capture
        await a.evaluate("""async () => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 1280, height: 720});
            const draw = canvas.getContext('2d');
            setInterval(() => {
                draw.fillStyle = `hsl(${Date.now() / 20 % 360} 80% 50%)`;
                draw.fillRect(0, 0, 1280, 720);
            }, 50);
            const [track] = canvas.captureStream(15).getTracks();
            await meet.room.localParticipant.publishTrack(track, {source: 'screen_share', simulcast: true});
        }""")
        await until(b, "Object.keys(meet.tracks).length === 3")
        await moving(b)
        await a.evaluate("""async () => {
            const shared = meet.room.localParticipant.getTrackPublication('screen_share');
            await meet.room.localParticipant.unpublishTrack(shared.track);
        }""")
        await until(b, "Object.keys(meet.tracks).length === 2")
        await moving(b)


async def test_the_connection_heals_after_the_line_was_cut(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        engine = cast(MediaEngine, started.engine)
        async with relay(engine.udp_port) as (line, port):
            direct = engine.candidates
            engine.candidates = (f"1 1 udp 2130706431 127.0.0.1 {port} typ host",)
            await join(a, started.port, token("a"))
            await a.evaluate(PUBLISH)
            engine.candidates = direct
            sid = await join(b, started.port, token("b"))
            await moving(b)
            engine.candidates = (f"1 1 udp 2130706431 127.0.0.1 {port} typ host",)
            line.cut = True
            await until(a, "meet.log.some((e) => e[0] === 'reconnecting')", seconds=40)
            line.cut = False
            await until(a, "meet.log.some((e) => e[0] === 'reconnected')", seconds=40)
            await moving(b)
            assert await b.evaluate("meet.room.localParticipant.sid") == sid
            assert not await a.evaluate("meet.log.some((e) => e[0] === 'disconnected')")


async def test_a_camera_climbs_to_720p_backs_off_while_packets_are_lost_and_climbs_again(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        engine = cast(MediaEngine, started.engine)
        async with relay(engine.udp_port) as (line, port):
            direct = engine.candidates
            engine.candidates = (f"1 1 udp 2130706431 127.0.0.1 {port} typ host",)
            await join(a, started.port, token("a"))
            await a.evaluate(
                "async () => { await meet.room.localParticipant.setCameraEnabled(true, {resolution: {width: 1280,"
                " height: 720, frameRate: 15}}, {videoEncoding: {maxBitrate: 1_700_000, maxFramerate: 15}}); }"
            )
            engine.candidates = direct
            await join(b, started.port, token("b"))
            await until(b, "async () => Object.values(await meet.stats())[0]?.width === 1280", seconds=90)
            await until(a, f"async () => (await ({UPLINK})()) > 1_500_000", seconds=90)
            line.loss = 0.3
            await until(a, f"async () => (await ({UPLINK})()) < 700_000", seconds=60)
            await moving(b)
            line.loss = 0.0
            await until(a, f"async () => (await ({UPLINK})()) > 1_500_000", seconds=90)
            await until(b, "async () => Object.values(await meet.stats())[0]?.width === 1280", seconds=60)


async def test_the_socket_is_resumed_without_touching_media(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        sid = await join(a, started.port, token("a"))
        await a.evaluate(PUBLISH)
        await join(b, started.port, token("b"))
        await moving(b)
        live = started.hub.rooms["r1"]
        live.drop(sid)
        await until(a, "meet.log.some((e) => e[0] === 'signalReconnecting' || e[0] === 'reconnecting')")
        await until(a, "meet.room.state === 'connected' && meet.log.some((e) => e[0] === 'reconnected')")
        assert await a.evaluate("meet.room.localParticipant.sid") == sid
        await moving(b)
        await a.evaluate("async () => { await meet.room.localParticipant.setCameraEnabled(false); }")
        await until(b, "meet.log.some((e) => e[0] === 'trackMuted')")


async def test_a_full_reconnect_publishes_and_subscribes_again(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        sid = await join(a, started.port, token("a"))
        await a.evaluate(PUBLISH)
        await join(b, started.port, token("b"))
        await b.evaluate(PUBLISH)
        await moving(a)
        await a.evaluate("meet.room.simulateScenario('full-reconnect')")
        await until(a, "meet.log.some((e) => e[0] === 'reconnected')")
        assert await a.evaluate("meet.room.localParticipant.sid") != sid
        await moving(a)
        await moving(b)


async def test_a_second_window_takes_the_seat(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        await join(a, started.port, token("site-01"))
        await join(b, started.port, token("site-01"))
        await until(a, "meet.log.some((e) => e[0] === 'disconnected' && e[1] === 2)")
        assert await b.evaluate("meet.room.state") == "connected"


async def test_words_travel(script: Path) -> None:
    async with server() as started, browser.pages(script, 2) as (a, b):
        await join(a, started.port, token("a", can_update_own_metadata=True))
        await join(b, started.port, token("b"))
        await a.evaluate("""() => meet.room.localParticipant.publishData(
            new TextEncoder().encode('举手'), {reliable: true, topic: 'hand', destinationIdentities: ['b']})""")
        await until(b, "meet.log.some((e) => e[0] === 'text' && e[1] === '举手' && e[2] === 'a' && e[3] === 'hand')")
        await b.evaluate(
            "() => { meet.room.registerRpcMethod('echo', async (call) => call.payload + call.callerIdentity); }"
        )
        answer = await a.evaluate(
            "meet.room.localParticipant.performRpc({destinationIdentity: 'b', method: 'echo', payload: 'hello '})"
        )
        assert answer == "hello a"
        await b.evaluate("""() => { meet.room.registerTextStreamHandler('long', async (reader, from) => {
            meet.long = [from.identity, (await reader.readAll()).length]; }); }""")
        await a.evaluate("() => meet.room.localParticipant.sendText('x'.repeat(40000), {topic: 'long'})")
        await until(b, "meet.long && meet.long[0] === 'a' && meet.long[1] === 40000")
        await a.evaluate("() => meet.room.localParticipant.setAttributes({net: 'weak'})")
        await until(b, "meet.room.remoteParticipants.get('a').attributes.net === 'weak'")
        refused = await a.evaluate(
            "meet.room.localParticipant.setAttributes({'gate.microphone': 'open'}).then(() => '', (e) => e.message)"
        )
        assert "gates" in refused


async def test_a_killed_server_finds_everybody_back(script: Path) -> None:
    """No leave, no closing handshake: the process is gone, and another one knows nobody."""
    async with browser.pages(script, 2) as (a, b):
        port = free_port()
        async with process(port):
            await join(a, port, token("a"))
            await a.evaluate(PUBLISH)
            await join(b, port, token("b"))
            await moving(b)
        async with process(port):
            for page in (a, b):
                await until(page, "meet.log.some((e) => e[0] === 'reconnected')", seconds=40)
            await moving(b)
            assert not await a.evaluate("meet.log.some((e) => e[0] === 'disconnected')")
