"""RoomService with livekit-api's own client, protobuf and JSON, allowed and refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from livekit import api
from livekit.api.room_service import RoomService
from livekit.api.twirp_client import TwirpError
from livekit.protocol import models, rtc

from signaling.model import Limits
from signaling.server import Running, running
from tests.fakes import FakeEngine
from tests.signaling import offers
from tests.signaling.offers import Media
from tests.signaling.servers import KEY, SECRET, settings, token, until
from tests.signaling.sockets import SignalClient, connect


@asynccontextmanager
async def service(**changes: object) -> AsyncIterator[tuple[Running, RoomService, FakeEngine]]:
    engine = FakeEngine()
    async with running(settings(**changes), engine) as started, aiohttp.ClientSession() as session:
        yield started, RoomService(session, f"http://127.0.0.1:{started.port}", KEY, SECRET), engine


async def published(client: SignalClient) -> str:
    """Publishes a microphone; its sid."""
    await client.send(
        add_track=rtc.AddTrackRequest(cid="mic", type=models.TrackType.AUDIO, source=models.TrackSource.MICROPHONE)
    )
    text = offers.write([Media("audio", "0", "sendonly", "mic")])
    await client.send(offer=rtc.SessionDescription(type="offer", sdp=text, id=1))
    answer = await client.receive("answer")
    assert answer.id == 1
    sid: str = client.received[-2].track_published.track.sid or client.received[-1].track_published.track.sid
    return sid


async def test_rooms_are_made_listed_changed_and_deleted() -> None:
    async with service() as (_, rooms, _):
        made = await rooms.create_room(api.CreateRoomRequest(name="m1", metadata="{}", empty_timeout=60))
        assert (made.name, made.metadata, made.empty_timeout) == ("m1", "{}", 60)
        assert made.sid.startswith("RM_")
        again = await rooms.create_room(api.CreateRoomRequest(name="m1"))
        assert again.sid == made.sid
        await rooms.create_room(api.CreateRoomRequest(name="m2"))
        listed = await rooms.list_rooms(api.ListRoomsRequest(names=["m2"]))
        assert [room.name for room in listed.rooms] == ["m2"]
        changed = await rooms.update_room_metadata(api.UpdateRoomMetadataRequest(room="m1", metadata="floor"))
        assert changed.metadata == "floor"
        await rooms.delete_room(api.DeleteRoomRequest(room="m1"))
        listed = await rooms.list_rooms(api.ListRoomsRequest())
        assert [room.name for room in listed.rooms] == ["m2"]


async def test_participants_are_listed_updated_and_removed() -> None:
    async with service() as (started, rooms, _), connect(started.port, token("site-01", "m1")) as client:
        await client.receive("join")
        listed = await rooms.list_participants(api.ListParticipantsRequest(room="m1"))
        assert [p.identity for p in listed.participants] == ["site-01"]
        update = api.UpdateParticipantRequest(
            room="m1", identity="site-01", attributes={"gate.microphone": "closed"}, name="一村"
        )
        update.permission.CopyFrom(models.ParticipantPermission(can_subscribe=True, can_publish=True))
        info = await rooms.update_participant(update)
        assert (info.name, info.attributes["gate.microphone"], info.permission.can_publish_data) == (
            "一村",
            "closed",
            False,
        )
        found = await rooms.get_participant(api.RoomParticipantIdentity(room="m1", identity="site-01"))
        assert found.version == info.version
        told = await client.receive("update")
        while told.participants[0].name != "一村":
            told = await client.receive("update")
        assert not told.participants[0].permission.can_publish_data
        await rooms.remove_participant(api.RoomParticipantIdentity(room="m1", identity="site-01"))
        leave = await client.receive("leave")
        assert leave.reason == models.DisconnectReason.PARTICIPANT_REMOVED
        await client.closed()


async def test_a_track_is_muted_by_the_server_and_not_unmuted() -> None:
    async with service() as (started, rooms, engine), connect(started.port, token("a", "m1")) as client:
        sid = await published(client)
        request = api.MuteRoomTrackRequest(room="m1", identity="a", track_sid=sid, muted=True)
        assert (await rooms.mute_published_track(request)).track.muted
        assert engine.peers[0].tracks[0].forwarding is False
        assert (await client.receive("mute")).muted
        request.muted = False
        with pytest.raises(TwirpError) as caught:
            await rooms.mute_published_track(request)
        assert (caught.value.code, caught.value.status) == ("failed_precondition", 412)
        assert engine.peers[0].tracks[0].forwarding is False
        await client.send(mute=rtc.MuteTrackRequest(sid=sid, muted=False))
        await until(lambda: engine.peers[0].tracks[0].forwarding)


async def test_remote_unmute_can_be_enabled() -> None:
    async with (
        service(limits=Limits(remote_unmute=True)) as (started, rooms, engine),
        connect(started.port, token("a", "m1")) as client,
    ):
        sid = await published(client)
        for muted in (True, False):
            request = api.MuteRoomTrackRequest(room="m1", identity="a", track_sid=sid, muted=muted)
            await rooms.mute_published_track(request)
            assert engine.peers[0].tracks[0].forwarding is not muted


async def test_subscriptions_and_data_from_the_server_side() -> None:
    quiet = rtc.JoinRequest(connection_settings=rtc.ConnectionSettings(auto_subscribe=False))
    async with (
        service() as (started, rooms, engine),
        connect(started.port, token("a", "m1")) as a,
        connect(started.port, token("b", "m1"), quiet) as b,
    ):
        sid = await published(a)
        await b.send(offer=rtc.SessionDescription(type="offer", sdp=offers.write([Media("audio", "0")]), id=1))
        await b.receive("answer")
        assert not engine.peers[1].feeds
        await rooms.update_subscriptions(
            api.UpdateSubscriptionsRequest(room="m1", identity="b", track_sids=[sid], subscribe=True)
        )
        await b.receive("media_sections_requirement")
        await b.send(offer=rtc.SessionDescription(type="offer", sdp=offers.write([Media("audio", "0")]), id=2))
        await b.receive("answer")
        assert len(engine.peers[1].feeds) == 1
        engine.peers[1].listener.connected()
        await rooms.send_data(
            api.SendDataRequest(
                room="m1", data=b"x", kind=models.DataPacket.Kind.RELIABLE, destination_identities=["b"]
            )
        )
        await until(lambda: bool(engine.peers[1].sent))
        assert not engine.peers[0].sent


async def test_a_revoked_token_opens_nothing_any_more() -> None:
    async with service() as (started, rooms, _):
        made = token("a", "m1")
        async with connect(started.port, made) as client, connect(started.port, token("b", "m1")):
            await client.receive("join")
            await rooms.remove_participant(
                api.RoomParticipantIdentity(room="m1", identity="a", revoke_token_ts=4_000_000_000)
            )
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with connect(started.port, made):
                    pass
            assert caught.value.status == 401


@pytest.mark.parametrize(
    ("method", "body", "grants", "code"),
    [
        ("CreateRoom", {"name": "m"}, {"room_list": True}, "permission_denied"),
        ("ListRooms", {}, {"room_create": True}, "permission_denied"),
        ("DeleteRoom", {"room": "m"}, {"room_create": True}, "not_found"),
        ("ListParticipants", {"room": "m"}, {"room_admin": True, "room": "other"}, "permission_denied"),
        ("GetParticipant", {"room": "m", "identity": "x"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("RemoveParticipant", {"room": "m", "identity": "x"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("MutePublishedTrack", {"room": "m"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("UpdateParticipant", {"room": "m", "identity": "x"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("UpdateSubscriptions", {"room": "m"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("SendData", {"room": "m"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("UpdateRoomMetadata", {"room": "m"}, {"room_admin": True, "room": "m"}, "not_found"),
        ("UpdateRoomMetadata", {"room": "m"}, {"room_join": True, "room": "m"}, "permission_denied"),
        ("CreateRoom", {"name": 5}, {"room_create": True}, "malformed"),
        ("CreateRoom", {}, {"room_create": True}, "invalid_argument"),
        ("MoveParticipant", {"room": "m"}, {"room_admin": True, "room": "m"}, "unimplemented"),
        ("NoSuchCall", {}, {"room_admin": True}, "bad_route"),
    ],
)
async def test_refusals_are_twirps(method: str, body: object, grants: dict[str, object], code: str) -> None:
    async with service() as (started, _, _), aiohttp.ClientSession() as session:
        made = api.AccessToken(KEY, SECRET).with_identity("admin").with_grants(api.VideoGrants(**grants)).to_jwt()  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{started.port}/twirp/livekit.RoomService/{method}"
        async with session.post(url, json=body, headers={"Authorization": f"Bearer {made}"}) as response:
            assert (await response.json())["code"] == code
            assert response.status >= 400


async def test_json_speaks_the_same() -> None:
    async with service() as (started, _, _), aiohttp.ClientSession() as session:
        grants = api.VideoGrants(room_create=True, room_list=True)
        made = api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()
        url = f"http://127.0.0.1:{started.port}/twirp/livekit.RoomService/"
        headers = {"Authorization": f"Bearer {made}", "Content-Type": "application/json"}
        async with session.post(url + "CreateRoom", data=json.dumps({"name": "m1"}), headers=headers) as response:
            assert (await response.json())["empty_timeout"] == 300
        async with session.post(url + "ListRooms", data="{}", headers=headers) as response:
            assert [room["name"] for room in (await response.json())["rooms"]] == ["m1"]
        async with session.post(url + "ListRooms", json={}) as response:
            assert (response.status, (await response.json())["code"]) == (401, "unauthenticated")
        async with session.post(url + "ListRooms", data="{}", headers={"Content-Type": "text/plain"}) as response:
            assert response.status == 404
        async with session.get(url + "ListRooms") as response:
            assert (await response.json())["code"] == "bad_route"
