"""A room, event by event, without a socket or a packet: coming, staying, publishing, closing."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateParticipantRequest

from signaling import protocol
from signaling.media.interface import Kind
from signaling.model import DisconnectReason, Grants, Limits, Permission, Source
from tests.signaling.offers import Media
from tests.signaling.worlds import Client, World


@pytest.fixture
def world() -> World:
    return World()


class TestJoining:
    def test_the_first_message_is_join_and_names_those_already_here(self, world: World) -> None:
        world.join("main")
        late = world.join("site-01")
        first = late.received[0]
        assert first.WhichOneof("message") == "join"
        assert [p.identity for p in first.join.other_participants] == ["main"]
        assert first.join.participant.permission.can_publish
        assert first.join.server_info.version

    def test_others_hear_of_a_newcomer_within_the_update_interval(self, world: World) -> None:
        main = world.join("main")
        world.join("site-01")
        world.pass_time(0.06)
        assert "site-01" in {p.identity for m in main.messages("update") for p in m.update.participants}

    def test_many_changes_in_one_moment_are_one_message(self, world: World) -> None:
        main = world.join("main")
        world.pass_time(1)
        main.received.clear()
        for number in range(33):
            world.join(f"site-{number:02}", slots=0)
        world.pass_time(0.06)
        updates = main.messages("update")
        assert len(updates) == 1
        assert len(updates[0].update.participants) == 33

    def test_a_second_window_with_the_same_identity_ends_the_first(self, world: World) -> None:
        old = world.join("site-01")
        new = world.join("site-01")
        assert old.received[-1].leave.reason == DisconnectReason.DUPLICATE_IDENTITY
        assert old.hung_up
        assert old.sid in world.closed_peers
        assert world.room.state.by_identity("site-01") is world.participant(new)
        left = [e for e in world.events if e.event == "participant_left"]
        assert [e.participant.disconnect_reason for e in left] == [DisconnectReason.DUPLICATE_IDENTITY]

    def test_a_client_may_not_open_a_gate_while_joining(self, world: World) -> None:
        client = world.join(
            "site-01",
            permission=Permission(can_update_metadata=True),
            attributes={"gate.microphone": "closed"},
            metadata="mine",
        )
        p = world.participant(client)
        assert p.attributes == {"gate.microphone": "closed"}
        assert p.metadata == "mine"

    def test_events_come_in_the_order_of_life(self, world: World) -> None:
        client = world.join("site-01")
        world.publish(client, "microphone")
        world.perform(world.room.left(client.sid, world.moment()))
        world.pass_time(30)
        assert [e.event for e in world.events] == [
            "room_started",
            "participant_joined",
            "track_published",
            "track_unpublished",
            "participant_left",
            "room_finished",
        ]
        assert world.finished

    def test_a_room_nobody_comes_to_closes_after_its_empty_timeout(self, world: World) -> None:
        world.pass_time(299)
        assert not world.finished
        world.pass_time(2)
        assert world.finished


class TestStaying:
    def test_a_lost_socket_is_waited_for_while_media_flows(self, world: World) -> None:
        client = world.join("site-01")
        world.offer(client)
        world.perform(world.room.signal_lost(client.sid, world.moment()))
        world.pass_time(29)
        assert world.room.participant(client.sid) is not None
        world.pass_time(2)
        assert world.room.participant(client.sid) is None

    def test_both_lines_lost_ends_soon(self, world: World) -> None:
        client = world.join("site-01")
        world.perform(world.room.signal_lost(client.sid, world.moment()))
        world.perform(world.room.media_lost(client.sid, world.moment()))
        world.pass_time(7)
        assert world.room.participant(client.sid) is None

    def test_who_is_replaced_or_removed_with_a_living_line_left_at_that_moment(self, world: World) -> None:
        world.join("site-01")
        world.pass_time(100)
        world.join("site-01")
        left = next(event for event in world.events if event.event == "participant_left")
        assert left.created_at == world.moment().unix_ms // 1000

    def test_resuming_tells_everything_again(self, world: World) -> None:
        client = world.join("site-01")
        other = world.join("site-02")
        world.perform(world.room.signal_lost(client.sid, world.moment()))
        world.perform(world.room.left(other.sid, world.moment()))
        world.perform(world.room.set_metadata("floor"))
        client.received.clear()
        world.perform(world.room.resume(client.sid, world.moment()))
        kinds = [m.WhichOneof("message") for m in client.received]
        assert kinds == ["reconnect", "update", "room_update"]
        states = {p.identity: p.state for p in client.received[1].update.participants}
        assert states["site-02"] == models.ParticipantInfo.State.DISCONNECTED
        assert client.received[2].room_update.room.metadata == "floor"

    def test_who_never_connects_media_is_removed(self, world: World) -> None:
        sid, effects = world.room.join(Grants("slow", "room", room_join=True), world.moment())
        world.clients[sid] = client = Client(sid)
        world.perform(effects)
        world.offer(client)
        world.pass_time(21)
        assert world.room.participant(sid) is None
        assert world.events[-1].event == "participant_connection_aborted"


class TestPublishing:
    @pytest.mark.parametrize("offer_first", [False, True])
    def test_announcement_and_offer_meet_in_either_order(self, world: World, offer_first: bool) -> None:
        client = world.join("main")
        cid = world.publish(client, "camera", offer_first=offer_first)
        published = client.messages("track_published")
        assert [m.track_published.cid for m in published] == [cid]
        assert world.uplinks[world.track(cid)].uplink.codecs[0].mime == "video/VP8"

    def test_a_source_that_is_not_permitted_is_refused(self, world: World) -> None:
        permission = Permission(can_publish_sources=frozenset({Source.CAMERA}))
        client = world.join("site-01", permission=permission)
        world.publish(client, "microphone")
        assert not world.forwarding
        assert client.messages("request_response")[0].request_response.reason == protocol.Reason.NOT_ALLOWED

    def test_losing_a_source_takes_its_track_down(self, world: World) -> None:
        client, listener = world.join("site-01"), world.join("main", slots=1)
        world.offer(listener)
        microphone = world.publish(client, "microphone")
        camera = world.publish(client, "camera")
        world.pass_time(1)
        sid = world.track(microphone)
        request = UpdateParticipantRequest(room="room", identity="site-01")
        request.permission.CopyFrom(
            protocol.permission_info(Permission(can_publish_sources=frozenset({Source.CAMERA})))
        )
        info, effects = world.room.update_participant(request, world.moment())
        world.perform(effects)
        assert info is not None
        assert list(world.forwarding) == [world.track(camera)]
        assert client.messages("track_unpublished")[0].track_unpublished.track_sid == sid
        assert world.fed(listener) == {world.track(camera)}

    def test_mute_by_the_server_stops_forwarding_and_tells_the_owner(self, world: World) -> None:
        client = world.join("site-01")
        sid = world.track(world.publish(client, "microphone"))
        info, effects = world.room.mute_by_server("site-01", sid, True, world.moment())
        world.perform(effects)
        assert info is not None
        assert info.muted
        assert world.forwarding[sid] is False
        assert client.messages("mute")[-1].mute.muted

    @pytest.mark.parametrize(
        "request_",
        [
            rtc.AddTrackRequest(cid="c", type=models.TrackType.AUDIO, source=99),  # type: ignore[arg-type]
            rtc.AddTrackRequest(cid="c", type=models.TrackType.VIDEO, layers=[models.VideoLayer(quality=77)]),  # type: ignore[arg-type]
            rtc.AddTrackRequest(cid="c", type=models.TrackType.DATA),
            rtc.AddTrackRequest(cid="", type=models.TrackType.AUDIO),
        ],
    )
    def test_what_nobody_knows_is_refused(self, world: World, request_: rtc.AddTrackRequest) -> None:
        client = world.join("a")
        world.perform(world.room.add_track(client.sid, request_, world.moment()))
        assert client.messages("request_response")[0].request_response.reason in (
            protocol.Reason.INVALID_REQUEST,
            protocol.Reason.UNSUPPORTED_TYPE,
        )

    def test_a_clients_own_mute_is_not_sent_back_to_it(self, world: World) -> None:
        client, other = world.join("site-01"), world.join("main")
        sid = world.track(world.publish(client, "microphone"))
        world.perform(world.room.mute(client.sid, rtc.MuteTrackRequest(sid=sid, muted=True), world.moment()))
        world.pass_time(1)
        assert not client.messages("mute")
        assert other.messages("update")[-1].update.participants[0].tracks[0].muted

    def test_unpublishing_frees_the_section_for_others(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01")
        world.offer(site)
        first = world.publish(main, "camera")
        world.pass_time(1)
        world.unpublish(main, first)
        world.pass_time(5)
        second = world.publish(main, "camera")
        world.pass_time(5)
        assert world.fed(site) == {world.track(second)}
        assert site.slots(Kind.VIDEO) == 1

    def test_a_late_listeners_tracks_ride_in_the_first_answer(self, world: World) -> None:
        main = world.join("main")
        tracks = {world.track(world.publish(main, source)) for source in ("camera", "microphone")}
        late = world.join("site-01", slots=3)
        world.offer(late)
        assert world.fed(late) == tracks
        assert not late.messages("media_sections_requirement")

    def test_h264_is_taken_when_it_is_all_there_is(self, world: World) -> None:
        client = world.join("main")
        client.sections.append(Media("video", "h", "sendonly", "cam", codecs=("h264",)))
        request = rtc.AddTrackRequest(cid="cam", type=models.TrackType.VIDEO, source=models.TrackSource.CAMERA)
        world.perform(world.room.add_track(client.sid, request, world.moment()))
        world.offer(client)
        assert world.uplinks[world.track("cam")].uplink.codecs[0].mime == "video/H264"


def test_a_room_that_closes_sends_everybody_away(world: World) -> None:
    a = world.join("a")
    end = models.RoomEndReason.ROOM_END_API_DELETE
    world.perform(world.room.close(DisconnectReason.ROOM_DELETED, end, world.moment()))
    assert a.received[-1].leave.reason == DisconnectReason.ROOM_DELETED
    assert world.finished
    assert world.room.close(DisconnectReason.ROOM_DELETED, end, world.moment()) == []


def test_too_many_tracks_are_refused() -> None:
    world = World(Limits(tracks_per_participant=2))
    client = world.join("a")
    for _ in range(3):
        world.publish(client, "camera")
    assert len(world.forwarding) == 2
    assert client.messages("request_response")[-1].request_response.reason == protocol.Reason.LIMIT_EXCEEDED
