"""The media process as the Procfile starts it, without web behind it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from livekit import api
from prometheus_client.parser import text_string_to_metric_families

from tests.flows.product import ROOT, free_port

START_SECONDS = 30
KEY = "load"


@dataclass(frozen=True, slots=True)
class Server:
    """``url`` is what clients are given; the same address carries RoomService and ``/metrics``."""

    url: str
    key: str
    secret: str
    pid: int
    log: Path

    def token(self, identity: str, room: str, *, attributes: Mapping[str, str] | None = None) -> str:
        grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True)
        token = api.AccessToken(self.key, self.secret).with_identity(identity).with_name(identity).with_grants(grants)
        return token.with_attributes(dict(attributes or {})).to_jwt()

    async def metrics(self, http: aiohttp.ClientSession) -> dict[str, float]:
        """Every sample, its labels in the name as Prometheus prints them."""
        async with http.get(self.url.replace("ws", "http", 1) + "/metrics") as answer:
            text = await answer.text()
        return samples(text)


def samples(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@asynccontextmanager
async def media_server() -> AsyncIterator[Server]:
    """Ready to take clients; ended with everybody in it."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    port, secret = free_port(), secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory(prefix="media-") as name:
        environ |= {
            "HOST": "127.0.0.1",
            "PORT": str(free_port()),
            "MEDIA_PORT": str(port),
            "MEDIA_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
            "DATA_DIR": name,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": secret,
        }
        log = Path(name) / "media.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "meetinghub", "media"), cwd=ROOT, env=environ, stdout=out, stderr=out
            )
        try:
            await _listening(port, process, log)
            yield Server(f"ws://127.0.0.1:{port}", KEY, secret, process.pid, log)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as http:
        while process.returncode is None:
            with suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise AssertionError(_tail(log))


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
