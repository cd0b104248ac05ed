"""LiveKit's RoomService over Twirp: ``POST /twirp/livekit.RoomService/<Method>``, protobuf or JSON.

Errors are Twirp's: JSON ``{"code", "msg"}`` with the status that belongs to the code (Twirp wire protocol v7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError, Message
from livekit.protocol import room as wire

from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused, TooMany, Unauthenticated
from signaling import subscribing
from signaling.endpoint import Endpoint
from signaling.hub import Hub
from signaling.live import moment
from signaling.model import DisconnectReason, Grants, Limits, ParticipantInfo, RoomInfo
from signaling.state import Participant

PREFIX = "/twirp/livekit.RoomService/"
STATUS = {
    "invalid_argument": 400,
    "malformed": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "bad_route": 404,
    "not_found": 404,
    "failed_precondition": 412,
    "resource_exhausted": 429,
    "internal": 500,
    "unimplemented": 501,
}
WORDS = {
    "signaling.room_unknown": "requested room does not exist",
    "signaling.participant_unknown": "participant does not exist",
    "signaling.track_unknown": "track is not found",
    "signaling.remote_unmute": "remote unmute not enabled",
}
log = structlog.get_logger("signaling")


@dataclass(frozen=True, slots=True)
class Method:
    request: type[Message]
    handle: Callable[[Any], Message]
    grant: str  # room_create, room_list, or room_admin of the room named in the request


class RoomService:
    def __init__(self, hub: Hub, endpoint: Endpoint, limits: Limits) -> None:
        self._hub, self._endpoint, self._limits = hub, endpoint, limits
        self._methods: Mapping[str, Method] = {
            "CreateRoom": Method(wire.CreateRoomRequest, self.create_room, "room_create"),
            "ListRooms": Method(wire.ListRoomsRequest, self.list_rooms, "room_list"),
            "DeleteRoom": Method(wire.DeleteRoomRequest, self.delete_room, "room_create"),
            "ListParticipants": Method(wire.ListParticipantsRequest, self.list_participants, "room_admin"),
            "GetParticipant": Method(wire.RoomParticipantIdentity, self.get_participant, "room_admin"),
            "RemoveParticipant": Method(wire.RoomParticipantIdentity, self.remove_participant, "room_admin"),
            "MutePublishedTrack": Method(wire.MuteRoomTrackRequest, self.mute_track, "room_admin"),
            "UpdateParticipant": Method(wire.UpdateParticipantRequest, self.update_participant, "room_admin"),
            "UpdateSubscriptions": Method(wire.UpdateSubscriptionsRequest, self.update_subscriptions, "room_admin"),
            "SendData": Method(wire.SendDataRequest, self.send_data, "room_admin"),
            "UpdateRoomMetadata": Method(wire.UpdateRoomMetadataRequest, self.update_metadata, "room_admin"),
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PREFIX + "{method}", self.call), web.route("*", "/twirp/{rest:.*}", self.unknown)]

    async def unknown(self, request: web.Request) -> web.Response:
        return _failure("bad_route", f"no handler for path {request.path[:200]}")

    async def call(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        method = self._methods.get(name)
        known_elsewhere = name in ("ForwardParticipant", "MoveParticipant", "PerformRpc")
        if method is None:
            code = "unimplemented" if known_elsewhere else "bad_route"
            return _failure(code, f"{name[:64]} is not served here")
        as_json = request.content_type == "application/json"
        if not as_json and request.content_type != "application/protobuf":
            return _failure("bad_route", "unexpected Content-Type")
        try:
            grants = self._endpoint.authenticate(request)
            body = await request.read()
            message = _parse(method.request, body, as_json)
            _permit(grants, method.grant, message)
            answer = method.handle(message)
        except Error as error:
            return _failure(_code(error), WORDS.get(error.code, error.code))
        if as_json:
            text = MessageToJson(answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
            return web.Response(text=text, content_type="application/json")
        return web.Response(body=answer.SerializeToString(), content_type="application/protobuf")

    # rooms

    def create_room(self, request: wire.CreateRoomRequest) -> RoomInfo:
        if len(request.metadata.encode()) > self._limits.metadata:
            raise Invalid("signaling.metadata_too_large")
        live = self._hub.open(
            request.name,
            metadata=request.metadata,
            empty_timeout=request.empty_timeout,
            departure_timeout=request.departure_timeout,
            max_participants=request.max_participants,
        )
        return live.room.state.info

    def list_rooms(self, request: wire.ListRoomsRequest) -> wire.ListRoomsResponse:
        names = set(request.names)
        rooms = [live.room.state.info for name, live in self._hub.rooms.items() if not names or name in names]
        return wire.ListRoomsResponse(rooms=rooms)

    def delete_room(self, request: wire.DeleteRoomRequest) -> wire.DeleteRoomResponse:
        self._hub.delete(request.room)
        return wire.DeleteRoomResponse()

    def update_metadata(self, request: wire.UpdateRoomMetadataRequest) -> RoomInfo:
        live = self._hub.find(request.room)
        if len(request.metadata.encode()) > self._limits.metadata:
            raise Invalid("signaling.metadata_too_large")
        live.run(live.room.set_metadata(request.metadata))
        return live.room.state.info

    # participants

    def list_participants(self, request: wire.ListParticipantsRequest) -> wire.ListParticipantsResponse:
        live = self._hub.rooms.get(request.room)
        if live is None:
            return wire.ListParticipantsResponse()  # LiveKit does not complain either
        state = live.room.state
        return wire.ListParticipantsResponse(participants=[state.describe(p) for p in state.participants.values()])

    def _participant(self, room: str, identity: str) -> Participant:
        live = self._hub.rooms.get(room)
        p = live.room.state.by_identity(identity) if live is not None else None
        if p is None:
            raise NotFound("signaling.participant_unknown")
        return p

    def get_participant(self, request: wire.RoomParticipantIdentity) -> ParticipantInfo:
        p = self._participant(request.room, request.identity)
        return self._hub.find(request.room).room.state.describe(p)

    def remove_participant(self, request: wire.RoomParticipantIdentity) -> wire.RemoveParticipantResponse:
        live = self._hub.find(request.room)
        if request.revoke_token_ts:
            live.room.revoke(request.identity, request.revoke_token_ts)
        p = self._participant(request.room, request.identity)
        live.run(live.room.remove(p.sid, DisconnectReason.PARTICIPANT_REMOVED, moment()))
        return wire.RemoveParticipantResponse()

    def mute_track(self, request: wire.MuteRoomTrackRequest) -> wire.MuteRoomTrackResponse:
        live = self._hub.find(request.room)
        self._participant(request.room, request.identity)
        if not request.muted and not self._limits.remote_unmute:
            raise Refused("signaling.remote_unmute")
        info, effects = live.room.mute_by_server(request.identity, request.track_sid, request.muted, moment())
        if info is None:
            raise NotFound("signaling.track_unknown")
        live.run(effects)
        return wire.MuteRoomTrackResponse(track=info)

    def update_participant(self, request: wire.UpdateParticipantRequest) -> ParticipantInfo:
        p = self._participant(request.room, request.identity)
        merged = {**p.attributes, **request.attributes}
        size = sum(len(k.encode()) + len(v.encode()) for k, v in merged.items())
        if size > self._limits.attributes or len(request.metadata.encode()) > self._limits.metadata:
            raise Invalid("signaling.attributes_too_large")
        if len(request.name.encode()) > self._limits.name:
            raise Invalid("signaling.name_too_long")
        live = self._hub.find(request.room)
        info, effects = live.room.update_participant(request, moment())
        assert info is not None
        live.run(effects)
        return info

    def update_subscriptions(self, request: wire.UpdateSubscriptionsRequest) -> wire.UpdateSubscriptionsResponse:
        live = self._hub.find(request.room)
        tracks = subscribing.tracks_of(request)
        effects = live.room.update_subscriptions(request.identity, tracks, request.subscribe, moment())
        if effects is None:
            raise NotFound("signaling.participant_unknown")
        live.run(effects)
        return wire.UpdateSubscriptionsResponse()

    def send_data(self, request: wire.SendDataRequest) -> wire.SendDataResponse:
        live = self._hub.find(request.room)
        if len(request.data) > self._limits.data_packet or len(request.nonce) not in (0, 16):
            raise Invalid("signaling.data_packet")
        live.run(live.room.send_data(request, moment()))
        return wire.SendDataResponse()


def _parse(kind: type[Message], body: bytes, as_json: bool) -> Message:
    try:
        return Parse(body, kind(), ignore_unknown_fields=True) if as_json else kind.FromString(body)
    except (DecodeError, ParseError, UnicodeDecodeError, RecursionError):
        raise Invalid("signaling.malformed_message") from None


def _permit(grants: Grants, grant: str, message: Any) -> None:
    allowed = getattr(grants, grant)
    if grant == "room_admin":
        allowed = allowed and bool(message.room) and grants.room == message.room
    if not allowed:
        raise Forbidden("signaling.not_granted")


def _code(error: Error) -> str:
    match error:
        case Unauthenticated():
            return "unauthenticated"
        case Forbidden():
            return "permission_denied"
        case NotFound():
            return "not_found"
        case Refused():
            return "failed_precondition"
        case TooMany():
            return "resource_exhausted"
        case Invalid():
            return "malformed" if error.code == "signaling.malformed_message" else "invalid_argument"
        case _:
            return "internal"


def _failure(code: str, text: str) -> web.Response:
    return web.json_response({"code": code, "msg": text}, status=STATUS[code])
