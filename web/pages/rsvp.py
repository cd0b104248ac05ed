"""答复会议邀请: the page behind the link in an invitation. It needs no signing in, and GET changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from meetinghub.calendars.answering import NAME_LENGTH, REASON_LENGTH, Given, Shown
from meetinghub.calendars.itip import Answer
from meetinghub.errors import Error, Invalid, NotFound, Refused, Stale
from web import keys
from web.calendars import ANSWERING, ANSWERS
from web.forms import Form, form
from web.rendering import render

CHOICES = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DEPUTY, Answer.DECLINED)


async def show(request: web.Request) -> web.Response:
    try:
        shown = await request.app[ANSWERS].shown(request.match_info["token"])
    except (NotFound, Refused) as error:
        return _closed(request, error)
    return _page(request, shown)


async def answer(request: web.Request) -> web.StreamResponse:
    token = request.match_info["token"]
    fields, answers = await form(request), request.app[ANSWERS]
    try:
        shown = await answers.shown(token)
    except (NotFound, Refused) as error:
        return _closed(request, error)
    request.app[ANSWERING].spend(token, asyncio.get_running_loop().time())
    try:
        await answers.give(token, _given(fields))
    except (Invalid, Stale) as error:
        return _page(request, shown, error=error, typed=fields.given)
    raise web.HTTPSeeOther(f"/rsvp/{token}?done=1")


def _given(fields: Form) -> Given:
    chosen = fields.text("answer", longest=16)
    answer = next((each for each in CHOICES if each.value == chosen), Answer.NONE)
    reason, deputy = fields.text("reason", longest=REASON_LENGTH), fields.text("deputy", longest=NAME_LENGTH)
    seen = fields.text("seen", longest=9)
    fields.check()
    return Given(answer, reason, deputy, int(seen) if seen.isascii() and seen.isdigit() else -1)


def _page(
    request: web.Request, shown: Shown, *, error: Error | None = None, typed: Mapping[str, object] | None = None
) -> web.Response:
    words, invited = request[keys.WORDS], shown.invited
    problems = {}
    if isinstance(error, Invalid):
        problems = {name: words(code, limit=REASON_LENGTH) for name, code in error.fields.items()}
    elif error is not None:
        problems = {"answer": words(error.code)}
    values = {"answer": invited.answer.value, "reason": invited.reason, "deputy": invited.deputy}
    response = render(
        request,
        "rsvp.html",
        status=200 if error is None else error.status,
        shown=shown,
        sitting=shown.sitting,
        invited=invited,
        choices=CHOICES,
        values={name: (typed or values).get(name, "") for name in values},
        problems=problems,
        done=request.query.get("done") == "1" and error is None and invited.current,
        reason_length=REASON_LENGTH,
        name_length=NAME_LENGTH,
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _closed(request: web.Request, error: Error) -> web.Response:
    """Why there is nothing to answer here, in words."""
    words = request[keys.WORDS]
    response = render(
        request, "rsvp_closed.html", status=error.status, message=words(error.code, **error.values), code=error.code
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
