"""Feeds in one engine: gates, pauses, one subscription after another."""

from __future__ import annotations

import asyncio

from signaling.media import srtp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Downlink
from tests.signaling.media.client import Listener, Source, eventually, requests, vp8
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import (
    CAMERA,
    MICROPHONE,
    OPUS,
    RECEIVED_EXTENSIONS,
    VP8,
    body,
    header,
    layer,
    microphone,
)


async def test_a_closed_gate_stops_audio_at_once_and_leaves_no_gap(connect: Connect, engine: MediaEngine) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"heard")
    await eventually(lambda: len(subscriber.rtp) == 1)
    track.set_forwarding(False)
    track.set_forwarding(False)
    source.send(b"secret")
    await eventually(lambda: engine.counters.dropped["gate"] == 1)
    track.set_forwarding(True)
    source.send(b"heard again")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(packet) for packet in subscriber.rtp] == [b"heard", b"heard again"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101]


async def test_video_behind_an_opened_gate_starts_with_a_key_frame(connect: Connect, engine: MediaEngine) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    track.set_forwarding(False)
    source.send(vp8(2, key=False, body=b"2"))
    source.send(vp8(3, key=True, body=b"3"))
    await eventually(lambda: engine.counters.dropped["gate"] == 2)
    track.set_forwarding(True)
    source.send(vp8(4, key=False, body=b"4"))
    source.send(vp8(5, key=True, body=b"5"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(packet)[6:] for packet in subscriber.rtp] == [b"1", b"5"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101]


async def test_a_disabled_feed_gets_nothing_and_resumes_where_it_left_off(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    feed = subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    feed.configure(enabled=False)
    source.send(vp8(2, key=True, body=b"2"))
    await asyncio.sleep(0.05)
    before = requests(publisher, source)
    feed.configure(enabled=True)
    await eventually(lambda: requests(publisher, source) > before)
    source.send(vp8(3, key=True, body=b"3"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(packet)[6:] for packet in subscriber.rtp] == [b"1", b"3"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101]


async def test_a_second_subscription_to_a_track_never_repeats_a_number(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    feed = subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    feed.close()
    feed.close()
    source.sequence = 50
    subscriber.peer.subscribe(track, Downlink("8", VP8, RECEIVED_EXTENSIONS), Listener())
    source.send(vp8(2, key=True, body=b"2"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    subscriber.peer.subscribe(track, Downlink("9", VP8, RECEIVED_EXTENSIONS), Listener())
    source.send(vp8(3, key=True, body=b"3"))
    await eventually(lambda: len(subscriber.rtp) == 3)
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101, 102]


async def test_subscribers_in_the_same_position_get_the_same_bytes(connect: Connect) -> None:
    publisher, _ = await connect()
    subscribers = [(await connect())[0] for _ in range(3)]
    track = publisher.peer.publish(CAMERA, Listener())
    source = layer(publisher, "f")
    for subscriber in subscribers:
        subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source.send(vp8(1, key=True, body=b"x"))
    await eventually(lambda: all(subscriber.rtp for subscriber in subscribers))
    assert len({subscriber.rtp[0] for subscriber in subscribers}) == 1
    assert len({subscriber.raw[-1] for subscriber in subscribers}) == 3
    assert len(publisher.peer.inbound.streams[source.ssrc].groups) == 1


async def test_whoever_stays_keeps_nothing_of_tracks_that_have_closed(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    lasting = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(lasting, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    voice = microphone(publisher)
    voice.send(b"hello")
    await eventually(lambda: len(subscriber.rtp) == 1)
    sent = []
    for number in range(5):
        track = publisher.peer.publish(CAMERA, Listener())
        feed = subscriber.peer.subscribe(track, Downlink("8", VP8, RECEIVED_EXTENSIONS), Listener())
        Source(publisher, 0x7000 + number, 96, layer(publisher, "f").elements).send(vp8(1, key=True, body=b"1"))
        await eventually(lambda ssrc=track.ssrc: header(subscriber.rtp[-1])[4] == ssrc)  # type: ignore[misc]
        if number % 2:
            feed.close()  # before its track does
        track.close()
        sent.append(track.ssrc)
    subscriber.peer.every_second()
    assert [ssrc for ssrc in sent if srtp.forget(subscriber.peer.send_context, ssrc)] == []
    assert not subscriber.peer._past
    assert subscriber.peer._received == {lasting}
    voice.send(b"still")
    await eventually(lambda: body(subscriber.rtp[-1]) == b"still")
