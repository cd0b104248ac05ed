"""Layers and encoders that come, stop and start over while subscribers look on."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import replace

import pytest
from aiortc.rtp import RtcpPsfbPacket, pack_remb_fci

from meetinghub.errors import Refused
from signaling.media import congestion, rtcp
from signaling.media.interface import Codec, Downlink, Encoding, Quality
from tests.signaling.media.client import Listener, Source, eventually, reports, requests, vp8
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import (
    CAMERA,
    MICROPHONE,
    OPUS,
    RECEIVED_EXTENSIONS,
    VP8,
    VP8_RTX,
    body,
    header,
    layer,
    microphone,
)


def remb(bitrate: int) -> bytes:
    return bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(bitrate, [1])))


async def test_a_subscriber_whose_estimate_falls_gets_a_lower_layer_and_is_told(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    listener = Listener()
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), listener)
    low, high = layer(publisher, "q"), layer(publisher, "f")
    for number in range(120):
        low.send(vp8(number, key=number % 10 == 0, body=bytes(100)))
        high.send(vp8(number, key=number % 10 == 0, body=bytes(1000)))
        await asyncio.sleep(0.02)
    assert ("state", False, Quality.HIGH) in listener.events
    subscriber.send_rtcp(remb(400_000))
    subscriber.send_rtcp(remb(20_000))
    await eventually(lambda: subscriber.peer.downstream.limit is not None)
    low.send(vp8(100, key=True, body=bytes(100)))
    await listener.until(lambda events: ("state", False, Quality.LOW) in events)
    assert subscriber.peer.stats().downlink_estimate == 20_000
    subscriber.peer.downstream.limit = 1_000.0
    subscriber.peer.reallocate()
    await listener.until(lambda events: ("state", True, None) in events)
    subscriber.peer.downstream.limit = None
    subscriber.peer.reallocate()
    await listener.until(lambda events: events[-1] == ("state", False, None))


async def test_a_picture_whose_publisher_stood_still_is_not_paused(connect: Connect) -> None:
    """A receiver that measured little says so; the line was never asked for more."""
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    listener = Listener()
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), listener)
    source = layer(publisher, "q")
    for number in range(70):
        source.send(vp8(number, key=number % 10 == 0, body=bytes(300)))
        await asyncio.sleep(0.02)
    subscriber.send_rtcp(remb(150_000))
    stream = track.layers[Quality.LOW]
    await asyncio.sleep(1.5)
    await eventually(lambda: stream.bitrate == 0, 20)
    for number in range(70, 80):
        source.send(vp8(number, key=number == 70, body=bytes(300)))
    await eventually(lambda: stream.bitrate > 2_000, 20)
    subscriber.send_rtcp(remb(2_000))
    await eventually(lambda: subscriber.peer.downstream.estimate == 2_000)
    assert subscriber.peer.downstream.limit is None
    assert ("state", True, None) not in listener.events


async def test_voices_alone_say_nothing_of_the_line(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers leave them out of their estimate, so it stands still, however much voice arrives."""
    monkeypatch.setattr(congestion, "STUCK_SECONDS", 0.1)
    publisher, _ = await connect()
    subscriber, _ = await connect()
    voice = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(voice, Downlink("6", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    async with asyncio.timeout(20):
        while subscriber.peer.sending_rate(voice=True) < 4_000:
            source.send(bytes(200))
            await asyncio.sleep(0.02)
    for _ in range(3):
        subscriber.send_rtcp(remb(2_000))
        await asyncio.sleep(0.2)
    assert subscriber.peer.downstream.estimate == 2_000
    assert subscriber.peer.downstream.limit is None


async def test_unused_layers_are_switched_off_and_on(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media.dynacast.SHRINK_SECONDS", 0.5)
    publisher, _ = await connect()
    subscriber, _ = await connect()
    listener = Listener()
    track = publisher.peer.publish(CAMERA, listener)
    feed = subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    feed.configure(enabled=True, width=300, height=170)
    low_only = ("layers", {Quality.LOW: True, Quality.MEDIUM: False, Quality.HIGH: False})
    await listener.until(lambda events: events == [low_only])
    feed.configure(enabled=True, width=640, height=360)
    await listener.until(lambda events: events[1:] == [("layers", low_only[1] | {Quality.MEDIUM: True})])
    feed.close()
    await listener.until(
        lambda events: events[2:] == [("layers", dict.fromkeys(Quality, False) | {})] or len(events) > 2
    )
    assert not any(listener.events[-1][1].values())


async def test_a_layer_that_stops_is_replaced_by_the_best_that_is_left(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    listener = Listener()
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), listener)
    low, high = layer(publisher, "q"), layer(publisher, "f")
    high.send(vp8(1, key=True))
    await listener.until(lambda events: ("state", False, Quality.HIGH) in events)
    for number in range(120):
        low.send(vp8(number, key=True))
        await asyncio.sleep(0.03)
        if ("state", False, Quality.LOW) in listener.events:
            break
    assert ("state", False, Quality.LOW) in listener.events
    high.send(vp8(9, key=True))
    await eventually(lambda: listener.events[-1] == ("state", False, Quality.HIGH))


async def test_a_screen_that_does_not_change_is_not_gone(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media.stream.ACTIVE_SECONDS", 0.2)
    publisher, _ = await connect()
    subscriber, _ = await connect()
    late, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    await asyncio.sleep(1.3)
    before = requests(publisher, source)
    late.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    await eventually(lambda: requests(publisher, source) > before)
    source.send(vp8(2, key=False, body=b"2"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    source.send(vp8(3, key=True, body=b"3"))
    await eventually(lambda: len(late.rtp) == 1)


async def test_who_comes_just_after_a_key_frame_is_sent_what_the_others_were(connect: Connect) -> None:
    publisher, _ = await connect()
    early, _ = await connect()
    late, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    early.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    feed = late.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    feed.configure(enabled=False)
    await asyncio.sleep(0.1)  # the answer that names the track has arrived
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    source.send(vp8(2, key=False, body=b"2"))
    await eventually(lambda: len(early.rtp) == 2)
    before = requests(publisher, source)
    feed.configure(enabled=True)
    source.send(vp8(3, key=False, body=b"3"))
    await eventually(lambda: len(late.rtp) == 3)
    assert late.rtp == early.rtp
    assert requests(publisher, source) == before
    report = rtcp.SenderReport(source.ssrc, rtcp.ntp(1_800_000_000.0), 1, 1, 1)
    publisher.send_rtcp(rtcp.sender_report(report))
    await eventually(lambda: len(reports(late)) == 1)
    assert (reports(late)[0].packets, reports(late)[0].octets) == (3, 3 * len(vp8(1, key=True, body=b"1")))


async def test_an_encoder_that_starts_over_with_a_new_ssrc_is_followed(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    first = layer(publisher, "f")
    first.send(vp8(1, key=True, body=b"first"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    second = Source(publisher, 0x8888, 96, {4: b"1", 10: b"f"})
    second.sequence = 60_000
    second.send(vp8(900, key=True, body=b"second"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101]
    assert list(publisher.peer.inbound.streams) == [0x8888]


async def test_streams_are_known_by_their_ssrc_or_their_payload_type_too(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    bare = {"urn:ietf:params:rtp-hdrext:ssrc-audio-level": 1}
    named = replace(CAMERA, extensions=bare, ssrcs=(0x51, 0x52, 0x53, 0x61), rtx_ssrcs={0x51: 0x61}, codecs=(VP8_RTX,))
    camera = publisher.peer.publish(named, Listener())
    audio = publisher.peer.publish(replace(MICROPHONE, extensions=bare), Listener())
    for track, codec in ((camera, VP8), (audio, OPUS)):
        subscriber.peer.subscribe(track, Downlink(track.uplink.mid, codec, {}), Listener())
    Source(publisher, 0x52, 96, {}).send(vp8(1, key=True, body=b"medium"))
    Source(publisher, 0x71, 111, {1: b"\x05"}).send(b"voice")
    Source(publisher, 0x51, 96, {}).send(vp8(1, key=True, body=b"low"))
    Source(publisher, 0x61, 97, {}).send(struct.pack("!H", 99) + vp8(0, key=False, body=b"repair"))
    Source(publisher, 0x99, 55, {}).send(b"of no section")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert set(camera.layers) == {Quality.LOW, Quality.MEDIUM}
    assert {packet[12:] for packet in subscriber.rtp} == {vp8(1, key=True, body=b"medium"), b"voice"}
    assert audio.audio_level(asyncio.get_running_loop().time()) > 0
    assert camera.audio_level(0.0) == 0.0


async def test_h264_is_forwarded_from_its_parameter_sets_on(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    codec = Codec("video/H264", 102, 90_000, fmtp="profile-level-id=42e01f")
    one = (Encoding("", Quality.HIGH, 1280, 720),)
    track = publisher.peer.publish(replace(CAMERA, codecs=(codec,), encodings=one), Listener())
    subscriber.peer.subscribe(track, Downlink("7", replace(codec, payload_type=125), RECEIVED_EXTENSIONS), Listener())
    source = Source(publisher, 0x44, 102, {4: b"1"})
    source.send(b"\x61before")
    source.send(b"\x67parameters")
    source.send(b"\x65picture")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(packet) for packet in subscriber.rtp] == [b"\x67parameters", b"\x65picture"]


async def test_a_section_with_another_codec_is_refused(connect: Connect) -> None:
    publisher, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    with pytest.raises(Refused):
        publisher.peer.subscribe(track, Downlink("7", OPUS, {}), Listener())
