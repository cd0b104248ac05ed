"""For machines: is web alive, can the whole system work, and its figures."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from aiohttp import ClientError, ClientTimeout, web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from meetinghub import heartbeat
from meetinghub.errors import Unavailable
from meetinghub.mail import reading
from web import keys

PATIENCE = ClientTimeout(total=3)
LATE = timedelta(seconds=10)
"""The worker says every two seconds that it is alive; this long without a word and it is taken for dead."""


async def alive(_: web.Request) -> web.Response:
    """This process answers; nothing is said about the others."""
    return web.json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """``{"database": {"ok", "detail"}, "media": …, "worker": …}``; 503 unless all are well."""
    database, worker = await _database_and_worker(request.app)
    parts = {"database": database, "media": await _media(request.app), "worker": worker}
    good = all(part["ok"] for part in parts.values())
    return web.json_response({"ok": good, **parts}, status=200 if good else 503)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus' text format. What stands in the database is left as it was last seen while that is away."""
    with suppress(Unavailable, TimeoutError):
        counts = await asyncio.wait_for(request.app[keys.DATABASE].read(reading.counts), PATIENCE.total)
        for state, count in counts.items():
            request.app[keys.METRICS].mails.labels(state.value).set(count)
    return web.Response(
        body=generate_latest(request.app[keys.METRICS].registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


async def _database_and_worker(app: web.Application) -> tuple[dict[str, object], dict[str, object]]:
    try:
        age = await asyncio.wait_for(app[keys.DATABASE].read(heartbeat.age, heartbeat.WORKER), PATIENCE.total)
    except (Unavailable, TimeoutError) as error:
        away = {"ok": False, "detail": f"does not answer ({type(error).__name__})"}
        return away, {"ok": False, "detail": "unknown: its sign of life is kept in the database"}
    good: dict[str, object] = {"ok": True, "detail": app[keys.DATABASE].url.get_backend_name()}
    if age is None:
        return good, {"ok": False, "detail": "has never run"}
    return good, {"ok": age < LATE, "detail": f"last sign of life {age.total_seconds():.0f} s ago"}


async def _media(app: web.Application) -> dict[str, object]:
    config = app[keys.CONFIG]
    address = config.media_api_url + ("/healthz" if config.embedded_media else "/")
    try:
        async with app[keys.HTTP].get(address, timeout=PATIENCE) as answer:
            return {"ok": answer.status == 200, "detail": f"answers {answer.status}"}
    except (ClientError, TimeoutError) as error:
        return {"ok": False, "detail": f"does not answer ({type(error).__name__})"}
