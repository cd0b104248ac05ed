"""LiveKit's signalling over a WebSocket, as livekit-client 2.23 speaks it: /rtc/v1 with a compressed join request."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import socket
import time
from collections.abc import Callable

import aiohttp
from livekit.protocol import models, rtc

from tests.peers.line import Line

PROTOCOL = 17
SILENCE = 15.0  # seconds without a message after which the client holds the socket for dead


class Refused(Exception):
    """The server did not let this client in; the HTTP status, 0 when it closed the socket instead."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status


class Signal:
    """Messages go to ``on_message`` in order; ``on_closed`` is called once when the socket ends, however it ends."""

    def __init__(
        self,
        on_message: Callable[[rtc.SignalResponse], None],
        on_closed: Callable[[Signal, int | None], None],
        line: Line | None = None,
    ) -> None:
        self._on_message, self._on_closed = on_message, on_closed
        self._line = line or Line()
        self._heard = 0.0
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.rtt = 0
        self._left: asyncio.Task[None] | None = None

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
        self._heard = time.monotonic()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]

    def send(self, request: rtc.SignalRequest) -> None:
        self._outbox.put_nowait(request.SerializeToString())

    def keep_alive(self, interval: float) -> None:
        self._tasks.append(asyncio.create_task(self._ping(interval)))

    async def _ping(self, interval: float) -> None:
        """Both old and new form, as the client does; and like the client it gives up a socket that says nothing."""
        while True:
            await asyncio.sleep(interval)
            if time.monotonic() - self._heard > SILENCE:
                self._on_closed(self, None)
                return
            now = self._now()
            self.send(rtc.SignalRequest(ping=now))
            self.send(rtc.SignalRequest(ping_req=rtc.Ping(timestamp=now, rtt=self.rtt)))

    def _now(self) -> int:
        """Milliseconds, by this peer's own clock."""
        return time.time_ns() // 1_000_000 + int(1000 * self._line.clock_error)

    async def _write(self) -> None:
        assert self._socket is not None
        while not self._socket.closed:
            data = await self._outbox.get()
            await self._line.whole()
            try:
                await self._socket.send_bytes(data)
            except (ConnectionError, aiohttp.ClientError):
                return

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            await self._line.whole()
            self._heard = time.monotonic()
            if message.type is not aiohttp.WSMsgType.BINARY:
                continue
            response = rtc.SignalResponse.FromString(message.data)
            if response.HasField("pong_resp"):
                self.rtt = self._now() - response.pong_resp.last_ping_timestamp
            else:
                self._on_message(response)
        await self._line.whole()  # a cut line does not tell that the other side hung up
        self._on_closed(self, self._socket.close_code)

    def drop(self) -> None:
        """The socket ends under both sides, as when a proxy on the way is restarted; a cut line keeps it."""
        if self._socket is not None and not self._line.cut:
            end = self._socket.get_extra_info("socket")
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    async def close(self, *, leave: bool = True) -> None:
        """Says goodbye first, unless it should look like a broken line."""
        if self._socket is None:
            return
        leave &= not self._line.cut
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
        if self._line.cut:  # nothing of this reaches the server before the line is whole again
            self._left = asyncio.create_task(self._hang_up(self._socket))
        else:
            await self._socket.close()

    async def _hang_up(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await self._line.whole()
        await socket.close()


def client_information() -> models.ClientInfo:
    return models.ClientInfo(
        sdk=models.ClientInfo.JS,
        version="2.23.0",
        protocol=PROTOCOL,
        os="Windows",
        browser="Chrome",
        browser_version="156",
    )
