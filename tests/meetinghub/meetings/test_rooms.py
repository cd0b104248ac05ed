"""RoomService over the embedded server: what is not there, and a server that cannot be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from livekit.api.room_service import RoomService
from livekit.protocol import models
from livekit.protocol import room as wire

from meetinghub.errors import Unavailable
from meetinghub.meetings.rooms import LiveKitRooms, present_of
from signaling.server import ServerSettings, running
from tests.flows.product import free_port

KEY, SECRET = "key", "s" * 40


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with running(ServerSettings(port=0, udp_port=0, api_keys={KEY: SECRET})) as server:
        yield f"http://127.0.0.1:{server.port}"


async def test_what_is_not_there_is_no_trouble(http: aiohttp.ClientSession, url: str) -> None:
    rooms = LiveKitRooms(http, url, KEY, SECRET)
    assert await rooms.find("meeting-1") is None
    assert await rooms.present("meeting-1") == []
    assert not await rooms.write("meeting-1", "{}")
    assert not await rooms.set_gate("meeting-1", "site-01", "open")
    assert not await rooms.mute("meeting-1", "site-01", "TR_x")
    assert not await rooms.permit("meeting-1", "site-01", microphone=False)
    assert not await rooms.close("meeting-1")


async def test_a_room_is_found_written_and_closed(http: aiohttp.ClientSession, url: str) -> None:
    rooms = LiveKitRooms(http, url, KEY, SECRET)
    await RoomService(http, url, KEY, SECRET).create_room(wire.CreateRoomRequest(name="meeting-1"))
    assert await rooms.write("meeting-1", '{"revision": 1}')
    found = await rooms.find("meeting-1")
    assert found
    assert found.metadata == '{"revision": 1}'
    assert found.sid.startswith("RM_")
    assert await rooms.present("meeting-1") == []
    assert await rooms.close("meeting-1")
    assert await rooms.find("meeting-1") is None


async def test_a_server_that_refuses_or_is_away_is_unavailable(http: aiohttp.ClientSession, url: str) -> None:
    with pytest.raises(Unavailable, match="refused"):
        await LiveKitRooms(http, url, KEY, "x" * 40).find("meeting-1")
    with pytest.raises(Unavailable, match="unreachable"):
        await LiveKitRooms(http, f"http://127.0.0.1:{free_port()}", KEY, SECRET).find("meeting-1")


def test_a_participant_is_read_as_listed() -> None:
    microphone = models.TrackInfo(sid="TR_m", source=models.TrackSource.MICROPHONE, muted=True)
    present = present_of(
        models.ParticipantInfo(
            identity="site-01",
            sid="PA_1",
            tracks=[microphone],
            attributes={"gate.microphone": "open"},
            permission=models.ParticipantPermission(can_publish_sources=[models.TrackSource.CAMERA]),
        )
    )
    assert (present.identity, present.sid, present.gate, present.may_send_microphone) == (
        "site-01",
        "PA_1",
        "open",
        False,
    )
    assert [(track.sid, track.source, track.muted) for track in present.tracks] == [("TR_m", "microphone", True)]
    assert present_of(models.ParticipantInfo(identity="x")).may_send_microphone
