"""What browsers report about our own content policy: a sign of a mistake in a page, or of an attack."""

from __future__ import annotations

import json

import structlog
from aiohttp import web

from web import keys

LONGEST = 8 * 1024
log = structlog.get_logger("csp")


async def receive(request: web.Request) -> web.Response:
    """Both forms of report: ``report-uri``'s object and the Reporting API's list."""
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
