"""One client's socket: requests in, responses out, in order.

What is sent waits in a bounded queue: a client that does not read loses its socket, never a message in between.
A malformed request, too many of them, or silence for longer than the ping timeout end this socket and nothing else;
the participant may resume.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

import structlog
from livekit.protocol import rtc

from meetinghub.errors import Error
from signaling import metrics, protocol
from signaling.live import LiveRoom, moment
from signaling.model import DisconnectReason
from signaling.rates import Bucket, Rate
from signaling.sdp import MAX_SIZE, MalformedSdp

QUEUE = 512  # messages
MESSAGES = Rate(burst=400, per_second=50)
OFFERS = Rate(burst=30, per_second=5)
SILENCE = protocol.PING_TIMEOUT + protocol.PING_INTERVAL
POLICY_VIOLATION = 1008
log = structlog.get_logger("signaling")


class Socket(Protocol):
    """The part of a WebSocket that a session needs."""

    async def receive_request(self) -> bytes | None:
        """The next message; None when the socket has ended."""
        ...

    async def send_response(self, message: bytes) -> None: ...

    async def end(self, code: int) -> None: ...


class Session:
    """Implements :class:`signaling.live.Line`."""

    def __init__(self, live: LiveRoom, sid: str, now: float) -> None:
        self.live, self.sid = live, sid
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)
        self._ended = False
        self._messages = Bucket(MESSAGES, now)
        self._offers = Bucket(OFFERS, now)
        self._overflow = asyncio.Event()
        self._log = log.bind(room=live.name, participant=sid)

    def send(self, message: bytes) -> None:
        if self._ended:
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._ended = True
            self._overflow.set()

    def hang_up(self) -> None:
        if not self._ended:
            self._ended = True
            if self._queue.full():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def run(self, socket: Socket) -> None:
        """Until the socket ends or is ended."""
        writer = asyncio.create_task(self._write(socket))
        reader = asyncio.create_task(self._read(socket))
        overflow = asyncio.create_task(self._overflow.wait())
        tasks: tuple[asyncio.Task[Any], ...] = (writer, reader, overflow)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in (writer, reader):
                if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                    self._report(error)
        finally:
            self._ended = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.live.detach(self.sid, self)
        await socket.end(POLICY_VIOLATION if self._overflow.is_set() else 1000)

    def _report(self, error: BaseException) -> None:
        if isinstance(error, Error):
            metrics.REFUSED.labels(error.code).inc()
            self._log.warning("signalling ended", code=error.code, **dict(error.values))
        elif not isinstance(error, (ConnectionError, TimeoutError)):
            self._log.error("signalling failed", exc_info=error)

    async def _write(self, socket: Socket) -> None:
        while (message := await self._queue.get()) is not None:
            await socket.send_response(message)

    async def _read(self, socket: Socket) -> None:
        while True:
            async with asyncio.timeout(SILENCE):
                data = await socket.receive_request()
            if data is None:
                return
            self.live.spoke(self.sid)
            if not self._messages.take(asyncio.get_running_loop().time()):
                raise protocol.MalformedMessage("too many messages")
            if not self.live.is_attached(self.sid, self):
                return
            self.handle(protocol.parse_request(data))

    def handle(self, request: rtc.SignalRequest) -> None:
        """One message. Raises what ends the socket."""
        room, sid, now, live = self.live.room, self.sid, moment(), self.live
        match request.WhichOneof("message"):
            case "offer":
                self.offer(request.offer)
            case "add_track":
                live.run(room.add_track(sid, request.add_track, now))
            case "mute":
                live.run(room.mute(sid, request.mute, now))
            case "subscription":
                live.run(room.subscription(sid, request.subscription, now))
            case "track_setting":
                live.run(room.track_setting(sid, request.track_setting))
            case "subscription_permission":
                live.run(room.subscription_permission(sid, request.subscription_permission, now))
            case "sync_state":
                live.run(room.sync(sid, request.sync_state, now))
            case "update_metadata":
                live.run(room.update_metadata(sid, request.update_metadata, now))
            case "update_audio_track":
                live.run(room.update_audio_track(sid, request.update_audio_track, now))
            case "update_video_track":
                live.run(room.update_video_track(sid, request.update_video_track, now))
            case "update_layers":
                live.run(room.update_layers(sid, request.update_layers, now))
            case "leave":
                live.run(room.left(sid, now))
            case "ping":
                self.send(protocol.pong(request.ping))
            case "ping_req":
                self.send(protocol.pong_response(request.ping_req.timestamp, time.time_ns() // 1_000_000))
            case "simulate":
                self._simulate(request.simulate)
            case "answer" | "trickle" | None:
                pass  # we never offer, and a lite agent needs no candidates of the client
            case _:
                self.send(protocol.request_response(rtc.RequestResponse(reason=protocol.Reason.UNSUPPORTED_TYPE)))

    def offer(self, description: rtc.SessionDescription) -> None:
        if not self._offers.take(asyncio.get_running_loop().time()):
            raise protocol.MalformedMessage("too many offers")
        if len(description.sdp) > MAX_SIZE:
            raise MalformedSdp("too large")
        with metrics.ANSWER_SECONDS.time():
            offer = self.live.scan(self.sid, description.sdp)
            if offer is not None:
                self.live.run(self.live.room.offer(self.sid, description.id, offer, moment()))

    def _simulate(self, scenario: rtc.SimulateScenario) -> None:
        """What a client may try out on itself."""
        match scenario.WhichOneof("scenario"):
            case "server_leave":
                reason = DisconnectReason.SERVER_SHUTDOWN
                self.live.run(self.live.room.remove(self.sid, reason, moment()))
            case "leave_request_full_reconnect":
                self.live.run(self.live.room.reconnect(self.sid))
            case _:
                pass
