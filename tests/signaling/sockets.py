"""A bare client of the signalling socket: says what a test wants it to say, keeps what it is told."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from livekit.protocol import rtc


def wrap(request: rtc.JoinRequest, *, zipped: bool = True) -> str:
    data = request.SerializeToString()
    wrapped = rtc.WrappedJoinRequest(join_request=gzip.compress(data) if zipped else data)
    if zipped:
        wrapped.compression = rtc.WrappedJoinRequest.Compression.GZIP
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()


class SignalClient:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.received: list[rtc.SignalResponse] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send_bytes(rtc.SignalRequest(**message).SerializeToString())

    async def receive(self, kind: str, *, seconds: float = 5.0) -> Any:
        """The next message of that kind; others are kept."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.socket.receive()
                if message.type is not aiohttp.WSMsgType.BINARY:
                    raise ConnectionError(f"closed with {self.socket.close_code} before {kind}")
                response = rtc.SignalResponse.FromString(message.data)
                self.received.append(response)
                if response.WhichOneof("message") == kind:
                    return getattr(response, kind)

    async def closed(self, *, seconds: float = 5.0) -> int | None:
        """Waits for the end; the close code."""
        async with asyncio.timeout(seconds):
            while not self.socket.closed:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.received.append(rtc.SignalResponse.FromString(message.data))
        return self.socket.close_code


@asynccontextmanager
async def connect(
    port: int, token: str, request: rtc.JoinRequest | None = None, *, header: bool = True, **parameters: str
) -> AsyncIterator[SignalClient]:
    if request is None:
        request = rtc.JoinRequest(connection_settings=rtc.ConnectionSettings(auto_subscribe=True))
    query = {"join_request": wrap(request), **parameters}
    headers = {}
    if header:
        headers["Authorization"] = f"Bearer {token}"
    else:
        query["access_token"] = token
    url = f"http://127.0.0.1:{port}/rtc/v1"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, params=query, headers=headers) as socket:
        yield SignalClient(socket)
