"""What a room that lasts keeps of what it was told over and over: the newest, and nothing else."""

from __future__ import annotations

import os

from livekit.protocol import models, rtc

from signaling import protocol
from signaling.model import WebhookEvent
from signaling.webhooks import Patience, Webhooks
from tests.benchmarks.measure import resident_megabytes
from tests.signaling.worlds import World

OFTEN = 600
LONG = 100_000  # bytes: together sixty megabytes
SOME = 15  # megabytes
AWAY = Patience(at_close=0.0)


def test_a_revised_message_differs_in_what_was_changed_alone() -> None:
    info = models.TrackInfo(sid="TR_1", muted=True, layers=[models.VideoLayer(width=640)], version={"ticks": 3})
    revised = protocol.revised(info, layers=[], name="camera")
    assert revised == models.TrackInfo(sid="TR_1", muted=True, name="camera", version={"ticks": 3})
    assert info.layers[0].width == 640


def test_metadata_written_over_and_over_leaves_only_the_newest() -> None:
    world = World()
    client = world.join("site-01")
    before = resident_megabytes(os.getpid())
    for number in range(OFTEN):
        world.perform(world.room.set_metadata(f"{number:06}" + "x" * LONG))
        client.received.clear()
    assert world.room.state.info.metadata.startswith(f"{OFTEN - 1:06}")
    assert resident_megabytes(os.getpid()) - before < SOME


def test_layers_announced_over_and_over_leave_only_the_newest() -> None:
    world = World()
    client = world.join("site-01")
    world.publish(client, "camera")
    (sid,) = world.participant(client).tracks
    before = resident_megabytes(os.getpid())
    for number in range(OFTEN):
        layer = models.VideoLayer(width=number, rid="q" * LONG)
        request = rtc.UpdateVideoLayers(track_sid=sid, layers=[layer])
        world.perform(world.room.update_layers(client.sid, request, world.moment()))
        world.pass_time(0.06)
        client.received.clear()
    assert world.room.state.tracks[sid].info.layers[0].width == OFTEN - 1
    assert resident_megabytes(os.getpid()) - before < SOME


async def test_events_that_wait_take_a_fraction_of_the_room_they_carry() -> None:
    line = '{"site-01": {"name": "青禾一村", "headcount": 12, "joined_at": "2026-11-21T06:28:06Z"}}'
    room = models.Room(name="room", metadata=line * 150)
    event = WebhookEvent(event="participant_joined", room=room)
    async with Webhooks(["http://127.0.0.1:9/nobody"], key="key", secret="s" * 32, patience=AWAY) as webhooks:
        before = resident_megabytes(os.getpid())
        for number in range(4_000):  # fifty megabytes
            event.id = f"EV_{number}"
            webhooks.put(event)
        assert resident_megabytes(os.getpid()) - before < SOME
