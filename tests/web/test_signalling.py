"""LiveKit's signalling passed through web: one origin for the browser."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from meetinghub.app import web_app
from meetinghub.config import from_env
from tests.web.conftest import QUICK


async def echo(request: web.Request) -> web.StreamResponse:
    """A media server that says what it was asked and sends everything back."""
    if request.query.get("access_token") != "good":
        return web.Response(status=401, text="no permission")
    if request.path == "/rtc/validate":
        return web.Response(text="success")
    socket = web.WebSocketResponse(max_msg_size=8_000_000)
    await socket.prepare(request)
    await socket.send_str(request.path_qs)
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            if message.data == b"bye":
                await socket.close(code=4001)
            else:
                await socket.send_bytes(message.data)
    return socket


@pytest.fixture
async def client(tmp_path: Path, demo_template: Path, built: Path) -> AsyncIterator[TestClient[Any, Any]]:
    media = web.Application()
    media.router.add_get("/{rest:.*}", echo)
    server = TestServer(media)
    await server.start_server()
    shutil.copy(demo_template, tmp_path / "meetinghub.sqlite")
    config = from_env({"DATA_DIR": str(tmp_path), "MEDIA_PORT": str(server.port)})
    async with TestClient(TestServer(web_app(config, built=built, hasher=QUICK))) as opened:
        yield opened
    await server.close()


async def test_messages_pass_both_ways_unchanged_whatever_their_size(client: TestClient[Any, Any]) -> None:
    async with client.ws_connect("/rtc/v1?access_token=good&auto_subscribe=0") as socket:
        assert await socket.receive_str() == "/rtc/v1?access_token=good&auto_subscribe=0"
        for size in (0, 1, 200, 70_000, 1_000_000):
            await socket.send_bytes(bytes(size))
            assert await socket.receive_bytes() == bytes(size)


async def test_a_close_code_of_media_reaches_the_browser(client: TestClient[Any, Any]) -> None:
    async with client.ws_connect("/rtc?access_token=good") as socket:
        await socket.receive_str()
        await socket.send_bytes(b"bye")
        message = await socket.receive()
        assert message.type is WSMsgType.CLOSE
        assert socket.close_code == 4001


async def test_a_refusal_of_media_is_a_plain_answer(client: TestClient[Any, Any]) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await client.ws_connect("/rtc?access_token=bad")
    assert caught.value.status == 401
    response = await client.get("/rtc/validate?access_token=bad")
    assert (response.status, await response.text()) == (401, "no permission")
    response = await client.get("/rtc/validate?access_token=good")
    assert (response.status, await response.text()) == (200, "success")


async def test_nothing_else_of_media_is_reached_this_way(client: TestClient[Any, Any]) -> None:
    for path in ("/rtc/%2e%2e/metrics", "/rtc/%2E%2E/twirp/livekit.RoomService/ListRooms", "/rtc/x/../../healthz"):
        address = URL(str(client.make_url("/")) + path.removeprefix("/") + "?access_token=good", encoded=True)
        async with client.session.get(address) as response:
            assert response.status == 404
            assert "access_token" not in await response.text()


async def test_media_that_is_away_is_said_and_not_a_bug(config: Any, built: Path) -> None:
    async with TestClient(TestServer(web_app(config, built=built, hasher=QUICK))) as away:
        with pytest.raises(WSServerHandshakeError) as caught:
            await away.ws_connect("/rtc?access_token=good")
        assert caught.value.status == 503
        assert (await away.get("/rtc/validate")).status == 503


async def test_with_an_external_server_nothing_is_passed_on(tmp_path: Path, demo_template: Path, built: Path) -> None:
    shutil.copy(demo_template, tmp_path / "meetinghub.sqlite")
    config = from_env(
        {
            "DATA_DIR": str(tmp_path),
            "LIVEKIT_URL": "wss://lk.example",
            "LIVEKIT_API_KEY": "k",
            "LIVEKIT_API_SECRET": "s" * 32,
        }
    )
    async with TestClient(TestServer(web_app(config, built=built, hasher=QUICK))) as external:
        response = await external.get("/rtc/validate")
        assert response.status == 404
        assert "wss://lk.example https://lk.example" in response.headers["Content-Security-Policy"]


async def test_the_connection_to_media_ends_with_the_browsers(client: TestClient[Any, Any]) -> None:
    socket = await client.ws_connect("/rtc?access_token=good")
    await socket.receive_str()
    figures = await (await client.get("/metrics")).text()
    assert "meetinghub_web_signalling_connections 1.0" in figures
    await socket.close()
    for _ in range(100):
        if "meetinghub_web_signalling_connections 0.0" in await (await client.get("/metrics")).text():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the connection to media was left open")
