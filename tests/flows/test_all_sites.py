"""All 33 sites, the main venue and the wall at once, as synthetic peers over the real server."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.peers.field import Field
from tests.peers.meeting import MAIN, WALL, Meeting, site
from tests.peers.publication import Publication
from tests.peers.server import Server, media_server
from tests.peers.viewer import CAMERA, LOW, MICROPHONE, Want
from tests.peers.waiting import until

SITES = 33
FLOOR, THIRD = site(7), site(20)
OURS = {"gate", "receive_overflow", "send", "rate", "protect", "auth", "replay", "unbound", "late", "stale"}


async def lost_inside(server: Server, http: aiohttp.ClientSession) -> dict[str, float]:
    """Packets that the server itself threw away, by reason."""
    found = await server.metrics(http)
    name = 'meetinghub_media_packets_dropped_total{reason="'
    counts = {key[len(name) : -2]: value for key, value in found.items() if key.startswith(name)}
    assert counts.keys() >= OURS, "the server does not count what it drops"
    return {reason: counts[reason] for reason in OURS - {"gate"} if counts[reason]}


async def test_33_sites_enter_and_everybody_sees_whom_the_plan_says() -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        meeting = Meeting(field, http, server)
        await meeting.fill(SITES, floor=FLOOR, voices=(THIRD,))
        await meeting.watching(patience=40)
        assert meeting.gone() == {}
        assert len(meeting.viewers[WALL].peer.participants) == SITES + 1
        wall = {sid for viewer in (meeting.viewers[WALL],) for sid in viewer.peer.receiving.values()}
        assert len(wall) == SITES + 3  # every camera, main's and the floor holder's voice
        for name, viewer in meeting.viewers.items():
            planned = {viewer.sid(*wanted) for wanted in viewer.plan}
            assert set(viewer.peer.receiving.values()) == planned, name
        await meeting.end()


async def test_a_subscription_that_is_enabled_later_shows_its_first_frame_without_a_new_offer() -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        meeting = Meeting(field, http, server)
        await meeting.enter(MAIN, Publication("audio"), Publication("video"))
        await meeting.enter(site(1), Publication("audio", muted=True), Publication("video"))
        viewer = await meeting.enter(site(2), plan={(site(1), CAMERA): Want(LOW, enabled=False)})
        await until(lambda: viewer.sid(site(1), CAMERA) in viewer.peer.receiving.values())
        offers = viewer.peer.negotiation.offers
        await asyncio.sleep(0.5)
        assert not viewer.peer.watch(viewer.sid(site(1), CAMERA)).frames
        frame = viewer.peer.next_frame(viewer.sid(site(1), CAMERA))
        viewer.follow({(site(1), CAMERA): Want(LOW)})
        async with asyncio.timeout(10):
            await frame
        assert viewer.peer.negotiation.offers == offers
        await meeting.end()


async def test_a_site_whose_gate_is_closed_sends_sound_that_reaches_nobody() -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        meeting = Meeting(field, http, server)
        attributes = {"gate.microphone": "closed"}
        closed = await meeting.enter(site(1), Publication("audio"), Publication("video"), attributes=attributes)
        everything = {(site(1), MICROPHONE): Want(), (site(1), CAMERA): Want(LOW)}
        listener = await meeting.enter(site(2), plan=everything)
        await meeting.watching()
        await asyncio.sleep(1)
        heard = [s.received for s in listener.peer.media.streams.values() if s.clock_rate == 48_000]
        spoken = [m.stream.packets for m in closed.peer.media.microphones]
        assert spoken[0] > 20
        assert sum(heard) == 0
        await meeting.end()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_two_minutes_of_33_sites_lose_no_packet_inside_the_server() -> None:
    async with media_server() as server, aiohttp.ClientSession() as http, Field() as field:
        meeting = Meeting(field, http, server)
        await meeting.fill(SITES, floor=FLOOR, voices=(THIRD,))
        await meeting.watching(patience=40)
        await asyncio.sleep(2)
        broken = meeting.totals().broken  # what came before the answer that names it
        await asyncio.sleep(120)
        assert meeting.gone() == {}
        total = meeting.totals()
        assert total.received > 120 * 10_000
        assert await lost_inside(server, http) == {}
        assert total.lost + total.repaired <= field.drops()
        uplink = [s.remote_lost for v in meeting.viewers.values() for s in v.peer.media.sending.values()]
        assert sum(uplink) == 0
        if field.drops() == 0:
            assert total.broken == broken
        await meeting.end()
