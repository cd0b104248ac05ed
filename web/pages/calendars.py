"""日历: addresses under which one's meetings appear in one's own calendar, and what these addresses answer."""

from __future__ import annotations

import asyncio

from aiohttp import web

from meetinghub.calendars import planned
from meetinghub.calendars.model import Scope
from meetinghub.errors import Error, Invalid, NotFound, Refused
from meetinghub.people import store as people
from web import calendars as view
from web import keys, security
from web.calendars import FEEDS, FETCHING, GUESSING
from web.forms import form
from web.rendering import render

LONGEST = 120


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def make(request: web.Request) -> web.Response:
    """A new address. It stands on this one answer and nowhere else, so there is no page to go on to."""
    account, language = request[keys.WHO].account, request[keys.WORDS].language
    try:
        scope = await _scope(request)
        secret = await request.app[FEEDS].make(account, scope, language=language)
    except (Invalid, NotFound, Refused) as error:
        return await _page(request, error=error)
    return await _page(request, made=scope, address=f"{request.app[keys.CONFIG].public_url}/feeds/{secret}.ics")


async def revoke(request: web.Request) -> web.StreamResponse:
    await request.app[FEEDS].revoke(request[keys.WHO].account, await _scope(request))
    raise web.HTTPSeeOther("/calendar?done=revoked")


async def feed(request: web.Request) -> web.StreamResponse:
    """The calendar itself; 304 while nothing in it has changed."""
    secret, now = request.match_info["token"], asyncio.get_running_loop().time()
    request.app[FETCHING].spend(secret, now)
    try:
        found = await request.app[FEEDS].fetch(secret)
    except NotFound:
        request.app[GUESSING].spend(security.client_address(request.app[keys.CONFIG], request), now)
        raise
    seen = any(each.value in {found.mark, "*"} for each in request.if_none_match or ())
    if seen:
        response = web.Response(status=304)
    else:
        response = web.Response(text=found.text, content_type="text/calendar", charset="utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="meetings.ics"'
    response.etag = found.mark
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _scope(request: web.Request) -> Scope:
    fields = await form(request)
    text = fields.text("calendar", longest=LONGEST, missing="calendar.choose")
    fields.check()
    scope = view.scope_of(text)
    if scope is None:
        raise Invalid(fields={"calendar": "calendar.choose"})
    return scope


async def _page(
    request: web.Request, *, made: Scope | None = None, address: str = "", error: Error | None = None
) -> web.Response:
    account, database, words = request[keys.WHO].account, request.app[keys.DATABASE], request[keys.WORDS]
    problems = {}
    if isinstance(error, Invalid):
        problems = {name: words(code) for name, code in error.fields.items()}
    elif error is not None:
        problems = {"calendar": words(error.code, **error.values)}
    others = {}
    if account.committee is None:
        committees, departments = await database.read(people.committees), await database.read(people.departments)
        others = view.choices(committees, departments, await database.read(planned.venues))
    offers = await request.app[FEEDS].offers(account)
    return render(
        request,
        "calendar.html",
        status=200 if error is None else error.status,
        offers=offers,
        made=next((each.viewer for each in offers if each.viewer.scope == made), None),
        address=address,
        webcal=f"webcal:{address.partition(':')[2]}",
        others=others,
        value=view.value,
        problems=problems,
        done=request.query.get("done", "") if request.query.get("done") == "revoked" else "",
        here=lambda language: f"/calendar?lang={language}",
    )
