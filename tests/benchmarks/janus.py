"""Janus (C, Debian 1.1.2) as a yardstick: started on loopback with its own configuration, driven over its WebSocket."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

WS_PORT = 26180
MEDIA_PORTS = "26200-26599"
PREFERRED = ("nice", "-n", "-10") if os.geteuid() == 0 else ()  # as our media process asks for itself
PLUGIN = "janus.plugin.videoroom"
_DISABLED = (
    "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,"
    "libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,"
    "libjanus_voicemail.so"
)
_TRANSPORTS = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so"


def installed() -> bool:
    return shutil.which("janus") is not None


def _configure(folder: Path, event_loops: int) -> None:
    loops = f"event_loops = {event_loops}" if event_loops else ""
    (folder / "janus.jcfg").write_text(
        f"""general: {{
    configs_folder = "{folder}"
    server_name = "yardstick"
    session_timeout = 0
    {loops}
    debug_level = 3
}}
media: {{
    rtp_port_range = "{MEDIA_PORTS}"
    no_media_timer = 0
}}
nat: {{
    ice_lite = true
    ice_enforce_list = "lo"
}}
plugins: {{ disable = "{_DISABLED}" }}
transports: {{ disable = "{_TRANSPORTS}" }}
"""
    )
    (folder / "janus.transport.websockets.jcfg").write_text(
        f"""general: {{
    json = "compact"
    ws = true
    ws_port = {WS_PORT}
    ws_ip = "127.0.0.1"
    wss = false
}}
admin: {{ admin_ws = false }}
"""
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text(
        """room-1: {
    publishers = 40
    bitrate = 0
    fir_freq = 0
    audiocodec = "opus"
    videocodec = "vp8"
}
"""
    )


class JanusRefused(Exception):
    """Janus answered with an error."""


class Session:
    """One WebSocket and one Janus session with many handles; events are matched to requests by transaction."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session = 0
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            event: dict[str, Any] = message.json()
            if event.get("janus") == "ack":
                continue
            waiting = self._waiting.get(event.get("transaction", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(event)

    async def request(self, verb: str, **content: Any) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future
        message = {"janus": verb, "transaction": transaction, **content}
        if self._session:
            message["session_id"] = self._session
        await self._socket.send_json(message)
        try:
            async with asyncio.timeout(15):
                event = await future
        finally:
            del self._waiting[transaction]
        if event["janus"] == "error" or "error" in event.get("plugindata", {}).get("data", {}):
            raise JanusRefused(str(event))
        return event

    async def create(self) -> None:
        self._session = (await self.request("create"))["data"]["id"]

    async def attach(self) -> int:
        handle: int = (await self.request("attach", plugin=PLUGIN))["data"]["id"]
        return handle

    async def message(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        extra = {"jsep": jsep} if jsep else {}
        return await self.request("message", handle_id=handle, body=body, **extra)

    async def close(self) -> None:
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()


@asynccontextmanager
async def running(http: aiohttp.ClientSession, *, event_loops: int = 0) -> AsyncIterator[tuple[Session, int]]:
    """A session with Janus, and its process id; ended with everything it made on leaving."""
    with tempfile.TemporaryDirectory(prefix="janus-") as name:
        folder = Path(name)
        _configure(folder, event_loops)
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *PREFERRED,
                "janus",
                "-F",
                name,
                "-C",
                str(folder / "janus.jcfg"),
                "-o",
                cwd=name,
                stdout=log,
                stderr=log,
            )
        try:
            session = Session(await _connect(http, folder))
            await session.create()
            try:
                yield session, process.pid
            finally:
                await session.close()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _connect(http: aiohttp.ClientSession, folder: Path) -> aiohttp.ClientWebSocketResponse:
    for _ in range(100):
        with suppress(aiohttp.ClientError):
            return await http.ws_connect(f"http://127.0.0.1:{WS_PORT}/", protocols=("janus-protocol",), max_msg_size=0)
        await asyncio.sleep(0.1)
    raise JanusRefused((folder / "log").read_text()[-2000:])
