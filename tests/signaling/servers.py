"""The whole media process in a test: real engine, real HTTP port, both on free ports of 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from livekit import api

from signaling.server import Running, ServerSettings, running

KEY, SECRET = "devkey", "a-secret-of-at-least-thirty-two-bytes"


def settings(**changes: object) -> ServerSettings:
    values: dict[str, object] = {"port": 0, "udp_port": 0, "api_keys": {KEY: SECRET}, **changes}
    return ServerSettings(**values)  # type: ignore[arg-type]


@asynccontextmanager
async def server(**changes: object) -> AsyncIterator[Running]:
    async with running(settings(**changes)) as started:
        yield started


def token(
    identity: str,
    room: str = "r1",
    *,
    attributes: dict[str, str] | None = None,
    ttl: float = 600,
    secret: str = SECRET,
    **grants: object,
) -> str:
    made = api.AccessToken(KEY, secret).with_identity(identity).with_name(identity).with_ttl(timedelta(seconds=ttl))
    made = made.with_grants(api.VideoGrants(room_join=True, room=room, **grants))  # type: ignore[arg-type]
    if attributes:
        made = made.with_attributes(attributes)
    return made.to_jwt()


async def until(true: Callable[[], bool] | Callable[[], Awaitable[bool]], *, seconds: float = 15.0) -> None:
    """Waits for something that comes by itself; fails after ``seconds``."""
    async with asyncio.timeout(seconds):
        while True:
            answer = true()
            if (await answer) if isinstance(answer, Awaitable) else answer:
                return
            await asyncio.sleep(0.02)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@asynccontextmanager
async def process(port: int) -> AsyncIterator[None]:
    """The server in a process of its own, which is killed (-9) in the end."""
    code = (
        "import asyncio; from signaling.server import ServerSettings, serve; "
        f"asyncio.run(serve(ServerSettings(port={port}, udp_port={free_port(socket.SOCK_DGRAM)}, "
        f"api_keys={ {KEY: SECRET}!r})))"
    )
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield
    finally:
        started.kill()
        await started.wait()
