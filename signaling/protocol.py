"""LiveKit's wire messages (livekit-protocol's protobuf): reading what clients send, building what they get."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from livekit.protocol import models, rtc

from meetinghub.errors import Invalid
from signaling.codecs import PUBLISHABLE
from signaling.media.interface import Quality
from signaling.model import DisconnectReason, ParticipantInfo, Permission, RoomInfo, TrackInfo

MAX_MESSAGE = 1_048_576
SERVER_VERSION = "1.9.0"  # clients switch features on by it
PROTOCOL = 16
PING_INTERVAL = 5
PING_TIMEOUT = 15

Reason = rtc.RequestResponse.Reason
Action = rtc.LeaveRequest.Action
AnyMessage = TypeVar("AnyMessage", bound=Message)


class MalformedMessage(Invalid):
    def __init__(self, what: str) -> None:
        super().__init__("signaling.malformed_message", what=what)


def revised(message: AnyMessage, **changes: object) -> AnyMessage:
    """The message with other values, as a new one. What protobuf's C runtime ever allocated for a message it frees with
    the message only: a string or list that is changed in place, again and again, keeps every value it ever had."""
    values: dict[str, object] = {field.name: value for field, value in message.ListFields()}
    return type(message)(**(values | changes))


def parse_request(data: bytes) -> rtc.SignalRequest:
    if len(data) > MAX_MESSAGE:
        raise MalformedMessage("too large")
    try:
        return rtc.SignalRequest.FromString(data)
    except (DecodeError, RecursionError):
        raise MalformedMessage("signal request") from None


def parse_join(text: str) -> rtc.JoinRequest:
    """``join_request`` of the URL: URL-safe base64 of a ``WrappedJoinRequest``, gzipped or not."""
    if not text:
        raise MalformedMessage("join_request is required")
    try:
        padded = text + "=" * (-len(text) % 4)
        wrapped = rtc.WrappedJoinRequest.FromString(base64.b64decode(padded, altchars=b"-_", validate=True))
        data = wrapped.join_request
        if wrapped.compression == rtc.WrappedJoinRequest.Compression.GZIP:
            inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            data = inflater.decompress(data, MAX_MESSAGE)
            if inflater.unconsumed_tail or not inflater.eof:
                raise MalformedMessage("join request too large or cut")
        return rtc.JoinRequest.FromString(data)
    except (DecodeError, RecursionError, zlib.error, binascii.Error, ValueError):
        raise MalformedMessage("join request") from None


def parse_packet(payload: bytes) -> models.DataPacket | None:
    """None when it is not a ``DataPacket``."""
    try:
        return models.DataPacket.FromString(payload)
    except (DecodeError, RecursionError):
        return None


def permission_info(permission: Permission) -> models.ParticipantPermission:
    return models.ParticipantPermission(
        can_subscribe=permission.can_subscribe,
        can_publish=permission.can_publish,
        can_publish_data=permission.can_publish_data,
        can_publish_sources=[s.name for s in sorted(permission.can_publish_sources)],
        hidden=permission.hidden,
        recorder=permission.recorder,
        can_update_metadata=permission.can_update_metadata,
        agent=permission.agent,
        can_subscribe_metrics=permission.can_subscribe_metrics,
    )


def server_info() -> models.ServerInfo:
    return models.ServerInfo(
        edition=models.ServerInfo.Edition.Standard, version=SERVER_VERSION, protocol=PROTOCOL, node_id="ND_meetinghub"
    )


def join(room: RoomInfo, participant: ParticipantInfo, others: Iterable[ParticipantInfo]) -> bytes:
    codecs = [models.Codec(mime=mime) for mime in PUBLISHABLE]
    return rtc.SignalResponse(
        join=rtc.JoinResponse(
            room=room,
            participant=participant,
            other_participants=others,
            server_version=SERVER_VERSION,
            server_info=server_info(),
            subscriber_primary=False,  # one peer connection, and the client offers
            fast_publish=True,
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
            enabled_publish_codecs=codecs,
        )
    ).SerializeToString()


def reconnected(last_message: int) -> bytes:
    response = rtc.ReconnectResponse(server_info=server_info(), last_message_seq=last_message)
    return rtc.SignalResponse(reconnect=response).SerializeToString()


def answer(sdp: str, offer: int, tracks_by_mid: Mapping[str, str]) -> bytes:
    description = rtc.SessionDescription(type="answer", sdp=sdp, id=offer, mid_to_track_id=tracks_by_mid)
    return rtc.SignalResponse(answer=description).SerializeToString()


def update(participants: Iterable[ParticipantInfo]) -> bytes:
    return rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=participants)).SerializeToString()


def room_update(room: RoomInfo) -> bytes:
    return rtc.SignalResponse(room_update=rtc.RoomUpdate(room=room)).SerializeToString()


def track_published(cid: str, track: TrackInfo) -> bytes:
    return rtc.SignalResponse(track_published=rtc.TrackPublishedResponse(cid=cid, track=track)).SerializeToString()


def track_unpublished(track: str) -> bytes:
    return rtc.SignalResponse(track_unpublished=rtc.TrackUnpublishedResponse(track_sid=track)).SerializeToString()


def track_subscribed(track: str) -> bytes:
    return rtc.SignalResponse(track_subscribed=rtc.TrackSubscribed(track_sid=track)).SerializeToString()


def mute(track: str, muted: bool) -> bytes:
    return rtc.SignalResponse(mute=rtc.MuteTrackRequest(sid=track, muted=muted)).SerializeToString()


def leave(reason: DisconnectReason, action: Action) -> bytes:
    request = rtc.LeaveRequest(reason=reason, action=action, can_reconnect=action != Action.DISCONNECT)
    return rtc.SignalResponse(leave=request).SerializeToString()


def media_sections(audios: int, videos: int) -> bytes:
    requirement = rtc.MediaSectionsRequirement(num_audios=audios, num_videos=videos)
    return rtc.SignalResponse(media_sections_requirement=requirement).SerializeToString()


def speakers_changed(speakers: Iterable[models.SpeakerInfo]) -> bytes:
    return rtc.SignalResponse(speakers_changed=rtc.SpeakersChanged(speakers=speakers)).SerializeToString()


def connection_quality(updates: Iterable[rtc.ConnectionQualityInfo]) -> bytes:
    message = rtc.ConnectionQualityUpdate(updates=updates)
    return rtc.SignalResponse(connection_quality=message).SerializeToString()


def stream_state(publisher: str, track: str, paused: bool) -> bytes:
    state = rtc.StreamStateInfo(
        participant_sid=publisher,
        track_sid=track,
        state=rtc.StreamState.PAUSED if paused else rtc.StreamState.ACTIVE,
    )
    return rtc.SignalResponse(stream_state_update=rtc.StreamStateUpdate(stream_states=[state])).SerializeToString()


def subscribed_quality(track: str, codec: str, wanted: Sequence[tuple[Quality, bool]]) -> bytes:
    qualities = [rtc.SubscribedQuality(quality=quality.name, enabled=enabled) for quality, enabled in wanted]
    message = rtc.SubscribedQualityUpdate(
        track_sid=track,
        subscribed_qualities=qualities,
        subscribed_codecs=[rtc.SubscribedCodec(codec=codec, qualities=qualities)],
    )
    return rtc.SignalResponse(subscribed_quality_update=message).SerializeToString()


def subscription_permission(publisher: str, track: str, allowed: bool) -> bytes:
    message = rtc.SubscriptionPermissionUpdate(participant_sid=publisher, track_sid=track, allowed=allowed)
    return rtc.SignalResponse(subscription_permission_update=message).SerializeToString()


def subscription_failed(track: str, error: models.SubscriptionError) -> bytes:
    response = rtc.SubscriptionResponse(track_sid=track, err=error)
    return rtc.SignalResponse(subscription_response=response).SerializeToString()


def refresh_token(token: str) -> bytes:
    return rtc.SignalResponse(refresh_token=token).SerializeToString()


def pong(timestamp: int) -> bytes:
    return rtc.SignalResponse(pong=timestamp).SerializeToString()


def pong_response(last_ping: int, now_ms: int) -> bytes:
    return rtc.SignalResponse(pong_resp=rtc.Pong(last_ping_timestamp=last_ping, timestamp=now_ms)).SerializeToString()


def request_response(response: rtc.RequestResponse) -> bytes:
    return rtc.SignalResponse(request_response=response).SerializeToString()
