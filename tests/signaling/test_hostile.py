"""Everything the network can throw at a live meeting, for a fixed time: nothing falls over, grows, or gets through.

STUN, DTLS, RTP, RTCP from addresses nobody knows and from a participant gone bad; SDP, protobuf and tokens at the
signalling port. Meanwhile two guests go on hearing each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import resource
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aioice import stun
from livekit.protocol import models, rtc
from pylibsrtp import Error as SrtpError

from signaling.media.engine import MediaEngine
from signaling.server import Running, running
from tests.fakes import FakeEngine
from tests.signaling.media.client import Client, Listener
from tests.signaling.sdk import Guest, guest
from tests.signaling.servers import server, settings, token, until
from tests.signaling.sockets import SignalClient, connect, wrap
from tests.signaling.test_sdp import golden

SECONDS = 6.0  # for each kind of attack
STRANGERS = 10_000
GROWTH = 24 * 1024 * 1024  # bytes; the SDK's decoders live in this process too


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def mutated(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        match chance.randrange(3):
            case 0 if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            case 1:
                damaged = damaged[: chance.randint(0, len(damaged))]
            case _:
                at = chance.randint(0, len(damaged))
                damaged[at:at] = chance.randbytes(chance.randint(1, 20))
    return bytes(damaged)


def check(ufrag: str, password: str) -> bytes:
    """A connectivity check, with the right or a wrong password."""
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{ufrag}:evil"
    request.attributes["USE-CANDIDATE"] = None
    request.attributes["PRIORITY"] = 1
    request.attributes["ICE-CONTROLLING"] = 1
    request.add_message_integrity(password.encode())
    request.add_fingerprint()
    return bytes(request)


def client_hello(*, null_cipher: bool) -> bytes:
    suites = bytes.fromhex("c0010000") if null_cipher else bytes.fromhex("c02bc02f")
    hello = b"\xfe\xfd" + os.urandom(32) + b"\0\0" + struct.pack("!H", len(suites)) + suites + b"\1\0"
    body = b"\1" + len(hello).to_bytes(3, "big") + b"\0\0" + b"\0\0\0" + len(hello).to_bytes(3, "big") + hello
    return b"\x16\xfe\xff" + bytes(8) + struct.pack("!H", len(body)) + body


def rtp(ssrc: int, chance: random.Random) -> bytes:
    header = struct.pack("!BBHII", 0x90, 111, chance.randrange(65536), chance.randrange(1 << 32), ssrc)
    return header + b"\xbe\xde\0\1" + chance.randbytes(4) + chance.randbytes(chance.randint(0, 1200))


def rtcp(ssrc: int, chance: random.Random) -> bytes:
    kind, count = chance.choice([200, 201, 202, 203, 205, 206]), chance.randrange(32)
    body = struct.pack("!I", ssrc) + chance.randbytes(4 * chance.randint(0, 40))
    return struct.pack("!BBH", 0x80 | count, kind, chance.choice([len(body) // 4, chance.randrange(65536)])) + body


def datagrams(engine: MediaEngine, chance: random.Random) -> list[Callable[[], bytes]]:
    """What a stranger who knows everything but the keys would send."""
    peers, ssrcs = engine.peers, [track.ssrc for peer in engine.peers for track in peer.tracks]
    ufrags = [peer.ufrag for peer in peers]
    return [
        lambda: chance.randbytes(chance.randint(0, 1500)),
        lambda: check(chance.choice(ufrags), "not the password at all"),
        lambda: mutated(check(chance.choice(ufrags), "not the password at all"), chance),
        lambda: check("nobody", "nothing"),
        lambda: client_hello(null_cipher=chance.random() < 0.5),
        lambda: mutated(client_hello(null_cipher=False), chance),
        lambda: rtp(chance.choice(ssrcs), chance),
        lambda: rtcp(chance.choice(ssrcs), chance),
        lambda: mutated(rtp(chance.choice(ssrcs), chance), chance),
    ]


@asynccontextmanager
async def conversation() -> AsyncIterator[tuple[Running, MediaEngine, Guest, Guest, str]]:
    async with server() as started, guest(started.port, token("a")) as a, guest(started.port, token("b")) as b:
        sid = await a.publish_microphone()
        await until(lambda: sid in b.heard and b.heard[sid].loudest > 1000)
        yield started, cast(MediaEngine, started.engine), a, b, sid


async def still_heard(b: Guest, sid: str) -> None:
    before = b.heard[sid].frames
    await until(lambda: b.heard[sid].frames > before + 20, seconds=5)


async def test_ten_thousand_strangers_change_nothing() -> None:
    chance = random.Random(1)
    async with conversation() as (started, engine, a, b, sid):
        # nobody speaks: whatever is forwarded now, strangers made us forward
        publication = a.room.local_participant.track_publications[sid]
        cast(Any, publication.track).mute()
        await until(lambda: started.hub.rooms["r1"].room.state.tracks[sid].info.muted)
        await asyncio.sleep(0.3)
        kinds = datagrams(engine, chance)
        peers, known = list(engine.peers), len(engine._by_address)
        before, out = resident(), engine.counters.packets_out
        dropped = sum(engine.counters.dropped.values())
        answered = 0
        for number in range(STRANGERS):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.setblocking(False)
                stranger.bind((f"127.1.{number // 250}.{number % 250 + 1}", 0))
                stranger.sendto(kinds[number % len(kinds)](), ("127.0.0.1", engine.udp_port))
                if number % 50 == 0:
                    await asyncio.sleep(0.01)
                    with contextlib.suppress(BlockingIOError):
                        answered += len(stranger.recv(2000))
        await asyncio.sleep(0.3)
        assert engine.counters.packets_out == out
        assert sum(engine.counters.dropped.values()) - dropped >= STRANGERS * 0.9
        assert engine.peers == peers
        assert len(engine._by_address) == known
        assert answered == 0
        assert resident() - before < GROWTH
        cast(Any, publication.track).unmute()
        await still_heard(b, sid)


async def test_a_participant_gone_bad_hurts_nobody_else() -> None:
    chance = random.Random(2)
    async with conversation() as (_, engine, _, b, sid):
        listener = Listener()
        bad = await Client.open(engine, listener)
        try:
            await bad.connect()
            await listener.until(lambda events: ("connected",) in events)
            session = cast(Any, bad.dtls._tx_srtp)
            ssrcs = [track.ssrc for peer in engine.peers for track in peer.tracks]
            before, end = resident(), time.monotonic() + SECONDS
            while time.monotonic() < end:
                for _ in range(40):
                    ssrc = chance.choice([*ssrcs, chance.randrange(1 << 32)])
                    with contextlib.suppress(SrtpError, struct.error, ValueError):
                        match chance.randrange(6):
                            case 0:
                                bad.send(session.protect(rtp(ssrc, chance)))
                            case 1:
                                bad.send(session.protect_rtcp(rtcp(ssrc, chance)))
                            case 2:
                                bad.send(mutated(session.protect(rtp(ssrc, chance)), chance))
                            case 3:
                                bad.send(chance.choice([b"\x80", b"\x81"]) + chance.randbytes(chance.randint(0, 1400)))
                            case 4:
                                bad.send(b"\x17\xfe\xfd" + chance.randbytes(chance.randint(0, 200)))
                            case _:
                                bad.send(client_hello(null_cipher=True))
                await asyncio.sleep(0.01)
            await still_heard(b, sid)
            assert resident() - before < GROWTH
        finally:
            await bad.close()


def requests(chance: random.Random) -> list[Callable[[], bytes]]:
    """Requests as a client might send them, true and bent."""

    join = golden("chromium-join")

    def word() -> str:
        return "".join(chance.choices("aTR_\u4e2d\0\r\n=:;", k=chance.randint(0, 30)))

    def proper() -> rtc.SignalRequest:
        number = chance.randrange(1 << 31)
        messages: list[Callable[[], rtc.SignalRequest]] = [
            lambda: rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=join, id=number)),
            lambda: rtc.SignalRequest(answer=rtc.SessionDescription(type="answer", sdp=word())),
            lambda: rtc.SignalRequest(
                add_track=rtc.AddTrackRequest(cid=word(), name=word(), type=models.TrackType.VIDEO, width=number)
            ),
            lambda: rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid=word(), muted=True)),
            lambda: rtc.SignalRequest(subscription=rtc.UpdateSubscription(track_sids=[word()], subscribe=True)),
            lambda: rtc.SignalRequest(track_setting=rtc.UpdateTrackSettings(track_sids=[word()], width=number)),
            lambda: rtc.SignalRequest(sync_state=rtc.SyncState(track_sids_disabled=[word()])),
            lambda: rtc.SignalRequest(
                update_metadata=rtc.UpdateParticipantMetadata(attributes={word(): word()}, metadata=word())
            ),
            lambda: rtc.SignalRequest(
                subscription_permission=rtc.SubscriptionPermission(
                    track_permissions=[rtc.TrackPermission(participant_sid=word())]
                )
            ),
            lambda: rtc.SignalRequest(trickle=rtc.TrickleRequest(candidateInit=word())),
            lambda: rtc.SignalRequest(publish_data_track_request=rtc.PublishDataTrackRequest(name=word())),
            lambda: rtc.SignalRequest(ping_req=rtc.Ping(timestamp=number)),
        ]
        return chance.choice(messages)()

    return [
        lambda: proper().SerializeToString(),
        lambda: mutated(proper().SerializeToString(), chance),
        lambda: chance.randbytes(chance.randint(0, 3000)),
        lambda: rtc.SignalRequest(
            offer=rtc.SessionDescription(
                type="offer", sdp=mutated(golden("chromium-publish").encode(), chance).decode("utf-8", "replace")
            )
        ).SerializeToString(),
    ]


async def test_signalling_survives_whatever_it_is_told() -> None:
    chance = random.Random(3)
    kinds = requests(chance)
    async with running(settings(), FakeEngine()) as started, connect(started.port, token("good")) as good:
        await good.receive("join")
        end, attackers, warm = time.monotonic() + SECONDS, 0, 0
        while time.monotonic() < end:
            attackers += 1
            if attackers == 20:
                warm = resident()
            made = token(f"bad-{attackers}", can_update_own_metadata=True)
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                async with connect(started.port, made) as bad:
                    await _pour(bad, kinds, chance)
            if attackers % 10 == 0:
                await good.send(ping_req=rtc.Ping(timestamp=attackers))
                assert (await good.receive("pong_resp")).last_ping_timestamp == attackers
        assert attackers > 20
        assert resident() - warm < GROWTH
        names = {p.identity for p in started.hub.rooms["r1"].room.state.participants.values()}
        assert "good" in names


async def _pour(bad: SignalClient, kinds: list[Callable[[], bytes]], chance: random.Random) -> None:
    for _ in range(chance.randint(1, 40)):
        await bad.socket.send_bytes(chance.choice(kinds)())
    with contextlib.suppress(TimeoutError):
        await bad.closed(seconds=0.02)


async def test_tokens_and_join_requests_of_every_bad_kind_open_nothing() -> None:
    chance = random.Random(4)
    good = token("a")
    request = wrap(rtc.JoinRequest(metadata="x" * 50))
    async with running(settings(), FakeEngine()) as started, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{started.port}/rtc/v1"
        end = time.monotonic() + SECONDS / 2
        while time.monotonic() < end:
            made = mutated(good.encode(), chance).decode("latin-1")
            if made == good:
                continue
            headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
            async with session.get(
                url, params={"access_token": made, "join_request": request}, headers=headers
            ) as response:
                assert response.status in (401, 429)
                assert good not in await response.text()
        assert not started.hub.rooms


@pytest.mark.parametrize("count", [40])
async def test_a_whole_office_joins_at_once_from_one_address(count: int) -> None:
    """33 sites, walls and consoles behind one NAT come back together after a power cut, three times."""
    async with running(settings(), FakeEngine()) as started:

        async def come(number: int) -> None:
            async with connect(started.port, token(f"site-{number:02}", "meeting-1")) as client:
                await client.receive("join", seconds=20)

        for _ in range(3):
            await asyncio.gather(*(come(number) for number in range(count)))
