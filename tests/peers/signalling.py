"""LiveKit's signalling over a WebSocket, as livekit-client 2.23 speaks it: /rtc/v1 with a compressed join request."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import time
from collections.abc import Callable

import aiohttp
from livekit.protocol import models, rtc

PROTOCOL = 17


class Refused(Exception):
    """The server did not let this client in; the HTTP status, 0 when it closed the socket instead."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status


class Signal:
    """Messages go to ``on_message`` in order; ``on_closed`` is called once when the socket ends, however it ends."""

    def __init__(
        self, on_message: Callable[[rtc.SignalResponse], None], on_closed: Callable[[Signal, int | None], None]
    ) -> None:
        self._on_message, self._on_closed = on_message, on_closed
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.rtt = 0

    async def open(self, http: aiohttp.ClientSession, url: str, token: str, request: rtc.JoinRequest) -> None:
        """``url`` is the LiveKit URL (ws:// or wss://). Raises `Refused`."""
        packed = gzip.compress(request.SerializeToString(), compresslevel=6)
        wrapped = rtc.WrappedJoinRequest(compression=rtc.WrappedJoinRequest.GZIP, join_request=packed)
        parameters = {
            "access_token": token,
            "join_request": base64.urlsafe_b64encode(wrapped.SerializeToString()).decode(),
        }
        try:
            self._socket = await http.ws_connect(
                url.rstrip("/") + "/rtc/v1", params=parameters, max_msg_size=0, autoping=True
            )
        except aiohttp.WSServerHandshakeError as refusal:
            raise Refused(refusal.status, refusal.message) from refusal
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]

    def send(self, request: rtc.SignalRequest) -> None:
        self._outbox.put_nowait(request.SerializeToString())

    def keep_alive(self, interval: float) -> None:
        self._tasks.append(asyncio.create_task(self._ping(interval)))

    async def _ping(self, interval: float) -> None:
        """Both old and new form, as the client does."""
        while True:
            await asyncio.sleep(interval)
            now = time.time_ns() // 1_000_000
            self.send(rtc.SignalRequest(ping=now))
            self.send(rtc.SignalRequest(ping_req=rtc.Ping(timestamp=now, rtt=self.rtt)))

    async def _write(self) -> None:
        assert self._socket is not None
        while not self._socket.closed:
            data = await self._outbox.get()
            try:
                await self._socket.send_bytes(data)
            except (ConnectionError, aiohttp.ClientError):
                return

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.BINARY:
                continue
            response = rtc.SignalResponse.FromString(message.data)
            if response.HasField("pong_resp"):
                self.rtt = time.time_ns() // 1_000_000 - response.pong_resp.last_ping_timestamp
            else:
                self._on_message(response)
        self._on_closed(self, self._socket.close_code)

    async def close(self, *, leave: bool = True) -> None:
        """Says goodbye first, unless it should look like a broken line."""
        if self._socket is None:
            return
        if leave and not self._socket.closed:
            goodbye = rtc.SignalRequest(
                leave=rtc.LeaveRequest(
                    reason=models.DisconnectReason.CLIENT_INITIATED, action=rtc.LeaveRequest.DISCONNECT
                )
            )
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_bytes(goodbye.SerializeToString())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()


def client_information() -> models.ClientInfo:
    return models.ClientInfo(
        sdk=models.ClientInfo.JS,
        version="2.23.0",
        protocol=PROTOCOL,
        os="Windows",
        browser="Chrome",
        browser_version="156",
    )
