"""What a client is told when it resumes: who is here, and who has gone for good."""

from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from signaling.media.interface import Quality
from tests.signaling.worlds import Client, World

DISCONNECTED = models.ParticipantInfo.State.DISCONNECTED


@pytest.fixture
def world() -> World:
    return World()


def told(world: World, client: Client) -> list[models.ParticipantInfo]:
    """Everybody the resumed ``client`` hears of, in order."""
    client.received.clear()
    world.room.signal_lost(client.sid, world.moment())
    world.perform(world.room.resume(client.sid, world.moment()))
    return [info for message in client.messages("update") for info in message.update.participants]


def test_who_left_meanwhile_is_told_as_gone(world: World) -> None:
    client, other = world.join("site-01"), world.join("site-02")
    world.perform(world.room.left(other.sid, world.moment()))
    assert [info.identity for info in told(world, client) if info.state == DISCONNECTED] == ["site-02"]


def test_who_left_and_came_again_is_not_told_as_gone(world: World) -> None:
    """livekit-client would drop the new connection, and every picture of it, with the old one."""
    client, old = world.join("site-01"), world.join("site-02")
    world.perform(world.room.left(old.sid, world.moment()))
    new = world.join("site-02")
    assert [(info.sid, info.state == DISCONNECTED) for info in told(world, client) if info.identity == "site-02"] == [
        (new.sid, False)
    ]


def test_a_publisher_is_told_again_which_layers_are_wanted(world: World) -> None:
    """Told while its socket was away it would never know, and go on sending nothing."""
    client = world.join("site-01")
    world.publish(client, "camera")
    (sid,) = world.room.state.tracks
    world.room.signal_lost(client.sid, world.moment())
    world.room.layers_wanted(sid, {Quality.LOW: True, Quality.MEDIUM: False, Quality.OFF: True})
    told(world, client)
    (message,) = client.messages("subscribed_quality_update")
    assert message.subscribed_quality_update.track_sid == sid
    qualities = message.subscribed_quality_update.subscribed_qualities
    assert [(q.quality, q.enabled) for q in qualities] == [(0, True), (1, False)]


def test_a_subscriber_is_told_again_what_is_paused(world: World) -> None:
    client, publisher = world.join("site-01", slots=1), world.join("site-02")
    world.offer(client)
    world.publish(publisher, "camera")
    world.pass_time(1)
    (sid,) = world.room.state.tracks
    told(world, client)
    assert not client.messages("stream_state_update")
    world.room.signal_lost(client.sid, world.moment())
    world.room.stream_state(client.sid, sid, True)
    told(world, client)
    (message,) = client.messages("stream_state_update")
    (state,) = message.stream_state_update.stream_states
    assert (state.track_sid, state.state) == (sid, rtc.StreamState.PAUSED)
