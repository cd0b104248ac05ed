"""What strangers and misbehaving clients can do to the others: nothing (research: OWASP ASVS 17.2)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import struct
import time
from pathlib import Path

import pytest
from aiortc import RTCCertificate
from pylibsrtp import Error as SrtpError

from signaling.media import inbound, rtcp, srtp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Downlink
from tests.signaling.media.client import Client, Listener, Source, eventually, vp8
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import (
    CAMERA,
    MICROPHONE,
    OPUS,
    RECEIVED_EXTENSIONS,
    VP8,
    body,
    layer,
    microphone,
)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


async def settle(engine: MediaEngine, sent_before: int) -> None:
    """Until the engine has read what was sent after it had seen ``sent_before`` datagrams."""
    await eventually(lambda: engine.counters.packets_in > sent_before)
    await asyncio.sleep(0.05)


async def stream(connect: Connect) -> tuple[Client, Client, Source]:
    publisher, _ = await connect()
    subscriber, _ = await connect()
    track = publisher.peer.publish(MICROPHONE, Listener())
    subscriber.peer.subscribe(track, Downlink("7", OPUS, RECEIVED_EXTENSIONS), Listener())
    return publisher, subscriber, microphone(publisher)


async def test_replayed_and_forged_packets_change_nothing(connect: Connect, engine: MediaEngine) -> None:
    publisher, subscriber, source = await stream(connect)
    packet = source.send(b"one")
    await eventually(lambda: len(subscriber.rtp) == 1)
    publisher.send(packet)
    forged = bytearray(source.packet(b"forged") + bytes(16))
    publisher.send(bytes(forged))
    damaged = bytearray(packet)
    damaged[-1] ^= 1
    publisher.send(bytes(damaged))
    source.send(b"two")
    await eventually(lambda: len(subscriber.rtp) == 2)
    assert [body(p) for p in subscriber.rtp] == [b"one", b"two"]
    assert engine.counters.dropped["replay"] == 2  # libsrtp looks at the index first, and counts nothing by it
    assert engine.counters.dropped["auth"] == 1


async def test_another_clients_keys_do_not_open_ones_own_path(connect: Connect, engine: MediaEngine) -> None:
    publisher, subscriber, source = await stream(connect)
    stranger, _ = await connect()
    stranger.send(publisher.dtls._tx_srtp.protect(source.packet(b"injected")))
    source.send(b"true")
    await eventually(lambda: len(subscriber.rtp) == 1)
    assert body(subscriber.rtp[0]) == b"true"
    assert engine.counters.dropped["auth"] == 1


async def test_a_client_hello_from_an_address_without_a_check_is_dropped(engine: MediaEngine) -> None:
    """The ClientHello race: the attacker is first, and the true handshake still succeeds."""
    listener = Listener()
    client = await Client.open(engine, listener)
    client.announce()
    attacker = await Client.open(engine, Listener())
    racing = asyncio.create_task(attacker.handshake())
    await eventually(lambda: engine.counters.dropped["unknown_address"] > 0)
    assert await client.check()
    await client.handshake()
    assert client.dtls.state == "connected"
    await listener.until(lambda events: ("connected",) in events)
    assert attacker.dtls.state == "connecting"
    racing.cancel()
    await client.close()
    await attacker.close()


async def test_a_client_hello_during_a_running_connection_does_not_end_it(
    connect: Connect, engine: MediaEngine
) -> None:
    publisher, subscriber, source = await stream(connect)
    ssl = RTCCertificate.generateCertificate()
    assert ssl is not None
    hello = b"\x16\xfe\xff" + bytes(8) + struct.pack("!H", 60) + b"\x01" + os.urandom(59)
    publisher.send(hello)
    publisher.send(b"\x16\xfe\xfd" + os.urandom(200))
    source.send(b"still here")
    await eventually(lambda: len(subscriber.rtp) == 1)
    assert publisher.peer.flowing


async def test_guessed_passwords_are_not_answered(engine: MediaEngine) -> None:
    client = await Client.open(engine, Listener())
    client.announce()
    assert not await client.check(password="0" * 48)
    assert engine.counters.dropped["auth"] == 1
    assert client.peer.agent.paths == {}
    await client.close()


async def test_an_address_in_use_cannot_be_taken_over_with_other_credentials(
    connect: Connect, engine: MediaEngine
) -> None:
    publisher, subscriber, source = await stream(connect)
    intruder = await Client.open(engine, Listener())
    intruder.announce()
    own, intruder.transport = intruder.transport, publisher.transport
    publisher.replies = intruder.replies
    assert not await intruder.check()
    source.send(b"mine")
    await eventually(lambda: len(subscriber.rtp) == 1)
    intruder.transport = own
    await intruder.close()


async def test_ten_thousand_packets_from_strangers_leave_no_trace(connect: Connect, engine: MediaEngine) -> None:
    _, subscriber, source = await stream(connect)
    strangers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
    noise = random.Random(7)
    before = engine.counters.packets_in
    memory = resident()
    for number in range(10_000):
        size = noise.choice((0, 1, 11, 12, 20, 60, 200, 1200))
        first = noise.choice((0, 1, 2, 3, 20, 22, 23, 63, 64, 127, 128, 144, 191, 192, 255))
        data = bytes((first,)) + noise.randbytes(size) if size else b""
        strangers[number % 20].sendto(data, ("127.0.0.1", engine.udp_port))
        if number % 200 == 199:
            await asyncio.sleep(0.005)
    await eventually(lambda: engine.counters.packets_in >= before + 10_000)
    source.send(b"unharmed")
    await eventually(lambda: len(subscriber.rtp) == 1)
    assert resident() - memory < 8 * 1024 * 1024
    assert len(engine._by_address) == 2
    for stranger in strangers:
        stranger.close()


async def test_noise_on_a_validated_path_stops_nobody(connect: Connect, engine: MediaEngine) -> None:
    """Truncated, random and half-right datagrams from a connected client, of every kind that the port tells apart."""
    publisher, subscriber, source = await stream(connect)
    noise = random.Random(11)
    real = source.packet(b"x" * 50)
    for number in range(3000):
        first = noise.choice((0x80, 0x90, 0xB0, 0xBF, 0x16, 0x17, 0x00, 0x01))
        choice = number % 4
        if choice == 0:
            publisher.send(
                bytes((first, noise.choice((96, 111, 200, 201, 206)))) + noise.randbytes(noise.randrange(80))
            )
        elif choice == 1:
            publisher.send(real[: noise.randrange(1, len(real))])
        elif choice == 2:
            publisher.send_rtcp(b"\x81\xc8\x00\x01" + noise.randbytes(4) + noise.randbytes(4 * noise.randrange(20)))
        else:
            mangled = bytearray(source.packet(noise.randbytes(noise.randrange(30)), padding=noise.randrange(1, 30)))
            mangled[0] = 0x80 | noise.randrange(64)
            mangled[12:16] = noise.randbytes(4)
            if len(mangled) > 80:
                mangled[-1] = noise.randrange(256)
            with contextlib.suppress(SrtpError):  # some are too broken even for the sender's libsrtp
                publisher.send_rtp(bytes(mangled))
        if number % 100 == 99:
            await asyncio.sleep(0.005)
    other = Source(publisher, 0x3333, 111, {4: b"0"})
    assert publisher.peer.flowing
    await asyncio.sleep(1.0)  # what the noise used up of this source's measure comes back
    other.send(b"unharmed")
    await eventually(lambda: b"unharmed" in map(body, subscriber.rtp))
    assert subscriber.peer.flowing


async def test_one_who_floods_is_cut_and_the_others_are_not(connect: Connect, engine: MediaEngine) -> None:
    _, subscriber, source = await stream(connect)
    flooder, _ = await connect()
    flooded = flooder.peer.publish(CAMERA, Listener())
    feed = subscriber.peer.subscribe(flooded, Downlink("9", VP8, RECEIVED_EXTENSIONS), Listener())
    assert feed.enabled
    low = layer(flooder, "q")
    low.send(vp8(1, key=True, body=bytes(1000)))
    for number in range(2, 1500):
        low.send(vp8(number, key=False, body=bytes(1000)))
        if number % 50 == 0:
            source.send(b"voice")
            await asyncio.sleep(0.002)
    await eventually(lambda: sum(body(p) == b"voice" for p in subscriber.rtp) == 29)
    forwarded = sum(len(body(p)) > 900 for p in subscriber.rtp)
    assert engine.counters.dropped["rate"] > 1000
    assert forwarded < 300


async def test_a_client_cannot_make_us_keep_state_for_ever_new_ssrcs(connect: Connect, engine: MediaEngine) -> None:
    publisher, _, source = await stream(connect)
    for ssrc in range(0x9000, 0x9000 + 300):
        Source(publisher, ssrc, 111, {4: b"0"}).send(b"x")
        await asyncio.sleep(0)
    source.send(b"known?")
    await eventually(lambda: engine.counters.dropped["ssrc_limit"] > 100)
    assert len(publisher.peer.inbound.streams) <= 1


async def test_reports_from_ever_new_ssrcs_are_bounded_like_packets(connect: Connect, engine: MediaEngine) -> None:
    publisher, _, source = await stream(connect)
    source.send(b"first")
    for ssrc in range(0x9000, 0x9000 + 300):
        publisher.send_rtcp(rtcp.picture_loss(ssrc, 1))
        await asyncio.sleep(0)
    await eventually(lambda: engine.counters.dropped["ssrc_limit"] > 100)
    kept = [ssrc for ssrc in range(0x9000, 0x9000 + 300) if srtp.forget(publisher.peer._dtls.receive_context, ssrc)]
    assert len(kept) == inbound.MAX_SSRCS


async def test_a_storm_of_nacks_is_answered_within_measure(connect: Connect, engine: MediaEngine) -> None:
    _, subscriber, source = await stream(connect)
    track = source.client.peer.tracks[0]
    for _ in range(20):
        source.send(b"x" * 100)
    await eventually(lambda: len(subscriber.rtp) == 20)
    numbers = [struct.unpack_from("!H", packet, 2)[0] for packet in subscriber.rtp]
    for _ in range(100):
        subscriber.send_rtcp(rtcp.nack(1, track.ssrc, numbers))
    before = engine.counters.packets_in
    await settle(engine, before - 1)
    assert engine.counters.resent < 400


async def test_after_a_standstill_old_media_is_let_go(connect: Connect, engine: MediaEngine) -> None:
    _, subscriber, source = await stream(connect)
    source.send(b"old")
    time.sleep(2.1)  # noqa: ASYNC251 - the standstill
    source.send(b"new")
    await eventually(lambda: len(subscriber.rtp) == 1)
    assert body(subscriber.rtp[0]) == b"new"
    assert engine.counters.dropped["stale"] == 1


@pytest.mark.parametrize("payload", [b"", b"\x00", os.urandom(40)], ids=["empty", "short", "random"])
async def test_broken_sctp_ends_only_its_sender(connect: Connect, payload: bytes) -> None:
    publisher, subscriber, source = await stream(connect)
    await publisher.open_data()
    await publisher.dtls._send_data(payload or b"\x13\x88\x13\x88")
    source.send(b"after")
    await eventually(lambda: len(subscriber.rtp) == 1)
    assert subscriber.peer.flowing
