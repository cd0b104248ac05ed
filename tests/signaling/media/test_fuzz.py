"""Mutated datagrams of every kind, straight into the engine for a few seconds: nothing raises, nothing grows."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from collections.abc import Callable
from pathlib import Path

from aioice import stun
from pylibsrtp import Error as SrtpError

from signaling.media import rtcp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Downlink
from tests.signaling.media.client import Client, Listener, Source, eventually, vp8
from tests.signaling.media.conftest import Connect
from tests.signaling.media.test_engine import CAMERA, MICROPHONE, OPUS, RECEIVED_EXTENSIONS, VP8, body, microphone

BUDGET_SECONDS = 4.0
MAX_GROWTH = 24 * 1024 * 1024  # bytes; one second of what is kept for resending is part of it


def mutated(noise: random.Random, data: bytes) -> bytes:
    """Some bits flipped, a stretch cut out, repeated or replaced, or the end cut off; sometimes left as it was."""
    changed = bytearray(data)
    for _ in range(noise.randrange(4)):
        if not changed:
            break
        at = noise.randrange(len(changed))
        length = noise.randrange(1, 12)
        match noise.randrange(5):
            case 0:
                changed[at] ^= 1 << noise.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                changed[at : at + length] = noise.randbytes(length)
            case _:
                del changed[at:]
    return bytes(changed[:1500])


class Fuzzer:
    def __init__(self, client: Client, track_ssrc: int, noise: random.Random) -> None:
        self.client = client
        self.noise = noise
        self.track_ssrc = track_ssrc
        self.sources = [
            Source(client, 0x1111, 111, {4: b"0", 1: b"\x20"}),
            *(Source(client, 0x2000 + ord(rid), 96, {4: b"1", 10: rid.encode()}) for rid in "qhf"),
        ]
        self.kinds: list[Callable[[], bytes]] = [self.check, self.dtls, self.media, self.report, self.anything]

    def datagram(self) -> bytes:
        return self.noise.choice(self.kinds)()

    def check(self) -> bytes:
        request = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.REQUEST,
            attributes={"USERNAME": f"{self.client.peer.ufrag}:{self.client.ufrag}", "PRIORITY": 1},
        )
        request.add_message_integrity(self.client.peer.password.encode())
        return mutated(self.noise, bytes(request))

    def dtls(self) -> bytes:
        kind = self.noise.choice((20, 21, 22, 23, 25))
        size = self.noise.randrange(200)
        return mutated(self.noise, struct.pack("!BHQH", kind, 0xFEFD, 1 << 48, size) + self.noise.randbytes(size))

    def media(self) -> bytes:
        """Authentic outside, broken inside."""
        source = self.noise.choice(self.sources)
        source.sequence += self.noise.choice((0, 0, 1, 7, 40_000))
        payload = mutated(self.noise, vp8(self.noise.randrange(0x7FFF), key=self.noise.random() < 0.3, body=bytes(30)))
        packet = source.packet(payload, padding=self.noise.choice((0, 0, 5, 255)))
        return self.protected(self.client.dtls._tx_srtp.protect, packet[:12] + mutated(self.noise, packet[12:]))

    def report(self) -> bytes:
        numbers = sorted(self.noise.sample(range(0x10000), self.noise.randrange(1, 20)))
        block = rtcp.Block(self.track_ssrc, self.noise.random(), 5, 6, 7, self.noise.getrandbits(32), 8)
        compound = b"".join(
            self.noise.sample(
                [
                    rtcp.sender_report(rtcp.SenderReport(0x1111, self.noise.getrandbits(64), 1, 2, 3)),
                    *rtcp.receiver_report(1, [block]),
                    rtcp.nack(1, self.track_ssrc, numbers),
                    rtcp.picture_loss(1, self.track_ssrc),
                    rtcp.source_description(1, "name"),
                    rtcp.feedback(206, 15, 1, 0, b"REMB" + self.noise.randbytes(8)),
                ],
                3,
            )
        )
        broken = compound[:2] + mutated(self.noise, compound[2:])
        return self.protected(self.client.dtls._tx_srtp.protect_rtcp, broken)

    def anything(self) -> bytes:
        return self.noise.randbytes(self.noise.randrange(80))

    def protected(self, protect: Callable[[bytes], bytes], packet: bytes) -> bytes:
        try:
            return protect(packet)
        except SrtpError:  # too broken even for the sender's libsrtp
            return packet


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


async def test_no_mutation_raises_or_grows_anything(connect: Connect, engine: MediaEngine) -> None:
    hostile, _ = await connect()
    subscriber, _ = await connect()
    healthy, _ = await connect()
    camera = hostile.peer.publish(CAMERA, Listener())
    voice = hostile.peer.publish(MICROPHONE, Listener())
    other = healthy.peer.publish(MICROPHONE, Listener())
    for mid, track, codec in (("1", camera, VP8), ("2", voice, OPUS), ("3", other, OPUS)):
        subscriber.peer.subscribe(track, Downlink(mid, codec, RECEIVED_EXTENSIONS), Listener())
    hostile.peer.subscribe(other, Downlink("9", OPUS, RECEIVED_EXTENSIONS), Listener())
    seed = random.randrange(1 << 32)
    noise = random.Random(seed)
    fuzzer = Fuzzer(hostile, other.ssrc, noise)
    known = next(address for address, peer in engine._by_address.items() if peer is hostile.peer)
    received = engine.port.received
    memory, end, count = resident(), time.monotonic() + BUDGET_SECONDS, 0
    while time.monotonic() < end:
        for _ in range(32):
            data = fuzzer.datagram()
            received[: len(data)] = data
            source = known if noise.random() < 0.9 else known[:2] + noise.randbytes(2) + known[4:]
            engine._datagram(0, len(data), source, 0)  # raising here fails the test; the seed is in its report
            count += 1
        engine._batch_done()
        await asyncio.sleep(0)
    print(f"seed {seed}, {count} datagrams, {dict(engine.counters.dropped)}")
    microphone(healthy).send(b"unharmed")
    await eventually(lambda: b"unharmed" in map(body, subscriber.rtp))
    assert resident() - memory < MAX_GROWTH
    assert len(engine._by_address) <= 3 + 8
