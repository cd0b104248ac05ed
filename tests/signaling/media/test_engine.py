"""The whole packet path over loopback, with real ICE, DTLS, SRTP and SCTP on both sides."""

from __future__ import annotations

import struct

from signaling.media import rtcp, rtp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Codec, Downlink, Encoding, Kind, Quality, Uplink
from tests.signaling.media.client import SENT_EXTENSIONS, Client, Listener, Source, eventually, vp8
from tests.signaling.media.conftest import Connect

VP8 = Codec("video/VP8", 96, 90_000)
VP8_RTX = Codec("video/VP8", 96, 90_000, rtx_payload_type=97)
OPUS = Codec("audio/opus", 111, 48_000, channels=2)
RECEIVED_EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:sdes:mid": 3,
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time": 2,
}
CAMERA = Uplink(
    mid="1",
    kind=Kind.VIDEO,
    codecs=(VP8,),
    extensions=SENT_EXTENSIONS,
    encodings=(
        Encoding("q", Quality.LOW, 320, 180, 150_000),
        Encoding("h", Quality.MEDIUM, 640, 360, 500_000),
        Encoding("f", Quality.HIGH, 1280, 720, 1_700_000),
    ),
)
MICROPHONE = Uplink("0", Kind.AUDIO, (OPUS,), SENT_EXTENSIONS, (Encoding("", Quality.HIGH),))


def header(packet: bytes) -> tuple[int, int, int, int, int]:
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", packet)
    return first, second, sequence, timestamp, ssrc


def body(packet: bytes) -> bytes:
    return packet[16 + 4 * struct.unpack_from("!H", packet, 14)[0] :]


def microphone(client: Client) -> Source:
    return Source(client, 0x1111, 111, {4: b"0", 1: b"\x8a"})


def layer(client: Client, rid: str) -> Source:
    return Source(client, 0x2000 + ord(rid), 96, {4: b"1", 10: rid.encode()})


async def test_audio_is_forwarded_with_the_servers_ssrc_and_the_subscribers_ids(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    codec = Codec("audio/opus", 109, 48_000, channels=2)
    subscriber.peer.subscribe(track, Downlink("7", codec, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    for number in range(3):
        source.send(b"opus-%d" % number)
    await eventually(lambda: len(subscriber.rtp) == 3)
    assert [body(packet) for packet in subscriber.rtp] == [b"opus-0", b"opus-1", b"opus-2"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101, 102]
    assert {header(packet)[4] for packet in subscriber.rtp} == {track.ssrc}
    assert {header(packet)[1] for packet in subscriber.rtp} == {109}


async def test_video_starts_at_a_key_frame_and_switches_layers_without_a_gap(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())
    listener = Listener()
    feed = subscriber.peer.subscribe(track, Downlink("3", VP8, RECEIVED_EXTENSIONS), listener)
    feed.configure(enabled=True, quality=Quality.LOW)
    low, high = layer(publisher, "q"), layer(publisher, "f")
    high.sequence, high.timestamp = 40_000, 7_000_000
    low.send(vp8(10, key=False, body=b"skipped"))
    low.send(vp8(11, key=True, body=b"low-11"))
    low.send(vp8(12, key=False, body=b"low-12"))
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert any(rtcp.KeyframeRequest(low.ssrc) in rtcp.parse(packet) for packet in publisher.rtcp)
    high.send(vp8(500, key=False, body=b"skipped"))
    feed.configure(enabled=True, quality=Quality.HIGH)
    low.send(vp8(13, key=False, body=b"low-13"))
    high.send(vp8(501, key=True, body=b"high-501"))
    low.send(vp8(14, key=False, body=b"dropped"))
    high.send(vp8(502, key=False, body=b"high-502"))
    await eventually(lambda: len(subscriber.rtp) == 5)
    payloads = [body(packet) for packet in subscriber.rtp]
    assert [payload[6:] for payload in payloads] == [b"low-11", b"low-12", b"low-13", b"high-501", b"high-502"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [101, 102, 103, 104, 105]
    assert [struct.unpack_from("!H", payload, 2)[0] & 0x7FFF for payload in payloads] == [11, 12, 13, 14, 15]
    assert [payload[4] for payload in payloads] == [11, 12, 13, 14, 15]
    stamps = [header(packet)[3] for packet in subscriber.rtp]
    assert stamps == sorted(stamps)
    await listener.until(lambda events: ("state", False, Quality.HIGH) in events)


async def test_who_comes_just_after_a_key_frame_is_sent_it_with_all_that_followed(connect: Connect) -> None:
    publisher, _ = await connect()
    early, _ = await connect()
    late, _ = await connect()
    other, _ = await connect()
    track = publisher.peer.publish(CAMERA, Listener())

    def watch(client: Client, mid: str) -> None:
        feed = client.peer.subscribe(track, Downlink(mid, VP8, RECEIVED_EXTENSIONS), Listener())
        feed.configure(enabled=True, quality=Quality.LOW)

    watch(early, "3")
    low = layer(publisher, "q")
    low.send(vp8(10, key=False, body=b"skipped"))
    low.send(vp8(11, key=True, body=b"low-11"))
    low.send(vp8(12, key=False, body=b"low-12"))
    await eventually(lambda: len(early.rtp) == 2)
    watch(late, "3")
    watch(other, "5")
    await eventually(lambda: len(late.rtp) == len(other.rtp) == 2)
    low.send(vp8(13, key=False, body=b"low-13"))
    await eventually(lambda: len(early.rtp) == len(late.rtp) == len(other.rtp) == 3)
    assert late.rtp == early.rtp
    assert [header(packet) for packet in other.rtp] == [header(packet) for packet in early.rtp]
    bodies = [[packet[rtp.payload_start(packet, packet[0]) :] for packet in got.rtp] for got in (early, other)]
    assert bodies[0] == bodies[1]
    assert [rtp.extensions(packet, packet[0])[RECEIVED_EXTENSIONS[rtp.MID]] for packet in other.rtp] == [
        b"5"
    ] * 3  # under its own mid
    requests = [packet for packet in publisher.rtcp if rtcp.KeyframeRequest(low.ssrc) in rtcp.parse(packet)]
    assert len(requests) == 1


async def test_a_nack_is_answered_with_the_very_same_bytes(connect: Connect) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"one")
    source.send(b"two")
    await eventually(lambda: len(subscriber.raw) == 2)
    wanted = header(subscriber.rtp[0])[2]
    subscriber.send_rtcp(rtcp.nack(1, track.ssrc, [wanted]))
    await eventually(lambda: len(subscriber.raw) == 3)
    assert subscriber.raw[2] == subscriber.raw[0]


async def test_padding_is_swallowed_without_leaving_a_gap(connect: Connect, engine: MediaEngine) -> None:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    source = microphone(publisher)
    source.send(b"one")
    source.send(b"", padding=40)
    source.send(b"two", padding=8)
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(packet) for packet in subscriber.rtp] == [b"one", b"two"]
    assert [header(packet)[2] for packet in subscriber.rtp] == [100, 101]
