"""已办/已阅 by the link in a mail: it needs no signing in, and GET changes nothing."""

from __future__ import annotations

import asyncio

from aiohttp import web

from digest import text
from digest.answer_service import Shown
from digest.answering import NOTE_LENGTH, QUESTION_LENGTH, several
from meetinghub.errors import Error, Invalid, NotFound, Refused
from web import keys, notice_answers
from web.forms import Form, form
from web.notice_answers import NOTICE_ANSWERING, NOTICE_ANSWERS
from web.rendering import render


async def show(request: web.Request) -> web.Response:
    try:
        shown = await request.app[NOTICE_ANSWERS].shown(request.match_info["token"])
    except (NotFound, Refused) as error:
        return _closed(request, error)
    return _page(request, shown)


async def answer(request: web.Request) -> web.StreamResponse:
    """Record the answer, or a question to the department."""
    token, fields = request.match_info["token"], await form(request)
    answers = request.app[NOTICE_ANSWERS]
    try:
        shown = await answers.shown(token)
    except (NotFound, Refused) as error:
        return _closed(request, error)
    request.app[NOTICE_ANSWERING].spend(token, asyncio.get_running_loop().time())
    asks = fields.text("act", longest=8) == "ask"
    try:
        if asks:
            await _ask(request, fields)
        else:
            await _confirm(request, shown, fields)
    except (Invalid, Refused, NotFound) as error:
        return _page(request, shown, error=error, fields=fields)
    raise web.HTTPSeeOther(f"/notice/answer/{token}?{'asked' if asks else 'done'}=1")


async def _confirm(request: web.Request, shown: Shown, fields: Form) -> None:
    answer = notice_answers.given(fields)
    note = fields.paragraph("note", longest=NOTE_LENGTH)
    fields.check()
    items = notice_answers.numbers(fields.several("item"))
    if several(shown.items) and not items:
        raise Invalid(fields={"items": "notice_answer.choose_items"})
    await request.app[NOTICE_ANSWERS].confirm(request.match_info["token"], answer, note, items=items)


async def _ask(request: web.Request, fields: Form) -> None:
    question = fields.paragraph("question", longest=QUESTION_LENGTH, missing="notice_answer.question_missing")
    fields.check()
    about = fields.whole("about", wrong="notice_answer.choose_items")
    await request.app[NOTICE_ANSWERS].ask_by_link(request.match_info["token"], about, question)


def _page(
    request: web.Request, shown: Shown, *, error: Error | None = None, fields: Form | None = None
) -> web.Response:
    kept = fields.given if fields is not None else {}
    now = request.app[keys.CLOCK].now()
    response = render(
        request,
        "notice/link.html",
        status=200 if error is None else error.status,
        shown=shown,
        several=several(shown.items),
        choices=notice_answers.choices(shown.items),
        chosen=str(kept.get("answer", shown.asked.act.value)),
        ticked=set(fields.several("item")) if fields is not None else {str(each.sent.id) for each in shown.items},
        note=str(kept.get("note", "")),
        question=str(kept.get("question", "")),
        problems=notice_answers.problems(request[keys.WORDS], error, beside="answer"),
        done=error is None and request.query.get("done") == "1" and any(each.given for each in shown.items),
        asked=error is None and request.query.get("asked") == "1",
        due=lambda seen: notice_answers.until(seen, now),
        parse=text.parse,
        note_length=NOTE_LENGTH,
        question_length=QUESTION_LENGTH,
    )
    return _private(response)


def _closed(request: web.Request, error: Error) -> web.Response:
    """Why there is nothing to confirm here, and what to do instead."""
    message = request[keys.WORDS](error.code, **error.values)
    return _private(render(request, "notice/link_closed.html", status=error.status, message=message))


def _private(response: web.Response) -> web.Response:
    """The address is the key: it goes nowhere else."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
