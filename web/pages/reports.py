"""What browsers report about our own content policy: a sign of a mistake in a page, or of an attack."""

from __future__ import annotations

import asyncio
import json

import structlog
from aiohttp import web

from web import keys, security
from web.live import PACE

LONGEST = 8 * 1024
log = structlog.get_logger("csp")


async def receive(request: web.Request) -> web.Response:
    """Both forms of report: ``report-uri``'s object and the Reporting API's list.

    Anybody can send them, so one address fills the log no faster than it may act in a meeting.
    """
    address = security.client_address(request.app[keys.CONFIG], request)
    request.app[PACE].spend(f"csp {address}", asyncio.get_running_loop().time())
    body = await request.content.read(LONGEST + 1)
    request.app[keys.METRICS].csp_reports.inc()
    try:
        found = json.loads(body) if len(body) <= LONGEST else None
    except (ValueError, RecursionError):
        found = None
    for report in (found if isinstance(found, list) else [found])[:5]:
        if isinstance(report, dict):
            inner = report.get("csp-report") or report.get("body")
            if isinstance(inner, dict):
                log.warning("violation", report={str(key)[:40]: str(value)[:300] for key, value in inner.items()})
    return web.Response(status=204)
