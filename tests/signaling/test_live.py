"""A live room performs effects: what fails hurts one participant, and everything is closed in the end."""

from __future__ import annotations

import asyncio
import gc

import pytest
from livekit.protocol import models, rtc

from signaling import effects, protocol
from signaling.media.interface import Delivery, PeerStats, Quality
from signaling.model import WebhookEvent
from signaling.server import running
from tests.fakes import FakeEngine, FakePeer
from tests.signaling import offers
from tests.signaling.offers import Media
from tests.signaling.servers import settings, token, until
from tests.signaling.sockets import SignalClient, connect


async def publish(client: SignalClient, *, number: int = 1) -> None:
    await client.send(
        add_track=rtc.AddTrackRequest(cid="mic", type=models.TrackType.AUDIO, source=models.TrackSource.MICROPHONE)
    )
    sections = [Media("audio", "0", "sendonly", "mic"), Media("audio", "1")]
    await client.send(offer=rtc.SessionDescription(type="offer", sdp=offers.write(sections), id=number))


async def test_media_that_fails_for_one_ends_only_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: FakePeer, *_: object) -> None:
        raise RuntimeError("no more tracks")

    engine = FakeEngine()
    async with (
        running(settings(), engine) as started,
        connect(started.port, token("a")) as a,
        connect(started.port, token("b")) as b,
    ):
        await a.receive("join")
        await b.receive("join")
        monkeypatch.setattr(FakePeer, "publish", broken)
        await publish(a)
        leave = await a.receive("leave")
        assert leave.reason == models.DisconnectReason.MEDIA_FAILURE
        assert leave.action == protocol.Action.RECONNECT
        await b.send(ping_req=rtc.Ping(timestamp=1))
        await b.receive("pong_resp")
        assert list(started.hub.rooms["r1"].room.state.identities) == ["b"]


async def test_news_of_media_reaches_clients() -> None:
    engine = FakeEngine()
    async with (
        running(settings(), engine) as started,
        connect(started.port, token("a")) as a,
        connect(started.port, token("b")) as b,
    ):
        await publish(a)
        await a.receive("answer")
        await b.send(offer=rtc.SessionDescription(type="offer", sdp=offers.write([Media("audio", "0")]), id=1))
        await b.receive("answer")
        peers = engine.peers
        for peer in peers:
            peer.listener.connected()
        track, feed = peers[0].tracks[0], peers[1].feeds[0]
        track.level = 0.5
        assert (await b.receive("speakers_changed")).speakers[0].active
        feed.listener.stream_state(feed, True, None)
        assert (await b.receive("stream_state_update")).stream_states[0].state == rtc.StreamState.PAUSED
        track.listener.layers_wanted(track, {Quality.HIGH: False})
        assert not (await a.receive("subscribed_quality_update")).subscribed_codecs[0].qualities[0].enabled
        assert (await b.receive("connection_quality", seconds=8)).updates
        packet = models.DataPacket(user=models.UserPacket(payload=b"x"))
        peers[0].listener.data(Delivery.RELIABLE, packet.SerializeToString())
        assert peers[1].sent[0][0] is Delivery.RELIABLE
        peers[0].listener.disconnected("test")
        assert (await b.receive("connection_quality", seconds=8)).updates[0].quality == models.ConnectionQuality.LOST


async def test_a_bad_connection_is_called_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = PeerStats(
        uplink_loss=0.1, downlink_loss=0.0, rtt=0.6, uplink_bitrate=0, downlink_bitrate=0, downlink_estimate=0
    )
    monkeypatch.setattr(FakePeer, "stats", lambda self: bad)
    engine = FakeEngine()
    async with running(settings(), engine) as started, connect(started.port, token("a")) as a:
        await a.receive("join")
        engine.peers[0].listener.connected()
        update = (await a.receive("connection_quality", seconds=8)).updates[0]
        assert update.quality == models.ConnectionQuality.POOR


async def test_everything_a_participant_had_is_closed_and_forgotten() -> None:
    engine = FakeEngine()
    async with running(settings(), engine) as started, connect(started.port, token("stays")) as stays:
        await stays.receive("join")

        async def come_and_go(number: int) -> None:
            async with connect(started.port, token(f"guest-{number}")) as client:
                await publish(client)
                await client.receive("answer")
                await client.send(leave=rtc.LeaveRequest())
                await client.closed()

        await come_and_go(0)
        live = started.hub.rooms["r1"]
        await until(lambda: len(live.room.state.participants) == 1)
        gc.collect()
        before = len(gc.get_objects())
        for number in range(1, 41):
            await come_and_go(number)
        await until(lambda: len(live.room.state.participants) == 1)
        engine.peers[1:] = []
        stays.received.clear()
        await asyncio.sleep(0.2)
        gc.collect()
        # a few things are kept on purpose: who was here lately, and one bucket per identity
        assert len(gc.get_objects()) - before < 40 * 60
        assert not live.room.state.tracks
        assert len(live.room.state.identities) == 1


async def test_the_order_of_effects_is_the_order_of_webhooks() -> None:
    seen: list[str] = []
    engine = FakeEngine()
    async with running(settings(), engine) as started:
        started.hub._notify = lambda event: seen.append(event.event)
        live = started.hub.open("r2")
        live.run([effects.Notify(WebhookEvent(event="first")), effects.Notify(WebhookEvent(event="second"))])
        started.hub.delete("r2")
        assert seen == ["room_started", "first", "second", "room_finished"]
        assert "r2" not in started.hub.rooms


async def test_every_kind_of_request_is_understood_over_the_socket() -> None:
    async with (
        running(settings(), FakeEngine()) as started,
        connect(started.port, token("a", can_update_own_metadata=True)) as a,
    ):
        await publish(a)
        sid = (await a.receive("track_published")).track.sid
        await a.receive("answer")
        await a.send(mute=rtc.MuteTrackRequest(sid=sid, muted=True))
        await a.send(track_setting=rtc.UpdateTrackSettings(track_sids=[sid]))
        await a.send(subscription_permission=rtc.SubscriptionPermission(all_participants=True))
        await a.send(sync_state=rtc.SyncState(publish_tracks=[rtc.TrackPublishedResponse(cid="x")]))
        assert (await a.receive("track_unpublished")).track_sid == ""
        await a.send(update_metadata=rtc.UpdateParticipantMetadata(metadata="m", request_id=4))
        assert (await a.receive("request_response")).request_id == 4
        await a.send(update_audio_track=rtc.UpdateLocalAudioTrack(track_sid=sid))
        await a.send(update_video_track=rtc.UpdateLocalVideoTrack(track_sid=sid))
        await a.send(update_layers=rtc.UpdateVideoLayers(track_sid=sid))
        await a.send(trickle=rtc.TrickleRequest(candidateInit="{}"))
        await a.send(publish_data_track_request=rtc.PublishDataTrackRequest(name="d"))
        assert (await a.receive("request_response")).reason == protocol.Reason.UNSUPPORTED_TYPE
        await a.send(subscription=rtc.UpdateSubscription(track_sids=["TR_none"], subscribe=True))
        assert (await a.receive("subscription_response")).track_sid == "TR_none"
        await a.send(simulate=rtc.SimulateScenario(speaker_update=1))
        await a.send(simulate=rtc.SimulateScenario(leave_request_full_reconnect=True))
        assert (await a.receive("leave")).action == protocol.Action.RECONNECT
        await a.send(simulate=rtc.SimulateScenario(server_leave=True))
        assert (await a.receive("leave")).reason == models.DisconnectReason.SERVER_SHUTDOWN
        await a.closed()
