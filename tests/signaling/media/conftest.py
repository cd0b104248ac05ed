from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from signaling.media.engine import MediaEngine, open_engine
from tests.signaling.media.client import Client, Listener

Connect = Callable[[], Awaitable[tuple[Client, Listener]]]


@pytest.fixture
async def engine() -> AsyncIterator[MediaEngine]:
    opened = await open_engine("127.0.0.1", 0)
    yield opened
    await opened.close()
    assert opened.port.errors == 0  # no packet of any test may raise


@pytest.fixture
async def connect(engine: MediaEngine) -> AsyncIterator[Connect]:
    """Connects a new client each time; all are closed at the end."""
    clients: list[Client] = []

    async def one() -> tuple[Client, Listener]:
        listener = Listener()
        client = await Client.open(engine, listener)
        clients.append(client)
        await client.connect()
        await listener.until(lambda events: ("connected",) in events)
        return client, listener

    yield one
    for client in clients:
        await client.close()
