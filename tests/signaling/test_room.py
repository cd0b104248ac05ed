"""A room, event by event, without a socket or a packet."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import SendDataRequest, UpdateParticipantRequest

from signaling import protocol
from signaling.media.interface import Delivery, Kind, PeerStats, Quality
from signaling.model import DisconnectReason, Grants, Limits, Permission, Source
from tests.signaling.offers import Media
from tests.signaling.worlds import Client, World


@pytest.fixture
def world() -> World:
    return World()


def gate(identity: str, value: str, source: str = "microphone") -> UpdateParticipantRequest:
    return UpdateParticipantRequest(room="room", identity=identity, attributes={f"gate.{source}": value})


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


class TestSubscribing:
    def test_without_auto_subscribe_nothing_comes_unasked(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", auto_subscribe=False, slots=3)
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(5)
        assert not world.fed(site)
        world.perform(
            world.room.subscription(site.sid, rtc.UpdateSubscription(track_sids=[sid], subscribe=True), world.moment())
        )
        world.pass_time(1)
        assert world.fed(site) == {sid}

    def test_track_settings_reach_the_feed(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        request = rtc.UpdateTrackSettings(track_sids=[sid], disabled=True, quality=models.VideoQuality.LOW)
        world.perform(world.room.track_setting(site.sid, request))
        settings = world.feeds[site.sid, sid]
        assert (settings.enabled, settings.quality) == (False, Quality.LOW)

    def test_the_publisher_may_choose_its_subscribers(self, world: World) -> None:
        main = world.join("main")
        friend, stranger = world.join("friend", slots=1), world.join("stranger", slots=1)
        for client in (friend, stranger):
            world.offer(client)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        permission = rtc.SubscriptionPermission(
            all_participants=False,
            track_permissions=[rtc.TrackPermission(participant_identity="friend", all_tracks=True)],
        )
        world.perform(world.room.subscription_permission(main.sid, permission, world.moment()))
        world.pass_time(1)
        assert world.fed(friend) == {sid}
        assert world.fed(stranger) == set()
        told = stranger.messages("subscription_permission_update")[-1].subscription_permission_update
        assert (told.track_sid, told.allowed) == (sid, False)
        world.perform(
            world.room.subscription_permission(
                main.sid, rtc.SubscriptionPermission(all_participants=True), world.moment()
            )
        )
        world.pass_time(5)
        assert world.fed(stranger) == {sid}

    def test_losing_can_subscribe_closes_every_feed(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        world.offer(site)
        world.publish(main, "camera")
        world.pass_time(1)
        request = UpdateParticipantRequest(room="room", identity="site-01")
        request.permission.CopyFrom(protocol.permission_info(Permission(can_subscribe=False)))
        _, effects = world.room.update_participant(request, world.moment())
        world.perform(effects)
        assert not world.fed(site)

    def test_a_codec_the_subscriber_lacks_is_said(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        for section in site.sections:
            section.codecs = ("h264",)
        world.offer(site)
        world.publish(main, "camera")
        world.pass_time(1)
        assert not world.fed(site)
        failed = site.messages("subscription_response")[-1].subscription_response
        assert failed.err == models.SubscriptionError.SE_CODEC_UNSUPPORTED

    def test_wishes_for_offers_are_coalesced(self, world: World) -> None:
        site = world.join("site-01")
        world.offer(site)
        publishers = [world.join(f"p{n}", auto_subscribe=False) for n in range(10)]
        for publisher in publishers:
            world.publish(publisher, "camera")
        world.pass_time(1)
        requirements = site.messages("media_sections_requirement")
        assert [r.media_sections_requirement.num_videos for r in requirements] == [10]
        assert len(world.fed(site)) == 10

    def test_the_first_wish_is_told_at_once_and_the_next_only_after_the_interval(self, world: World) -> None:
        site = world.join("site-01")
        world.offer(site)
        first, second = (world.join(f"p{n}", auto_subscribe=False) for n in range(2))
        world.publish(first, "camera")
        world.pass_time(0.05)
        assert len(site.messages("media_sections_requirement")) == 1
        world.publish(second, "camera")
        world.pass_time(0.05)
        assert len(site.messages("media_sections_requirement")) == 1
        world.pass_time(0.2)
        assert len(site.messages("media_sections_requirement")) == 2

    def test_a_change_of_floor_takes_one_offer_and_one_more_section_at_most(self, world: World) -> None:
        site = world.join("site-01", auto_subscribe=False)
        world.offer(site)
        tracks = [world.track(world.publish(world.join(f"p{n}", auto_subscribe=False), "camera")) for n in range(6)]
        for before, track in zip([None, *tracks], tracks, strict=False):
            count, start = site.offers, world.now
            for sids, on in (([before] if before else [], False), ([track], True)):
                request = rtc.UpdateSubscription(track_sids=sids, subscribe=on)
                world.perform(world.room.subscription(site.sid, request, world.moment()))
            world.pass_time(0.05)
            assert world.fed(site) == {track}
            assert (site.offers - count, round(world.now - start, 2)) == (1, 0.05)
            world.pass_time(0.5)
        assert site.slots(Kind.VIDEO) == 2

    def test_a_section_stopped_by_the_client_is_replaced(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        next(s for s in site.sections if s.kind == "video").port = 0
        world.offer(site)
        assert not world.fed(site)
        world.pass_time(1)
        assert world.fed(site) == {sid}

    def test_an_offer_that_never_comes_is_asked_for_again(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01")
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        deaf, world.clients[site.sid] = site, Client("nobody")
        world.pass_time(1)
        assert deaf.messages("media_sections_requirement") == []
        asked = len(world.clients[site.sid].messages("media_sections_requirement"))
        world.clients[site.sid] = deaf
        world.pass_time(6)
        assert asked == 1
        assert world.fed(site) == {sid}

    def test_unknown_qualities_are_taken_for_the_best(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        world.offer(site)
        sid = world.track(world.publish(main, "camera"))
        world.pass_time(1)
        for quality in (-5, 9):
            request = rtc.UpdateTrackSettings(track_sids=[sid, "TR_none"], quality=quality)  # type: ignore[arg-type]
            world.perform(world.room.track_setting(site.sid, request))
            assert world.feeds[site.sid, sid].quality is Quality.HIGH

    def test_hiding_looks_like_leaving_and_showing_like_coming(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", slots=1)
        world.offer(site)
        world.publish(main, "camera")
        world.pass_time(1)
        for hidden in (True, False):
            request = UpdateParticipantRequest(room="room", identity="main")
            request.permission.CopyFrom(protocol.permission_info(Permission(hidden=hidden)))
            _, effects = world.room.update_participant(request, world.moment())
            world.perform(effects)
            world.pass_time(1)
            states = [p.state for m in site.messages("update") for p in m.update.participants if p.identity == "main"]
            assert (states[-1] == models.ParticipantInfo.State.DISCONNECTED) is hidden
            assert not (hidden and world.fed(site))

    def test_who_may_not_be_heard_is_said_when_asked_for(self, world: World) -> None:
        main, site = world.join("main"), world.join("site-01", auto_subscribe=False)
        sid = world.track(world.publish(main, "camera"))
        world.perform(world.room.subscription_permission(main.sid, rtc.SubscriptionPermission(), world.moment()))
        request = rtc.UpdateSubscription(track_sids=[sid, "TR_none"], subscribe=True)
        world.perform(world.room.subscription(site.sid, request, world.moment()))
        assert not site.messages("subscription_permission_update")[-1].subscription_permission_update.allowed
        error = site.messages("subscription_response")[-1].subscription_response.err
        assert error == models.SubscriptionError.SE_TRACK_NOTFOUND

    def test_hidden_participants_are_neither_seen_nor_heard(self, world: World) -> None:
        main = world.join("main", slots=2)
        world.offer(main)
        hidden = world.join("recorder", permission=Permission(hidden=True), slots=2)
        world.offer(hidden)
        world.publish(hidden, "camera")
        world.publish(main, "microphone")
        world.pass_time(2)
        seen = {p.identity for m in main.messages("update") for p in m.update.participants}
        assert "recorder" not in seen
        assert not world.fed(main)
        assert len(world.fed(hidden)) == 1
        assert world.room.state.info.num_participants == 1


class TestData:
    def packet(self, *to: str, sequence: int = 0) -> bytes:
        return models.DataPacket(
            user=models.UserPacket(payload=b"x", topic="t"),
            destination_identities=to,
            participant_identity="somebody else",
            sequence=sequence,
        ).SerializeToString()

    def test_the_server_writes_who_sent_it(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.participant_identity, packet.participant_sid, packet.user.participant_sid) == ("a", a.sid, a.sid)
        assert not world.data[a.sid]

    def test_only_so_much_is_kept_for_those_who_were_away(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for sequence in range(1, 400):
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=sequence), world.moment()))
        world.data.clear()
        world.perform(world.room.sync(b.sid, rtc.SyncState(), world.moment()))
        assert len(world.data[b.sid]) == 256
        world.now += 60
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=999), world.moment()))
        assert len(world.room.state.kept) == 1

    def test_what_only_the_server_says_is_not_passed_on(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for packet in (models.DataPacket(speaker=models.ActiveSpeakerUpdate()), models.DataPacket()):
            payload = packet.SerializeToString()
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, payload, world.moment()))
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, b"\xff" * 9, world.moment()))
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, bytes(70_000), world.moment()))
        assert not world.data[b.sid]

    def test_who_is_hidden_sends_without_a_name(self, world: World) -> None:
        a, b = world.join("a", permission=Permission(hidden=True)), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.participant_identity, packet.participant_sid, packet.user.participant_identity) == ("", "", "")

    def test_only_those_named_get_it(self, world: World) -> None:
        a, b, c = world.join("a"), world.join("b"), world.join("c")
        world.perform(world.room.data(a.sid, Delivery.LOSSY, self.packet("c"), world.moment()))
        assert (len(world.data[b.sid]), len(world.data[c.sid])) == (0, 1)

    def test_without_permission_nothing_is_passed_on(self, world: World) -> None:
        a, b = world.join("a", permission=Permission(can_publish_data=False)), world.join("b")
        world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(), world.moment()))
        assert not world.data[b.sid]

    def test_what_was_missed_is_sent_after_a_resume_and_nothing_twice(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        for sequence in (1, 2, 2, 3):
            world.perform(world.room.data(a.sid, Delivery.RELIABLE, self.packet(sequence=sequence), world.moment()))
        assert len(world.data[b.sid]) == 3
        world.data.clear()
        state = rtc.DataChannelReceiveState(publisher_sid=a.sid, last_seq=2)
        world.perform(world.room.sync(b.sid, rtc.SyncState(datachannel_receive_states=[state]), world.moment()))
        assert [models.DataPacket.FromString(p).sequence for p in world.data[b.sid]] == [3]
        world.perform(world.room.resume(a.sid, world.moment()))
        assert a.messages("reconnect")[-1].reconnect.last_message_seq == 3

    def test_the_api_reaches_those_named(self, world: World) -> None:
        a, b = world.join("a"), world.join("b")
        request = SendDataRequest(room="room", data=b"hi", destination_identities=["b"], topic="news")
        world.perform(world.room.send_data(request, world.moment()))
        packet = models.DataPacket.FromString(world.data[b.sid][0])
        assert (packet.user.payload, packet.user.topic) == (b"hi", "news")
        assert not world.data[a.sid]


class TestObserving:
    def test_speakers_are_told_when_they_begin_and_when_they_stop(self, world: World) -> None:
        a = world.join("a")
        sid = world.track(world.publish(a, "microphone"))
        world.perform(world.room.speakers({sid: 0.5}))
        world.perform(world.room.speakers({sid: 0.52}))
        world.perform(world.room.speakers({sid: 0.0}))
        told = [m.speakers_changed.speakers[0].active for m in a.messages("speakers_changed")]
        assert told == [True, False]

    def test_who_is_gated_or_muted_does_not_speak(self, world: World) -> None:
        gated = world.join("a", attributes={"gate.microphone": "closed"})
        muted = world.join("b")
        sids = [world.track(world.publish(gated, "microphone"))]
        sids.append(world.track(world.publish(muted, "microphone", muted=True)))
        world.perform(world.room.speakers(dict.fromkeys(sids, 0.9)))
        assert not gated.messages("speakers_changed")

    def test_quality_follows_loss_and_is_told_once(self, world: World) -> None:
        a = world.join("a")
        good = PeerStats(0.0, 0.0, 0.03, 1e6, 1e6, None)
        bad = PeerStats(0.3, 0.0, 0.03, 1e6, 1e6, None)
        for stats in (good, good, bad):
            world.perform(world.room.qualities({a.sid: stats}))
        told = [m.connection_quality.updates[0].quality for m in a.messages("connection_quality")]
        assert told == [models.ConnectionQuality.EXCELLENT, models.ConnectionQuality.POOR]

    def test_dynacast_and_pauses_are_passed_on(self, world: World) -> None:
        a, b = world.join("a"), world.join("b", slots=1)
        world.offer(b)
        sid = world.track(world.publish(a, "camera"))
        world.pass_time(1)
        world.perform(world.room.layers_wanted(sid, {Quality.LOW: True, Quality.HIGH: False}))
        update = a.messages("subscribed_quality_update")[-1].subscribed_quality_update
        assert {q.quality: q.enabled for q in update.subscribed_codecs[0].qualities} == {0: True, 2: False}
        world.perform(world.room.stream_state(b.sid, sid, True))
        assert b.messages("stream_state_update")[-1].stream_state_update.stream_states[0].state == 1


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
