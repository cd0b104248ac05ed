"""Who is speaking, how good connections are, what media reports."""

from __future__ import annotations

import pytest
from livekit.protocol import models

from signaling.media.interface import PeerStats, Quality
from tests.signaling.worlds import World


@pytest.fixture
def world() -> World:
    return World()


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
