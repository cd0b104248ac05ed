"""Gates: what only the server opens and closes."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateParticipantRequest

from signaling import protocol
from signaling.model import Limits, Permission
from tests.signaling.offers import Media
from tests.signaling.worlds import World


@pytest.fixture
def world() -> World:
    return World()


def gate(identity: str, value: str, source: str = "microphone") -> UpdateParticipantRequest:
    return UpdateParticipantRequest(room="room", identity=identity, attributes={f"gate.{source}": value})


class TestGates:
    def test_a_closed_gate_forwards_nothing_and_keeps_the_track(self, world: World) -> None:
        client = world.join("site-01", attributes={"gate.microphone": "closed"})
        sid = world.track(world.publish(client, "microphone"))
        assert world.forwarding[sid] is False
        _, effects = world.room.update_participant(gate("site-01", "open"), world.moment())
        world.perform(effects)
        assert world.forwarding[sid] is True
        _, effects = world.room.update_participant(gate("site-01", "closed"), world.moment())
        world.perform(effects)
        assert world.forwarding[sid] is False
        assert sid in world.room.state.tracks

    @pytest.mark.parametrize(
        ("kind", "source"),
        [
            (models.TrackType.AUDIO, models.TrackSource.CAMERA),
            (models.TrackType.AUDIO, models.TrackSource.SCREEN_SHARE),
            (models.TrackType.VIDEO, models.TrackSource.MICROPHONE),
            (7, models.TrackSource.CAMERA),
        ],
    )
    def test_sound_that_calls_itself_a_camera_is_refused(self, world: World, kind: int, source: int) -> None:
        client = world.join("site-01", attributes={"gate.microphone": "closed"})
        request = rtc.AddTrackRequest(cid="x", type=kind, source=source)  # type: ignore[arg-type]
        world.perform(world.room.add_track(client.sid, request, world.moment()))
        response = client.messages("request_response")[-1].request_response
        assert response.reason == protocol.Reason.INVALID_REQUEST
        client.sections.append(Media("audio", "p0", "sendonly", "x"))
        world.offer(client)
        assert not world.room.state.tracks

    @pytest.mark.parametrize("offer_first", [True, False])
    def test_sound_in_the_place_of_an_announced_camera_is_not_published(self, world: World, offer_first: bool) -> None:
        client = world.join("site-01", attributes={"gate.microphone": "closed"})
        camera = rtc.AddTrackRequest(cid="x", type=models.TrackType.VIDEO, source=models.TrackSource.CAMERA)
        client.sections.append(Media("audio", "p0", "sendonly", "x"))
        if offer_first:
            world.offer(client)
        world.perform(world.room.add_track(client.sid, camera, world.moment()))
        if not offer_first:
            world.offer(client)
        assert not world.room.state.tracks

    def test_an_open_gate_does_not_unmute(self, world: World) -> None:
        client = world.join("site-01")
        sid = world.track(world.publish(client, "microphone", muted=True))
        _, effects = world.room.update_participant(gate("site-01", "open"), world.moment())
        world.perform(effects)
        assert world.forwarding[sid] is False

    def test_a_client_that_tries_to_open_its_gate_is_refused(self, world: World) -> None:
        client = world.join(
            "site-01", permission=Permission(can_update_metadata=True), attributes={"gate.microphone": "closed"}
        )
        sid = world.track(world.publish(client, "microphone"))
        request = rtc.UpdateParticipantMetadata(attributes={"gate.microphone": "open", "mic": "on"}, request_id=7)
        world.perform(world.room.update_metadata(client.sid, request, world.moment()))
        response = client.messages("request_response")[-1].request_response
        assert (response.request_id, response.reason) == (7, protocol.Reason.NOT_ALLOWED)
        assert world.forwarding[sid] is False
        assert "mic" not in world.participant(client).attributes

    def test_what_is_too_large_is_refused(self) -> None:
        world = World(Limits(attributes=100, metadata=100, name=10))
        client = world.join("a", permission=Permission(can_update_metadata=True))
        for request in (
            rtc.UpdateParticipantMetadata(attributes={"a": "x" * 200}, request_id=1),
            rtc.UpdateParticipantMetadata(metadata="x" * 200, request_id=2),
            rtc.UpdateParticipantMetadata(name="x" * 20, request_id=3),
        ):
            world.perform(world.room.update_metadata(client.sid, request, world.moment()))
            response = client.messages("request_response")[-1].request_response
            assert response.reason == protocol.Reason.LIMIT_EXCEEDED
        stranger = world.join("b")
        world.perform(
            world.room.update_metadata(stranger.sid, rtc.UpdateParticipantMetadata(request_id=4), world.moment())
        )
        assert stranger.messages("request_response")[-1].request_response.reason == protocol.Reason.NOT_ALLOWED

    def test_a_gate_closed_by_the_server_stays_closed_for_an_older_token(self, world: World) -> None:
        world.join("site-01", attributes={"gate.microphone": "open"}, issued_at=1_800_000_000)
        _, effects = world.room.update_participant(gate("site-01", "closed"), world.moment())
        world.perform(effects)
        again = world.join("site-01", attributes={"gate.microphone": "open"}, issued_at=1_800_000_000)
        assert world.participant(again).attributes["gate.microphone"] == "closed"

    def test_a_permission_taken_stays_taken_for_a_token_of_the_same_second(self, world: World) -> None:
        second = world.moment().unix_ms // 1000
        world.join("site-01", issued_at=second)
        request = UpdateParticipantRequest(room="room", identity="site-01")
        request.permission.CopyFrom(protocol.permission_info(Permission(can_publish=False)))
        _, effects = world.room.update_participant(request, world.moment())
        world.perform(effects)
        assert not world.participant(world.join("site-01", issued_at=second)).permission.can_publish
        assert world.participant(world.join("site-01", issued_at=second + 1)).permission.can_publish

    def test_a_newer_token_outranks_what_the_server_said_before(self, world: World) -> None:
        world.join("site-01")
        _, effects = world.room.update_participant(gate("site-01", "open"), world.moment())
        world.perform(effects)
        again = world.join("site-01", attributes={"gate.microphone": "closed"}, issued_at=1_800_001_000)
        assert world.participant(again).attributes["gate.microphone"] == "closed"

    def test_a_change_of_gate_is_told_at_once(self, world: World) -> None:
        main = world.join("main")
        world.join("site-01")
        world.pass_time(1)
        main.received.clear()
        _, effects = world.room.update_participant(gate("site-01", "open"), world.moment())
        world.perform(effects)
        assert main.messages("update")[0].update.participants[0].attributes["gate.microphone"] == "open"
