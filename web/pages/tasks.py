"""任务: what meetings gave this account's committee or department to do, and what it says of it."""

from __future__ import annotations

from aiohttp import web

from meetinghub.errors import Invalid, Refused
from meetinghub.minutes.model import Answer
from meetinghub.minutes.service import NOTE_LENGTH
from web import keys
from web import minutes as view
from web.forms import form
from web.minutes import MINUTES
from web.rendering import render


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def answer(request: web.Request) -> web.StreamResponse:
    """已阅, 已办 with a note, or a second thought."""
    fields = await form(request)
    said = next((each for each in Answer if each == fields.text("answer", longest=8)), None)
    if said is None:
        raise Invalid("page.bad_request")
    number = view.number(request, "task")
    try:
        note = fields.text("note", longest=NOTE_LENGTH)
        fields.check()
        note = note if said is Answer.DONE else ""
        await request.app[MINUTES].answer(number, request[keys.WHO].account, said, note)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, at=number, typed=str(fields.given.get("note", "")))
    raise web.HTTPSeeOther(f"/tasks#task-{number}")


async def _page(
    request: web.Request, *, error: Invalid | Refused | None = None, at: int = 0, typed: str = ""
) -> web.Response:
    book, account, now = request.app[MINUTES], request[keys.WHO].account, request.app[keys.CLOCK].now()
    words = request[keys.WORDS]
    codes = dict(error.fields) if isinstance(error, Invalid) else {}
    problems = {f"{name}-{at}": words(code, limit=NOTE_LENGTH) for name, code in codes.items()}
    if error is not None and not problems:
        problems = {f"task-{at}": words(error.code, **error.values)}
    return render(
        request,
        "tasks.html",
        status=error.status if error else 200,
        open=(await book.waiting(account)).tasks,
        done=await book.done(account),
        due=lambda day, done=False: view.due(day, now, done=done),
        concerned=account.committee is not None or account.department is not None,
        problems=problems,
        at=at,
        typed=typed,
        here=lambda language: f"/tasks?lang={language}",
    )
