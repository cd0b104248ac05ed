"""What is lost on the way is sent again, and reports keep clock, round trip and bandwidth."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import replace

import pytest

from signaling.media import rtcp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Downlink, Quality
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


async def test_a_repair_travels_on_its_own_ssrc_where_that_was_agreed(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8_RTX, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"one"), marker=True)
    await eventually(lambda: len(subscriber.rtp) == 1)
    for _ in range(2):
        subscriber.send_rtcp(rtcp.nack(1, track.ssrc, [100, 99]))
    await eventually(lambda: len(subscriber.rtp) == 3)
    original = subscriber.rtp[0]
    for number, repair in enumerate(subscriber.rtp[1:]):
        assert header(repair)[1:] == (0x80 | 97, number, header(original)[3], track.rtx_ssrc)
        assert body(repair) == struct.pack("!H", 100) + body(original)


async def test_repairs_do_not_fill_a_line_that_is_narrow(connect: Connect, engine: MediaEngine) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    for number in range(40):
        source.send(vp8(number, key=number == 0, body=bytes(1000)))
    await eventually(lambda: len(subscriber.rtp) == 40)
    subscriber.peer.downstream.limit = 100_000.0
    for _ in range(3):
        subscriber.send_rtcp(rtcp.nack(1, track.ssrc, list(range(100, 140))))
    await asyncio.sleep(0.2)
    assert 1 <= engine.counters.resent <= 2
    subscriber.peer.downstream.limit = None
    await asyncio.sleep(0.3)
    subscriber.send_rtcp(rtcp.nack(1, track.ssrc, list(range(100, 140))))
    await eventually(lambda: engine.counters.resent > 40)


async def test_a_late_nack_reaches_back_behind_a_layer_switch(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    feed = subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    low, high = layer(publisher, "q"), layer(publisher, "f")
    feed.configure(enabled=True, quality=Quality.LOW)
    low.send(vp8(1, key=True, body=b"low"))
    await eventually(lambda: len(subscriber.raw) > 0)
    high.sequence = 9000
    feed.configure(enabled=True, quality=Quality.HIGH)
    high.send(vp8(1, key=False, body=b"seen"))
    await eventually(lambda: requests(publisher, high) > 0)
    high.send(vp8(2, key=True, body=b"high"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    media = [raw for raw in subscriber.raw if not 192 <= raw[1] <= 223]
    subscriber.send_rtcp(rtcp.nack(1, track.ssrc, [100, 101, 102]))
    await eventually(lambda: len([raw for raw in subscriber.raw if not 192 <= raw[1] <= 223]) == 4)
    again = [raw for raw in subscriber.raw if not 192 <= raw[1] <= 223][2:]
    assert again == media


async def test_what_gets_lost_on_the_way_in_is_asked_for(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    uplink = replace(CAMERA, codecs=(VP8_RTX,))
    track = publisher.peer.publish(uplink, Listener())
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    source = layer(publisher, "f")
    source.send(vp8(1, key=True, body=b"1"))
    lost = source.packet(vp8(2, key=False, body=b"2"))
    source.send(vp8(3, key=False, body=b"3"))
    await eventually(lambda: any(rtcp.Nack(source.ssrc, (101,)) in rtcp.parse(packet) for packet in publisher.rtcp))
    repair = Source(publisher, 0x7777, 97, {4: b"1", 11: b"f"})
    repair.send(b"", padding=30)
    repair.send(struct.pack("!H", 101) + body(lost))
    await eventually(lambda: len(subscriber.rtp) == 3)
    assert sorted(header(packet)[2] for packet in subscriber.rtp) == [100, 101, 102]
    repair.send(struct.pack("!H", 101) + body(lost))
    await asyncio.sleep(0.05)
    assert len(subscriber.rtp) == 3


async def test_sender_reports_keep_the_clock_and_move_the_timestamp(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    feed = subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener())
    feed.configure(enabled=True, quality=Quality.LOW)
    low, high = layer(publisher, "q"), layer(publisher, "f")
    high.timestamp = 3_000_000_000
    ntp = rtcp.ntp(1_800_000_000.25)
    low.send(vp8(1, key=True, body=b"low"))
    high.send(vp8(1, key=False, body=b"-"))
    await eventually(lambda: len(subscriber.rtp) == 1)
    publisher.send_rtcp(rtcp.sender_report(rtcp.SenderReport(low.ssrc, ntp, low.timestamp - 900, 1, 1)))
    publisher.send_rtcp(rtcp.sender_report(rtcp.SenderReport(high.ssrc, ntp, high.timestamp - 1800, 1, 1)))
    await eventually(lambda: len(reports(subscriber)) == 1)
    first = reports(subscriber)[0]
    assert first == rtcp.SenderReport(track.ssrc, ntp, low.timestamp - 900, 1, len(vp8(1, key=True, body=b"low")))
    feed.configure(enabled=True, quality=Quality.HIGH)
    high.send(vp8(2, key=True, body=b"high"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    # high's picture is 20 ms behind the reported instant, low's was 10 ms: 900 ticks later on one time line
    assert header(subscriber.rtp[1])[3] == low.timestamp + 900
    await eventually(lambda: len(reports(subscriber)) == 2)
    second = reports(subscriber)[1]
    elapsed = (second.ntp - ntp) / 2**32
    assert second.rtp == pytest.approx(low.timestamp - 900 + elapsed * 90_000, abs=2)


async def test_the_round_trip_comes_from_the_subscribers_reports(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"x")
    await eventually(lambda: len(subscriber.rtp) == 1)
    ntp = rtcp.ntp(1_800_000_000.0)
    publisher.send_rtcp(rtcp.sender_report(rtcp.SenderReport(source.ssrc, ntp, 1, 1, 1)))
    await eventually(lambda: len(reports(subscriber)) == 1)
    block = rtcp.Block(track.ssrc, 0.25, 3, 100, 0, ntp >> 16 & 0xFFFFFFFF, 0)
    for packet in rtcp.receiver_report(1, [block, replace(block, ssrc=99), replace(block, last_sr=1)]):
        subscriber.send_rtcp(packet)
    await eventually(lambda: subscriber.peer.stats().rtt is not None)
    stats = subscriber.peer.stats()
    assert stats.rtt is not None
    assert 0 <= stats.rtt < 1
    assert stats.downlink_loss == 0.25


async def test_publishers_hear_how_their_packets_arrive(connect: Connect) -> None:
    publisher, _ = await connect()
    publisher.peer.publish(MICROPHONE, Listener())
    source = microphone(publisher)
    for number in range(120):
        source.send(b"x")
        if number == 30:
            source.sequence += 1
            source.transport_number += 1
        await asyncio.sleep(0.01)
    feedback = [p for p in publisher.rtcp if p[1] == 205 and p[0] & 31 == 15]
    assert len(feedback) >= 5
    blocks = [
        block
        for packet in publisher.rtcp
        for message in rtcp.parse(packet)
        if isinstance(message, rtcp.Reports)
        for block in message.blocks
    ]
    assert blocks
    assert blocks[0].ssrc == source.ssrc
    assert publisher.peer.stats().uplink_bitrate > 0
