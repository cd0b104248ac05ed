"""Connections and streams over their life: gates, pauses, restarts, repairs, reports, bandwidth."""

from __future__ import annotations

import asyncio
import gc
import struct
from dataclasses import replace

import pytest
from aiortc.rtp import RtcpPsfbPacket, pack_remb_fci
from prometheus_client import CollectorRegistry, generate_latest

from meetinghub.errors import Refused
from signaling.media import ice, rtcp
from signaling.media.engine import MediaEngine, open_engine, settle_memory
from signaling.media.interface import Codec, Delivery, Downlink, Encoding, Quality
from signaling.media.metrics import MediaCollector
from tests.signaling.media.client import Client, Listener, Source, eventually, vp8
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

VP8_RTX = replace(VP8, rtx_payload_type=97)


def remb(bitrate: int) -> bytes:
    return bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(bitrate, [1])))


def reports(client: Client) -> list[rtcp.SenderReport]:
    messages = [message for packet in client.rtcp for message in rtcp.parse(packet)]
    return [message for message in messages if isinstance(message, rtcp.SenderReport)]


def requests(client: Client, source: Source) -> int:
    messages = [message for packet in client.rtcp for message in rtcp.parse(packet)]
    return sum(message == rtcp.KeyframeRequest(source.ssrc) for message in messages)


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


async def test_a_subscriber_whose_estimate_falls_gets_a_lower_layer_and_is_told(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    listener = Listener()
    subscriber.peer.subscribe(track, Downlink("7", VP8, RECEIVED_EXTENSIONS), listener)
    low, high = layer(publisher, "q"), layer(publisher, "f")
    for number in range(70):
        low.send(vp8(number, key=number % 10 == 0, body=bytes(100)))
        high.send(vp8(number, key=number % 10 == 0, body=bytes(1000)))
        await asyncio.sleep(0.02)
    assert ("state", False, Quality.HIGH) in listener.events
    subscriber.send_rtcp(remb(400_000))
    subscriber.send_rtcp(remb(200_000))
    await eventually(lambda: subscriber.peer.downstream.limit == 200_000)
    low.send(vp8(100, key=True, body=bytes(100)))
    await listener.until(lambda events: ("state", False, Quality.LOW) in events)
    assert subscriber.peer.stats().downlink_estimate == 200_000
    subscriber.peer.downstream.limit = 1_000.0
    subscriber.peer.reallocate()
    await listener.until(lambda events: ("state", True, None) in events)
    subscriber.peer.downstream.limit = None
    subscriber.peer.reallocate()
    await listener.until(lambda events: events[-1] == ("state", False, None))


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


async def test_closing_a_track_closes_its_feeds_and_closing_a_peer_its_tracks(
    connect: Connect, engine: MediaEngine
) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    first = publisher.peer.publish(CAMERA, Listener())
    second = publisher.peer.publish(MICROPHONE, Listener())
    feeds = [
        subscriber.peer.subscribe(first, Downlink("7", VP8, RECEIVED_EXTENSIONS), Listener()),
        subscriber.peer.subscribe(second, Downlink("8", OPUS, RECEIVED_EXTENSIONS), Listener()),
    ]
    first.close()
    first.close()
    assert [feed.closed for feed in feeds] == [True, False]
    await publisher.peer.close()
    await publisher.peer.close()
    assert second.closed
    assert feeds[1].closed
    assert publisher.peer not in engine.peers
    assert not subscriber.peer.feeds


async def test_a_silent_client_is_reported_and_comes_back(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, engine: MediaEngine
) -> None:
    monkeypatch.setattr(ice, "CONSENT_SECONDS", 0.2)
    client, listener = await connect()
    await listener.until(lambda events: events[-1] == ("disconnected", "consent_expired"))
    sent = engine.port.sent
    client.peer.send_rtcp(rtcp.picture_loss(1, 2))
    assert engine.port.sent == sent
    assert await client.check()
    await listener.until(lambda events: events[-1] == ("connected",))


async def test_an_ice_restart_keeps_keys_and_streams(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"before")
    await eventually(lambda: len(subscriber.rtp) == 1)
    old = subscriber.peer.ufrag
    subscriber.announce()
    assert subscriber.peer.ufrag == old
    subscriber.ufrag = "restarted"
    subscriber.announce()
    assert subscriber.peer.ufrag != old
    assert await subscriber.check()
    source.send(b"after")
    await eventually(lambda: len(subscriber.rtp) == 2)


async def test_packets_follow_a_client_to_its_new_address(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"before")
    await eventually(lambda: len(subscriber.rtp) == 1)
    abandoned = subscriber.transport
    await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: subscriber, remote_addr=("127.0.0.1", subscriber.engine.udp_port)
    )
    assert await subscriber.check(nominate=False)
    assert subscriber.peer.flowing
    abandoned.close()
    assert await subscriber.check()
    source.send(b"after")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert body(subscriber.rtp[1]) == b"after"


async def test_a_lossy_message_without_its_channel_is_dropped_and_a_huge_one_too(connect: Connect) -> None:
    client, _ = await connect()
    client.peer.send_data(Delivery.LOSSY, b"nobody listens")
    client.peer.send_data(Delivery.RELIABLE, bytes(300_000))
    assert client.peer.flowing


async def test_a_reliable_backlog_without_end_ends_the_client(connect: Connect) -> None:
    client, listener = await connect()
    for _ in range(21):
        client.peer.send_data(Delivery.RELIABLE, bytes(200_000))
    await listener.until(lambda events: events[-1] == ("disconnected", "data_backlog"))
    assert not client.peer.flowing


async def test_metrics_are_read_from_the_counters(connect: Connect, engine: MediaEngine) -> None:
    registry = CollectorRegistry()
    registry.register(MediaCollector(engine))
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    microphone(publisher).send(b"x")
    await eventually(lambda: len(subscriber.rtp) == 1)
    text = generate_latest(registry).decode()
    assert "meetinghub_media_peers 2.0" in text
    assert "meetinghub_media_feeds_running 1.0" in text
    assert "meetinghub_media_packets_forwarded_total 1.0" in text
    assert 'meetinghub_media_forward_latency_seconds_bucket{le="+Inf"} 1.0' in text
    assert 'meetinghub_media_packets_dropped_total{reason="auth"} 0.0' in text


async def test_ipv6_clients_are_served_and_all_addresses_are_announced() -> None:
    engine = await open_engine("::1", 0)
    assert engine.candidates[0].split()[4] == "::1"
    await engine.close()
    engine = await open_engine("0.0.0.0", 0, public_ip="203.0.113.9")
    assert engine.candidates[0].split()[4] == "203.0.113.9"
    assert len(engine.candidates) >= 2
    await engine.close()


def test_memory_can_be_settled() -> None:
    settle_memory()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
