"""The PyPI LiveKit SDK against the whole media process: sound and pictures, floors and gates."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import cast

import aiohttp
from livekit import api, rtc
from livekit.api.room_service import RoomService

from signaling.media.engine import MediaEngine
from tests.signaling.sdk import Guest, guest
from tests.signaling.servers import KEY, SECRET, server, token, until


async def test_ten_rooms_at_once_keep_to_themselves() -> None:
    async with server() as started, AsyncExitStack() as stack:

        async def meet(number: int) -> None:
            room = f"meeting-{number}"
            speaker = await stack.enter_async_context(guest(started.port, token("speaker", room)))
            listener = await stack.enter_async_context(guest(started.port, token("listener", room)))
            sid = await speaker.publish_microphone()
            await until(lambda: sid in listener.heard and listener.heard[sid].loudest > 1000, seconds=30)
            assert set(listener.heard) == {sid}

        for number in range(10):
            await meet(number)
        assert len(started.hub.rooms) == 10


async def test_ten_committee_rooms_of_one_meeting_see_and_hear_the_main_venue_and_whoever_answers() -> None:
    async with server() as started, AsyncExitStack() as stack:

        async def enter(identity: str) -> Guest:
            return await stack.enter_async_context(guest(started.port, token(identity)))

        async def hears(room: Guest, sid: str) -> None:
            await until(lambda: sid in room.heard and room.heard[sid].loudest > 1000, seconds=30)

        async def sees(room: Guest, sid: str) -> None:
            await until(lambda: sid in room.heard and room.heard[sid].frames > 10, seconds=30)

        main = await enter("main")
        microphone, camera = await main.publish_microphone(), await main.publish_camera()
        rooms = [await enter(f"site-{number:02}") for number in range(1, 11)]
        for room in rooms:
            await hears(room, microphone)
            await sees(room, camera)
        answer = await rooms[3].publish_microphone()
        for room in [main, *rooms[:3], *rooms[4:]]:
            await hears(room, answer)
        assert len(started.hub.rooms["r1"].room.state.participants) == 11


async def test_camera_and_microphone_arrive_and_late_joiners_get_both() -> None:
    async with server() as started, guest(started.port, token("main")) as main:
        microphone, camera = await main.publish_microphone(), await main.publish_camera()
        async with guest(started.port, token("late")) as late:
            await until(lambda: microphone in late.heard and late.heard[microphone].loudest > 1000)
            await until(lambda: camera in late.heard and late.heard[camera].frames > 10)


async def test_h264_travels_too() -> None:
    async with server() as started, guest(started.port, token("main")) as main, guest(started.port, token("b")) as b:
        camera = await main.publish_camera(int(rtc.VideoCodec.H264))
        await until(lambda: camera in b.heard and b.heard[camera].frames > 10)
        track = started.hub.rooms["r1"].room.state.tracks[camera]
        assert track.info.mime_type == "video/H264"


async def test_a_closed_gate_lets_no_packet_of_the_microphone_through() -> None:
    """A raw client without the floor publishes and un-mutes; another subscribes to everything it can."""
    async with (
        server() as started,
        aiohttp.ClientSession() as session,
        guest(started.port, token("site-01", attributes={"gate.microphone": "closed"})) as site,
        guest(started.port, token("ear")) as ear,
    ):
        engine = cast(MediaEngine, started.engine)
        rooms = RoomService(session, f"http://127.0.0.1:{started.port}", KEY, SECRET)
        sid = await site.publish_microphone()
        await until(lambda: sid in ear.kinds)
        # the site's packets do come in, so that silence below is the gate's doing
        arrived = engine.counters.packets_in
        await until(lambda: engine.counters.packets_in > arrived + 100)
        assert engine.counters.packets_out == 0
        assert ear.heard[sid].loudest == 0

        async def set_gate(value: str) -> None:
            await rooms.update_participant(
                api.UpdateParticipantRequest(room="r1", identity="site-01", attributes={"gate.microphone": value})
            )

        await set_gate("open")
        await until(lambda: ear.heard[sid].loudest > 1000)
        await set_gate("closed")
        await asyncio.sleep(0.2)  # what was under way
        passed = engine.counters.packets_out
        arrived = engine.counters.packets_in
        await until(lambda: engine.counters.packets_in > arrived + 100)
        assert engine.counters.packets_out == passed
        assert sid in started.hub.rooms["r1"].room.state.tracks


async def test_a_microphone_that_calls_itself_a_camera_is_not_published() -> None:
    """Gates and permissions are by source: a client that lies about it must not be heard."""
    gates = {"gate.microphone": "closed"}
    async with (
        server() as started,
        guest(started.port, token("site-01", attributes=gates, can_publish_sources=["camera", "microphone"])) as site,
        guest(started.port, token("ear")) as ear,
    ):
        publishing = asyncio.create_task(site.publish_microphone(int(rtc.TrackSource.SOURCE_CAMERA)))
        done, _ = await asyncio.wait([publishing], timeout=5)
        assert not done or publishing.exception() is not None
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        engine = cast(MediaEngine, started.engine)
        assert engine.counters.packets_out == 0
        assert ear.heard == {}
        assert not started.hub.rooms["r1"].room.state.tracks


async def test_mute_and_permission_hold_on_packets() -> None:
    async with (
        server() as started,
        aiohttp.ClientSession() as session,
        guest(started.port, token("a")) as a,
        guest(started.port, token("b")) as b,
    ):
        engine = cast(MediaEngine, started.engine)
        rooms = RoomService(session, f"http://127.0.0.1:{started.port}", KEY, SECRET)
        sid = await a.publish_microphone()
        await until(lambda: sid in b.heard and b.heard[sid].loudest > 1000)
        await rooms.mute_published_track(api.MuteRoomTrackRequest(room="r1", identity="a", track_sid=sid, muted=True))
        await asyncio.sleep(0.2)
        passed = engine.counters.packets_out
        await asyncio.sleep(0.5)
        assert engine.counters.packets_out == passed
        gone: list[str] = []
        a.room.on("local_track_unpublished", lambda publication: gone.append(publication.sid))
        update = api.UpdateParticipantRequest(room="r1", identity="a")
        update.permission.can_subscribe = True
        update.permission.can_publish = False
        await rooms.update_participant(update)
        await until(lambda: sid not in started.hub.rooms["r1"].room.state.tracks)
        await until(lambda: not b.room.remote_participants["a"].track_publications)


async def test_data_metadata_and_rpc() -> None:
    async with (
        server() as started,
        guest(started.port, token("a", can_update_own_metadata=True)) as a,
        guest(started.port, token("b")) as b,
    ):
        got: list[tuple[bytes, str | None]] = []
        b.room.on("data_received", lambda packet: got.append((packet.data, packet.topic)))
        await a.room.local_participant.publish_data(b"hello", reliable=True, topic="t", destination_identities=["b"])
        await until(lambda: got == [(b"hello", "t")])
        await a.room.local_participant.set_attributes({"net": "good"})
        await until(lambda: b.room.remote_participants["a"].attributes.get("net") == "good")

        @b.room.local_participant.register_rpc_method("double")  # type: ignore[arg-type]
        async def double(call: rtc.RpcInvocationData) -> str:
            return call.payload * 2

        answer = await a.room.local_participant.perform_rpc(destination_identity="b", method="double", payload="ab")
        assert answer == "abab"
