"""今天, the first page: what is on, what comes next."""

from __future__ import annotations

from aiohttp import web

from web.rendering import render


async def show(request: web.Request) -> web.Response:
    return render(request, "today.html")
