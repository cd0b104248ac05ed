"""Who receives what, and how few offers it takes."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateParticipantRequest

from signaling import protocol
from signaling.media.interface import Kind, Quality
from signaling.model import Permission
from tests.signaling.worlds import Client, World


@pytest.fixture
def world() -> World:
    return World()


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
