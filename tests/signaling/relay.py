"""A UDP relay between clients and the media port, so that a test can cut the line, thin it out and mend it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

Address = tuple[str, int]


class Relay(asyncio.DatagramProtocol):
    """One socket towards the server for every client address."""

    def __init__(self, server: Address) -> None:
        self.server = server
        self.cut = False
        self.loss = 0.0  # share of the clients' packets that never arrive
        self._chance = random.Random(1)
        self._front: asyncio.DatagramTransport | None = None
        self._backs: dict[Address, asyncio.DatagramTransport] = {}
        self._opening: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._front = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.cut or self._chance.random() < self.loss:
            return
        back = self._backs.get(addr)
        if back is not None:
            back.sendto(data)
        elif not self._opening:
            task = asyncio.ensure_future(self._open(addr))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, client: Address) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Back(self, client), remote_addr=self.server)
        self._backs[client] = transport

    def returned(self, data: bytes, client: Address) -> None:
        if not self.cut and self._front is not None:
            self._front.sendto(data, client)

    async def close(self) -> None:
        await asyncio.gather(*self._opening)
        for transport in (*self._backs.values(), self._front):
            if transport is not None:
                transport.close()
        await asyncio.sleep(0)  # transports close their sockets on the next turn


class _Back(asyncio.DatagramProtocol):
    def __init__(self, relay: Relay, client: Address) -> None:
        self._relay, self._client = relay, client

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._relay.returned(data, self._client)

    def error_received(self, exc: Exception) -> None:
        pass


@asynccontextmanager
async def relay(server_port: int) -> AsyncIterator[tuple[Relay, int]]:
    """The relay and the port clients should send to."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Relay(("127.0.0.1", server_port)), local_addr=("127.0.0.1", 0)
    )
    try:
        yield protocol, transport.get_extra_info("sockname")[1]
    finally:
        await protocol.close()
