"""The media server as the projection sees it: RoomService calls, with LiveKit's words kept inside this file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

import aiohttp
from livekit.api.room_service import RoomService
from livekit.api.twirp_client import ServerError
from livekit.protocol import models
from livekit.protocol import room as wire

from meetinghub.errors import Unavailable
from meetinghub.meetings.desired import DEVICE, GATE
from meetinghub.meetings.locks import Present, Publication

TIMEOUT_SECONDS = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    sid: str
    metadata: str


class Rooms(Protocol):
    """Calls about a room or participant that is not there answer None or False; a server that cannot be reached or
    refuses raises :class:`Unavailable`."""

    async def find(self, room: str) -> Room | None: ...

    async def write(self, room: str, metadata: str) -> bool: ...

    async def present(self, room: str) -> list[Present]: ...

    async def set_gate(self, room: str, identity: str, gate: str) -> bool: ...

    async def mute(self, room: str, identity: str, track: str) -> bool: ...

    async def permit(self, room: str, identity: str, *, microphone: bool) -> bool: ...

    async def remove(self, room: str, identity: str) -> bool: ...

    async def close(self, room: str) -> bool: ...


class LiveKitRooms:
    """RoomService of one LiveKit server, embedded or external. The HTTP session belongs to the caller."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str, secret: str) -> None:
        self._service = RoomService(session, url, key, secret, failover=False)

    async def find(self, room: str) -> Room | None:
        listed = await self._ask(self._service.list_rooms(wire.ListRoomsRequest(names=[room])))
        found = listed.rooms if listed else []
        return next((Room(each.sid, each.metadata) for each in found if each.name == room), None)

    async def write(self, room: str, metadata: str) -> bool:
        request = wire.UpdateRoomMetadataRequest(room=room, metadata=metadata)
        return await self._ask(self._service.update_room_metadata(request)) is not None

    async def present(self, room: str) -> list[Present]:
        listed = await self._ask(self._service.list_participants(wire.ListParticipantsRequest(room=room)))
        return [present_of(each) for each in listed.participants] if listed else []

    async def set_gate(self, room: str, identity: str, gate: str) -> bool:
        request = wire.UpdateParticipantRequest(room=room, identity=identity, attributes={GATE: gate})
        return await self._ask(self._service.update_participant(request)) is not None

    async def mute(self, room: str, identity: str, track: str) -> bool:
        request = wire.MuteRoomTrackRequest(room=room, identity=identity, track_sid=track, muted=True)
        return await self._ask(self._service.mute_published_track(request)) is not None

    async def permit(self, room: str, identity: str, *, microphone: bool) -> bool:
        sources = [models.TrackSource.CAMERA, *([models.TrackSource.MICROPHONE] if microphone else [])]
        permission = models.ParticipantPermission(
            can_subscribe=True, can_publish=True, can_publish_sources=sources, can_update_metadata=True
        )
        request = wire.UpdateParticipantRequest(room=room, identity=identity, permission=permission)
        return await self._ask(self._service.update_participant(request)) is not None

    async def remove(self, room: str, identity: str) -> bool:
        request = wire.RoomParticipantIdentity(room=room, identity=identity)
        return await self._ask(self._service.remove_participant(request)) is not None

    async def close(self, room: str) -> bool:
        return await self._ask(self._service.delete_room(wire.DeleteRoomRequest(room=room))) is not None

    async def _ask(self, call: Awaitable[T]) -> T | None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await call
        except ServerError as error:
            if error.code == "not_found":
                return None
            raise Unavailable("media.refused", reason=error.code) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("media.unreachable") from error


def present_of(participant: models.ParticipantInfo) -> Present:
    """A participant of a listing or a webhook."""
    joined = participant.joined_at_ms / 1000 or float(participant.joined_at)
    sources = participant.permission.can_publish_sources
    device = participant.attributes.get(DEVICE, "")
    return Present(
        identity=participant.identity,
        sid=participant.sid,
        age=timedelta(seconds=max(0.0, time.time() - joined)) if joined else timedelta(0),
        gate=participant.attributes.get(GATE, ""),
        tracks=tuple(
            Publication(
                track.sid,
                models.TrackSource.Name(track.source).lower(),
                track.muted,
                track.type == models.TrackType.AUDIO,
            )
            for track in participant.tracks
        ),
        may_send_microphone=not sources or models.TrackSource.MICROPHONE in sources,
        device=int(device) if device.isdecimal() else None,
    )
