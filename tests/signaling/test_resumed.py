"""What a client is told when it resumes: who is here, and who has gone for good."""

from __future__ import annotations

import pytest
from livekit.protocol import models

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
