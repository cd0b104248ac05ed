"""拼会方案: which of the coming weeks' meetings had better be one, and accepting that row by row."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from meetinghub.errors import Refused
from meetinghub.meetings import store as meetings
from meetinghub.people.model import Right
from web import keys
from web.merging import MERGING, shown
from web.rendering import render

SEES = (Right.COORDINATOR, Right.HOST)


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def make(request: web.Request) -> web.StreamResponse:
    """Work it out anew over the meetings as they are planned now."""
    await request.app[MERGING].make(by=request[keys.WHO].account.username)
    raise web.HTTPSeeOther("/merge-plan")


async def accept(request: web.Request) -> web.StreamResponse:
    text = request.match_info["row"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    try:
        await request.app[MERGING].accept(number, request[keys.WHO].account)
    except Refused as error:
        return await _page(request, error=error)
    raise web.HTTPSeeOther(f"/merge-plan#row-{text}")


async def _page(request: web.Request, error: Refused | None = None) -> web.Response:
    plan = await request.app[MERGING].newest()
    numbers = {number for row in plan.rows for number in row.meetings} if plan is not None else set()
    found = await request.app[keys.DATABASE].read(partial(meetings.listings, among=numbers, limit=len(numbers)))
    return render(
        request,
        "merge_plan.html",
        status=200 if error is None else error.status,
        plan=plan,
        rows=shown(plan, {each.id: each for each in found}) if plan is not None else [],
        titles={each.id: each.title for each in found},
        accepts=request[keys.WHO].account.may(Right.COORDINATOR),
        problem=None if error is None else request[keys.WORDS](error.code, **error.values),
    )
