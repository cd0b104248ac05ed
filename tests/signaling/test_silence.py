"""A participant whose lines are dead without anybody having said so: when it is held to be gone, and since when."""

from __future__ import annotations

import pytest
from livekit.protocol import models

from signaling.model import DisconnectReason
from tests.signaling.worlds import Client, World

LISTEN = 0.3  # seconds between two looks


@pytest.fixture
def world() -> World:
    return World()


def listen(world: World, seconds: float, *speaking: Client) -> None:
    """The server goes on looking; only ``speaking`` send anything."""
    for _ in range(round(seconds / LISTEN)):
        world.pass_time(LISTEN)
        signs = {client.sid: world.now for client in speaking}
        world.perform(world.room.heard(signs, world.moment()))


def gone(world: World, client: Client) -> models.ParticipantInfo | None:
    left = [e for e in world.events if e.event == "participant_left" and e.participant.sid == client.sid]
    return left[0].participant if left else None


def left_at(world: World, client: Client) -> object:
    """Of the world's clock; an event knows whole seconds."""
    left = next(e for e in world.events if e.event == "participant_left" and e.participant.sid == client.sid)
    return pytest.approx(left.created_at - 1_800_000_000 + 0.5, abs=0.6)


def test_who_says_nothing_on_either_line_is_gone_after_twelve_seconds_and_since_its_last_sign(world: World) -> None:
    silent, other = world.join("site-01"), world.join("site-02")
    listen(world, 3, silent, other)
    last = world.now
    listen(world, 11.4, other)
    assert gone(world, silent) is None
    listen(world, 1.2, other)
    told = gone(world, silent)
    assert told is not None
    assert told.disconnect_reason == DisconnectReason.CONNECTION_TIMEOUT
    assert last == left_at(world, silent)
    assert gone(world, other) is None


def test_one_sign_within_the_time_is_enough_to_stay(world: World) -> None:
    client = world.join("site-01")
    for _ in range(5):
        listen(world, 0.3, client)
        listen(world, 10)
    assert gone(world, client) is None


def test_a_server_that_stood_still_itself_sends_nobody_away(world: World) -> None:
    client = world.join("site-01")
    listen(world, 3, client)
    world.pass_time(60)
    listen(world, 9)
    assert gone(world, client) is None


def test_a_lost_socket_and_lost_media_date_the_going_to_the_last_sign(world: World) -> None:
    client, other = world.join("site-01"), world.join("site-02")
    listen(world, 3, client, other)
    last = world.now
    world.room.signal_lost(client.sid, world.moment())
    world.room.media_lost(client.sid, world.moment(), over=True)
    listen(world, 7, other)
    assert last == left_at(world, client)


def test_a_second_window_ends_a_silent_first_one_when_it_was_last_heard(world: World) -> None:
    old = world.join("site-01")
    listen(world, 3, old)
    last = world.now
    listen(world, 8)
    world.join("site-01")
    assert last == left_at(world, old)


def test_a_second_window_ends_a_first_one_that_hung_up_without_a_goodbye_when_it_did(world: World) -> None:
    old = world.join("site-01")
    listen(world, 3, old)
    last = world.now
    world.room.signal_lost(old.sid, world.moment())
    world.room.media_lost(old.sid, world.moment(), over=True)
    listen(world, 3)
    world.join("site-01")
    assert last == left_at(world, old)


def test_a_second_window_ends_a_living_first_one_now(world: World) -> None:
    old = world.join("site-01")
    listen(world, 3, old)
    listen(world, 4.8)  # it has nothing to send but its pings
    world.join("site-01")
    assert world.now == left_at(world, old)


def test_a_goodbye_is_dated_when_it_is_said(world: World) -> None:
    client = world.join("site-01")
    listen(world, 3, client)
    listen(world, 9)
    world.perform(world.room.left(client.sid, world.moment()))
    assert world.now == left_at(world, client)
