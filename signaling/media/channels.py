"""LiveKit's data channels over SCTP (RFC 8831, RFC 8832), and the second file that knows aiortc's SCTP by its parts.

The client opens the channels and names them; the server answers on the same ones. SCTP starts with the first packet
of the client's, so a client without data channels is never bothered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

from aiortc import RTCDataChannel
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from signaling.media.dtls import DtlsSession
from signaling.media.interface import Delivery

PORT = 5000
MAX_MESSAGE = 262_144  # what browsers announce
MAX_CHANNELS = 16  # open at a time
LOSSY_BACKLOG = 64 * 1024
RELIABLE_BACKLOG = 4 * 1024 * 1024
MAX_REASSEMBLY = 2 * 1024 * 1024


class Channels:
    """``message`` gets every binary message of ``_reliable`` and ``_lossy``; ``overrun`` is called when a client
    breaks the protocol, or takes its reliable messages so slowly that they can no longer be kept."""

    def __init__(
        self, dtls: DtlsSession, *, message: Callable[[Delivery, bytes], None], overrun: Callable[[str], None]
    ) -> None:
        self._dtls = dtls
        self._message = message
        self._overrun = overrun
        self._sctp: RTCSctpTransport | None = None
        self._open: dict[Delivery, RTCDataChannel] = {}
        self._count = 0
        self._waiting: deque[bytes] = deque()
        self._waiting_size = 0
        dtls.attach(self)

    # What RTCSctpTransport asks of an RTCDtlsTransport.
    state = "connected"

    @property
    def _role(self) -> str:
        return "server" if self._dtls.is_server else "client"

    def _register_data_receiver(self, receiver: object) -> None:
        """We hand packets on ourselves."""

    def _unregister_data_receiver(self, receiver: object) -> None:
        """We hand packets on ourselves."""

    async def _send_data(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # SCTP's own timers find out
            await self._dtls.send_data(data)

    async def _handle_data(self, data: bytes) -> None:
        """One SCTP packet from the client. aiortc asserts where the protocol is broken; that ends this client only."""
        if self._sctp is None:
            transport: Any = self
            self._sctp = RTCSctpTransport(transport, PORT)
            self._sctp.on("datachannel", self._opened)
            await self._sctp.start(RTCSctpCapabilities(maxMessageSize=MAX_MESSAGE), PORT)
        try:
            await self._sctp._handle_data(data)
        except (AssertionError, ValueError, KeyError, IndexError, AttributeError, TypeError):
            self._overrun("data_malformed")
            return
        if self._sctp._advertised_rwnd < 1024 * 1024 - MAX_REASSEMBLY:
            self._overrun("data_overflow")

    def _opened(self, channel: RTCDataChannel) -> None:
        self._count += 1
        channel.on("close", lambda: self._closed(channel))
        if self._count > MAX_CHANNELS:
            self._overrun("data_channels")
            return
        try:
            delivery = Delivery(channel.label)
        except ValueError:
            return  # such as _data_track, which this server does not offer
        self._open[delivery] = channel

        def received(message: bytes | str) -> None:
            if isinstance(message, bytes):
                self._message(delivery, message)

        channel.on("message", received)
        if delivery is Delivery.RELIABLE:
            for payload in self._waiting:
                channel.send(payload)
            self._waiting.clear()
            self._waiting_size = 0

    def _closed(self, channel: RTCDataChannel) -> None:
        """What is sent from now on waits for the client to open the channel again."""
        self._count -= 1
        self._open = {delivery: kept for delivery, kept in self._open.items() if kept is not channel}

    def send(self, delivery: Delivery, payload: bytes) -> None:
        if len(payload) > MAX_MESSAGE:
            return
        channel = self._open.get(delivery)
        if channel is None or channel.readyState != "open":
            if delivery is Delivery.RELIABLE and channel is None:
                self._wait(payload)
            return
        if delivery is Delivery.LOSSY:
            if channel.bufferedAmount <= LOSSY_BACKLOG:
                channel.send(payload)
        elif channel.bufferedAmount > RELIABLE_BACKLOG:
            self._overrun("data_backlog")
        else:
            channel.send(payload)

    def _wait(self, payload: bytes) -> None:
        self._waiting.append(payload)
        self._waiting_size += len(payload)
        if self._waiting_size > RELIABLE_BACKLOG:
            self._waiting.clear()
            self._overrun("data_backlog")

    async def close(self) -> None:
        if self._sctp is not None:
            sctp, self._sctp = self._sctp, None
            async with asyncio.timeout(1.0):
                await sctp.stop()
