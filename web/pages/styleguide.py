"""All components on one page, as they are used."""

from __future__ import annotations

from aiohttp import web

from meetinghub.people import store
from web import keys
from web.rendering import render


async def show(request: web.Request) -> web.Response:
    committees = await request.app[keys.DATABASE].read(store.committees)
    return render(request, "styleguide.html", committees=committees)
