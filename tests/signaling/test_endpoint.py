"""The socket's address: who is let in, what the others are told, and what ends a connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

import aiohttp
import pytest
from livekit.protocol import models, rtc

from signaling import protocol, session
from signaling.media.interface import Delivery
from signaling.model import Limits
from signaling.server import running
from tests.fakes import FakeEngine
from tests.signaling import offers
from tests.signaling.offers import Media
from tests.signaling.servers import settings, token, until
from tests.signaling.sockets import connect, wrap
from tests.signaling.test_sdp import golden


@pytest.mark.parametrize("header", [True, False])
async def test_an_offer_in_the_join_request_is_answered_after_join(header: bool) -> None:
    request = rtc.JoinRequest(
        connection_settings=rtc.ConnectionSettings(auto_subscribe=True),
        publisher_offer=rtc.SessionDescription(type="offer", sdp=golden("chromium-join"), id=7),
    )
    async with (
        running(settings(), FakeEngine()) as started,
        connect(started.port, token("a"), request, header=header) as client,
    ):
        answer = await client.receive("answer")
        assert client.received[0].WhichOneof("message") == "join"
        assert answer.id == 7
        assert "a=ice-lite" in answer.sdp


async def test_a_malformed_offer_in_the_join_request_leaves_nobody_behind() -> None:
    engine = FakeEngine()
    request = rtc.JoinRequest(publisher_offer=rtc.SessionDescription(type="offer", sdp="v=0", id=1))
    async with running(settings(), engine) as started, connect(started.port, token("a"), request) as client:
        await client.closed()
        assert client.received[-1].leave.reason == models.DisconnectReason.JOIN_FAILURE
        assert not started.hub.rooms["r1"].room.state.participants
        await until(lambda: engine.peers[0].closed)


async def test_a_flood_of_data_is_cut_off() -> None:
    engine = FakeEngine()
    async with (
        running(settings(), engine) as started,
        connect(started.port, token("a")) as a,
        connect(started.port, token("b")) as b,
    ):
        await a.receive("join")
        await b.receive("join")
        for peer in engine.peers:
            peer.listener.connected()
        packet = models.DataPacket(user=models.UserPacket(payload=b"x")).SerializeToString()
        for _ in range(5000):
            engine.peers[0].listener.data(Delivery.LOSSY, packet)
        assert 500 <= len(engine.peers[1].sent) < 1000


@pytest.mark.parametrize("path", ["/rtc/validate", "/rtc/v1/validate"])
@pytest.mark.parametrize(
    ("make", "status"),
    [  # made when the test runs: one made when it was collected may have expired by then
        (lambda: token("a"), 200),
        (lambda: token("a", ttl=-100), 401),
        (lambda: token("a", secret="some-other-secret-with-32-bytes-in-it"), 401),
        (lambda: "nonsense", 401),
        (str, 401),
    ],
)
async def test_validate_says_why(path: str, make: Callable[[], str], status: int) -> None:
    made = make()
    async with running(settings(), FakeEngine()) as started, aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{started.port}{path}"
        async with http.get(url, params={"access_token": made}) as response:
            assert response.status == status
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert not made or made not in await response.text()


async def test_a_bad_token_or_request_opens_no_socket() -> None:
    async with running(settings(), FakeEngine()) as started, aiohttp.ClientSession() as http:
        url = f"ws://127.0.0.1:{started.port}/rtc/v1"
        for made, request, status in (
            ("nonsense", wrap(rtc.JoinRequest()), 401),
            (token("a"), "%%%", 400),
            (token("a"), wrap(rtc.JoinRequest(metadata="x"))[:-9] + "AAAAAAAA", 400),
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await http.ws_connect(url, params={"access_token": made, "join_request": request})
            assert caught.value.status == status
        assert not started.hub.rooms


async def test_a_bomb_in_the_join_request_is_refused() -> None:
    async with running(settings(), FakeEngine()) as started:
        bomb = rtc.JoinRequest(metadata="x" * 20_000_000)
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with connect(started.port, token("a"), bomb):
                pass
        assert caught.value.status == 400


async def test_who_cannot_resume_is_told_to_join_again() -> None:
    async with running(settings(), FakeEngine()) as started:
        request = rtc.JoinRequest(reconnect=True, participant_sid="PA_gone")
        async with connect(started.port, token("a"), request) as client:
            leave = await client.receive("leave")
            assert leave.action == protocol.Action.RECONNECT
            assert leave.reason == models.DisconnectReason.STATE_MISMATCH


async def test_a_resumed_socket_replaces_the_old_one_and_restarts_ice() -> None:
    engine = FakeEngine()
    async with running(settings(), engine) as started, connect(started.port, token("a")) as old:
        joined = await old.receive("join")
        await old.send(offer=rtc.SessionDescription(type="offer", sdp=offers.write([Media("audio", "0")]), id=1))
        first = await old.receive("answer")
        request = rtc.JoinRequest(reconnect=True, participant_sid=joined.participant.sid)
        async with connect(started.port, token("a"), request) as new:
            await new.receive("reconnect")
            await old.closed()
            text = offers.write([Media("audio", "0")], ufrag="other")
            await new.send(offer=rtc.SessionDescription(type="offer", sdp=text, id=2))
            second = await new.receive("answer")
            assert len(engine.peers) == 1
            assert first.sdp.split("ice-ufrag:")[1][:10] != second.sdp.split("ice-ufrag:")[1][:10]
            await new.send(ping_req=rtc.Ping(timestamp=5))
            assert (await new.receive("pong_resp")).last_ping_timestamp == 5
            await new.send(ping=6)
            assert await new.receive("pong") == 6


@pytest.mark.parametrize("junk", [b"\xff" * 50, b"\x0a\xff\xff\xff\xff\x0f", "text"])
async def test_malformed_messages_end_that_socket_only(junk: bytes | str) -> None:
    async with (
        running(settings(), FakeEngine()) as started,
        connect(started.port, token("a")) as a,
        connect(started.port, token("b")) as b,
    ):
        await a.receive("join")
        if isinstance(junk, bytes):
            await a.socket.send_bytes(junk)
        else:
            await a.socket.send_str(junk)
        await a.closed()
        await b.send(ping_req=rtc.Ping(timestamp=1))
        await b.receive("pong_resp")


@pytest.mark.parametrize("text", ["", "v=0\r\n", "v=0\r\nm=audio 9 X 0\r\n", "x" * 300_000])
async def test_a_malformed_offer_ends_that_socket_only(text: str) -> None:
    async with running(settings(), FakeEngine()) as started, connect(started.port, token("a")) as client:
        await client.send(offer=rtc.SessionDescription(type="offer", sdp=text, id=1))
        await client.closed()
        live = started.hub.rooms["r1"]
        assert live.room.state.by_identity("a") is not None


async def test_a_message_that_is_too_large_ends_the_socket() -> None:
    async with running(settings(), FakeEngine()) as started, connect(started.port, token("a")) as client:
        await client.socket.send_bytes(b"\0" * (protocol.MAX_MESSAGE + 1))
        assert await client.closed() == 1009


async def test_too_many_messages_end_the_socket() -> None:
    async with running(settings(), FakeEngine()) as started, connect(started.port, token("a")) as client:
        with contextlib.suppress(ConnectionError):
            for number in range(5000):
                await client.send(ping=number)
        await client.closed()


async def test_a_silent_client_loses_its_socket_but_may_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SILENCE", 0.2)
    async with running(settings(), FakeEngine()) as started, connect(started.port, token("a")) as client:
        joined = await client.receive("join")
        await client.closed()
        request = rtc.JoinRequest(reconnect=True, participant_sid=joined.participant.sid)
        async with connect(started.port, token("a"), request) as again:
            await again.receive("reconnect")


async def test_one_token_cannot_join_without_end() -> None:
    async with running(settings(), FakeEngine()) as started:
        made = token("a")

        async def attempt() -> int:
            try:
                async with connect(started.port, made):
                    return 101
            except aiohttp.WSServerHandshakeError as error:
                return error.status

        answers = [await attempt() for _ in range(25)]
        assert answers[:10] == [101] * 10
        assert 429 in answers
        async with connect(started.port, token("b")) as other:
            await other.receive("join")


async def test_a_full_room_takes_nobody_else_but_lets_its_own_come_again() -> None:
    async with (
        running(settings(limits=Limits(participants=1)), FakeEngine()) as started,
        connect(started.port, token("a")) as first,
    ):
        await first.receive("join")
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with connect(started.port, token("b")):
                pass
        assert caught.value.status == 429
        async with connect(started.port, token("a")) as again:
            await again.receive("join")
            assert (await first.receive("leave")).reason == models.DisconnectReason.DUPLICATE_IDENTITY


async def test_tokens_are_renewed_for_those_who_stay() -> None:
    limits = Limits(token_refresh=0.1)
    async with running(settings(limits=limits), FakeEngine()) as started, connect(started.port, token("a")) as client:
        renewed = await client.receive("refresh_token", seconds=8)
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{started.port}/rtc/validate?access_token={renewed}"
            async with http.get(url) as response:
                assert response.status == 200


async def test_shutting_down_tells_clients_to_come_back() -> None:
    engine = FakeEngine()
    async with running(settings(), engine) as started:
        connection = connect(started.port, token("a"))
        client = await connection.__aenter__()
        await client.receive("join")
        listening = asyncio.create_task(client.receive("leave"))
        await asyncio.sleep(0)
    leave = await listening
    assert (leave.reason, leave.action) == (models.DisconnectReason.SERVER_SHUTDOWN, protocol.Action.RECONNECT)
    assert engine.closed
    assert all(peer.closed for peer in engine.peers)
    await connection.__aexit__(None, None, None)


async def test_health_and_metrics_are_public_and_the_old_protocol_is_not_spoken() -> None:
    async with running(settings(), FakeEngine()) as started, aiohttp.ClientSession() as http:
        root = f"http://127.0.0.1:{started.port}"
        async with http.get(root + "/healthz") as response:
            assert (await response.json())["ok"] is True
        async with http.get(root + "/metrics") as response:
            assert "meetinghub_signal_rooms" in await response.text()
        async with http.get(root + "/rtc", params={"access_token": token("a")}) as response:
            assert response.status == 404
        async with http.get(root + "/rtc/v1", params={"access_token": token("a")}) as response:
            assert response.status == 404


async def test_a_token_is_in_no_log(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    made, bad = token("a"), token("a", ttl=-100)
    async with running(settings(), FakeEngine()) as started:
        async with connect(started.port, made, header=False) as client:
            await client.receive("join")
            await client.socket.send_bytes(b"\xff\xff")
            await client.closed()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with connect(started.port, bad, header=False):
                pass
        await until(lambda: True)
    output = caplog.text + "".join(capsys.readouterr())
    assert made not in output
    assert bad not in output
