"""The media process: one engine, one hub, one HTTP port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from meetinghub.settling import settle_memory
from signaling.api import RoomService
from signaling.endpoint import Endpoint, render_errors
from signaling.hub import Hub, Key
from signaling.media.engine import open_engine
from signaling.media.interface import Engine
from signaling.media.metrics import MediaCollector
from signaling.model import Limits
from signaling.webhooks import Patience, Webhooks

MAX_URL = 65_536  # a join request with its offer rides in the URL
MAX_BODY = 2_000_000
log = structlog.get_logger("signaling")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """``api_keys`` maps key to secret; the first one signs webhooks and renewed tokens."""

    host: str = "127.0.0.1"
    port: int = 7880
    udp_port: int = 7882
    udp_host: str | None = None  # where media listens; the HTTP host when not given
    public_ip: str | None = None
    api_keys: Mapping[str, str] = field(default_factory=dict)
    webhook_urls: tuple[str, ...] = ()
    webhook_ca_file: str | None = None
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Running:
    hub: Hub
    engine: Engine
    port: int


async def serve(settings: ServerSettings) -> None:
    """Runs until cancelled; then clients are told to come back and webhooks get a moment to leave."""
    async with running(settings) as server:
        settle_memory()
        log.info("media ready", host=settings.host, port=server.port, udp_port=settings.udp_port)
        await asyncio.Event().wait()


@asynccontextmanager
async def running(settings: ServerSettings, engine: Engine | None = None) -> AsyncIterator[Running]:
    """The whole process as a context; port 0 takes a free one. A given engine is closed too."""
    if not settings.api_keys:
        raise ValueError("at least one API key is needed")
    key, secret = next(iter(settings.api_keys.items()))
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        if engine is None:
            host = settings.udp_host or settings.host
            media = await open_engine(host, settings.udp_port, public_ip=settings.public_ip)
            registry.register(MediaCollector(media))

            engine = media
        stack.push_async_callback(engine.close)
        webhooks = await stack.enter_async_context(
            Webhooks(
                settings.webhook_urls,
                key=key,
                secret=secret,
                ca_file=settings.webhook_ca_file,
                patience=settings.patience,
            )
        )
        hub = await stack.enter_async_context(Hub(engine, settings.limits, Key(key, secret), webhooks.put))
        app = application(hub, settings, registry)
        port = await stack.enter_async_context(_listening(app, settings))
        stack.push_async_callback(hub.close)  # first of all: clients are told while their sockets are open
        yield Running(hub, engine, port)


def application(hub: Hub, settings: ServerSettings, registry: CollectorRegistry) -> web.Application:
    app = web.Application(middlewares=[render_errors], client_max_size=MAX_BODY)
    endpoint = Endpoint(hub, dict(settings.api_keys), registry)
    app.add_routes(endpoint.routes())
    app.add_routes(RoomService(hub, endpoint, settings.limits).routes())
    return app


@asynccontextmanager
async def _listening(app: web.Application, settings: ServerSettings) -> AsyncIterator[int]:
    runner = web.AppRunner(
        app,
        access_log=None,
        max_line_size=MAX_URL,
        max_field_size=MAX_URL,
        shutdown_timeout=2.0,
        handler_cancellation=True,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        addresses = runner.addresses
        yield int(addresses[0][1])
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await runner.cleanup()
