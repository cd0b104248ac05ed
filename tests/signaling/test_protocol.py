"""Wire messages: what clients send is read within bounds, what they get is what LiveKit would send."""

from __future__ import annotations

import base64
import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from signaling import protocol
from signaling.media.interface import Quality
from signaling.model import Permission, Source
from tests.signaling.sockets import wrap


@pytest.mark.parametrize("zipped", [True, False])
def test_a_join_request_is_read_zipped_or_not(zipped: bool) -> None:
    request = rtc.JoinRequest(metadata="m", participant_attributes={"a": "b"})
    assert protocol.parse_join(wrap(request, zipped=zipped)) == request
    assert protocol.parse_join(wrap(request, zipped=zipped).rstrip("=")) == request


@pytest.mark.parametrize(
    "data",
    [
        b"",
        rtc.WrappedJoinRequest(join_request=b"\xff\xff").SerializeToString(),
        rtc.WrappedJoinRequest(join_request=b"nonsense", compression=1).SerializeToString(),  # type: ignore[arg-type]
        rtc.WrappedJoinRequest(
            join_request=gzip.compress(bytes(4_000_000)),
            compression=1,  # type: ignore[arg-type]
        ).SerializeToString(),
        rtc.WrappedJoinRequest(
            join_request=gzip.compress(b"\x1a\x01x")[:-6],
            compression=1,  # type: ignore[arg-type]
        ).SerializeToString(),
    ],
    ids=["empty", "no request", "not zipped", "bomb", "cut"],
)
def test_bad_join_requests_are_refused(data: bytes) -> None:
    with pytest.raises(protocol.MalformedMessage):
        protocol.parse_join(base64.urlsafe_b64encode(data).decode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for parse in (protocol.parse_request, lambda d: protocol.parse_join(base64.urlsafe_b64encode(d).decode())):
        with contextlib.suppress(protocol.MalformedMessage):
            parse(data)
    packet = protocol.parse_packet(data)
    assert packet is None or isinstance(packet, models.DataPacket)


def test_large_messages_are_refused_unread() -> None:
    with pytest.raises(protocol.MalformedMessage):
        protocol.parse_request(bytes(protocol.MAX_MESSAGE + 1))


def test_permissions_survive_the_wire() -> None:
    permission = Permission(can_publish_sources=frozenset({Source.CAMERA}), hidden=True, can_subscribe=False)
    info = protocol.permission_info(permission)
    assert list(info.can_publish_sources) == [models.TrackSource.CAMERA]
    assert (info.hidden, info.can_subscribe, info.can_publish) == (True, False, True)


def test_join_says_what_clients_insist_on() -> None:
    message = rtc.SignalResponse.FromString(
        protocol.join(models.Room(name="r"), models.ParticipantInfo(sid="PA_1"), [models.ParticipantInfo(sid="PA_2")])
    )
    join = message.join
    assert join.server_info.version == join.server_version
    assert join.participant.sid == "PA_1"
    assert [p.sid for p in join.other_participants] == ["PA_2"]
    assert not join.subscriber_primary
    assert {codec.mime for codec in join.enabled_publish_codecs} == {"audio/opus", "video/VP8", "video/H264"}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (protocol.reconnected(3), "reconnect"),
        (protocol.answer("v=0", 1, {"0": "TR_1"}), "answer"),
        (protocol.mute("TR_1", True), "mute"),
        (protocol.track_subscribed("TR_1"), "track_subscribed"),
        (protocol.media_sections(1, 2), "media_sections_requirement"),
        (protocol.stream_state("PA_1", "TR_1", True), "stream_state_update"),
        (protocol.subscribed_quality("TR_1", "vp8", [(Quality.LOW, True)]), "subscribed_quality_update"),
        (protocol.subscription_permission("PA_1", "TR_1", False), "subscription_permission_update"),
        (protocol.refresh_token("t"), "refresh_token"),
        (protocol.pong(1), "pong"),
        (protocol.pong_response(1, 2), "pong_resp"),
    ],
)
def test_every_response_is_of_its_kind(message: bytes, kind: str) -> None:
    assert rtc.SignalResponse.FromString(message).WhichOneof("message") == kind
