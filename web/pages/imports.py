"""历史会议: meetings held before the product was, brought in from a file whose columns a person assigns."""

from __future__ import annotations

import structlog
from aiohttp import web

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.imports.model import MOST_MEETINGS, WORDS, Field
from meetinghub.imports.register import NOTHING
from meetinghub.imports.store import Taking
from meetinghub.imports.upload import LARGEST
from web import keys
from web.forms import Form, form
from web.imports import (
    FIXED_CHOICES,
    FIXED_TEXTS,
    IMPORTS,
    SHOWN,
    SHOWN_BAD,
    Typed,
    bad_rows,
    column_names,
    example,
    names_of,
    typed,
    words_of,
)
from web.rendering import render

LARGEST_BODY = LARGEST + 64 * 1024
"""The file, and the form around it."""
LONGEST_REASON = 200
AT_ONCE = 50

log = structlog.get_logger("imports")


async def index(request: web.Request) -> web.Response:
    return await _index(request)


async def upload(request: web.Request) -> web.StreamResponse:
    """A file becomes a draft; a file that was taken before leads to what became of it."""
    given = await request.post()
    file = given.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        return await _index(request, problem="imports.no_file")
    body = file.file.read(LARGEST + 1)
    try:
        found = await request.app[IMPORTS].upload(body, file=_name(file.filename), by=_who(request))
    except Invalid as error:
        return await _index(request, problem=error.fields.get("file", error.code))
    if isinstance(found, Taking):
        raise web.HTTPSeeOther(f"/imports/takings/{found.id}?again=yes")
    log.info("import read", draft=found, bytes=len(body))
    raise web.HTTPSeeOther(f"/imports/drafts/{found}")


async def show(request: web.Request) -> web.Response:
    return await _draft(request)


async def settle(request: web.Request) -> web.StreamResponse:
    """Keep what was said of the columns, and read the file by it."""
    number = _number(request, "file")
    looked = await request.app[IMPORTS].look(number)
    said = typed(await request.post(), looked.draft.table.width)
    if said.problems:
        return await _draft(request, said=said, status=Invalid.status)
    try:
        await request.app[IMPORTS].settle(number, said.settings, revision=said.revision)
    except Stale as error:
        return await _draft(request, refused=error, status=error.status)
    raise web.HTTPSeeOther(f"/imports/drafts/{number}#read")


async def take(request: web.Request) -> web.StreamResponse:
    """All that is new, or nothing."""
    number = _number(request, "file")
    fields = await form(request)
    revision = fields.whole("revision", wrong="imports.changed_meanwhile")
    if fields.problems:
        return await _draft(request, refused=Stale("imports.changed_meanwhile"), status=Stale.status)
    leave_out = fields.given.get("leave_out") == "yes"
    try:
        made = await request.app[IMPORTS].take(number, revision=revision, leave_out=leave_out, by=_who(request))
    except Refused as error:
        return await _draft(request, refused=error, status=error.status)
    log.info("import taken", draft=number, taking=made)
    raise web.HTTPSeeOther(f"/imports/takings/{made}?done=yes")


async def drop(request: web.Request) -> web.StreamResponse:
    await request.app[IMPORTS].drop(_number(request, "file"))
    raise web.HTTPSeeOther("/imports?done=dropped")


async def taking(request: web.Request) -> web.Response:
    return await _taking(request)


async def take_back(request: web.Request) -> web.StreamResponse:
    number = _number(request, "taking")
    fields = await form(request)
    reason = fields.text("reason", longest=LONGEST_REASON, missing="imports.no_reason")
    try:
        fields.check()
    except Invalid as error:
        return await _taking(request, reason=reason, problems=error.fields, status=error.status)
    await request.app[IMPORTS].take_back(number, reason=reason, by=_who(request))
    log.info("import taken back", taking=number)
    raise web.HTTPSeeOther(f"/imports/takings/{number}?done=back")


async def _index(request: web.Request, *, problem: str = "") -> web.Response:
    imports = request.app[IMPORTS]
    return render(
        request,
        "imports.html",
        status=Invalid.status if problem else 200,
        takings=await imports.takings(),
        drafts=await imports.drafts(),
        problem=problem,
        dropped=request.query.get("done") == "dropped",
        largest=LARGEST // (1024 * 1024),
    )


async def _draft(
    request: web.Request, *, said: Typed | None = None, refused: Refused | None = None, status: int = 200
) -> web.Response:
    looked = await request.app[IMPORTS].look(_number(request, "file"))
    draft, reading, register = looked.draft, looked.reading, looked.register
    words = request[keys.WORDS]
    settings = said.settings if said else draft.settings
    return render(
        request,
        "import_draft.html",
        status=status,
        draft=draft,
        reading=reading,
        register=register,
        settings=settings,
        problems=dict(said.problems) if said else {},
        refused=words(refused.code, **refused.values) if refused else "",
        fresh=[each for each in reading.meetings if each.row not in looked.known],
        known=looked.known,
        shown=SHOWN,
        shown_bad=SHOWN_BAD,
        bad=bad_rows(looked),
        most=MOST_MEETINGS,
        Field=Field,
        columns=column_names(looked),
        examples={each: example(looked, each) for each in Field},
        words_said=words_of(looked, settings),
        names=names_of(register),
        fixed_texts=FIXED_TEXTS,
        fixed_choices=FIXED_CHOICES,
        word_fields=WORDS,
        nothing=NOTHING,
    )


async def _taking(
    request: web.Request, *, reason: str = "", problems: object = None, status: int = 200
) -> web.Response:
    given = Form(request.query).text("after", longest=6)
    after = int(given) if given.isascii() and given.isdigit() else 0
    imports = request.app[IMPORTS]
    found, meetings = await imports.taking(_number(request, "taking"), after=after, most=AT_ONCE)
    return render(
        request,
        "import_taking.html",
        status=status,
        taking=found,
        meetings=meetings,
        reason=reason,
        problems=problems or {},
        done=request.query.get("done", ""),
        again=request.query.get("again") == "yes",
        newer=max(after - AT_ONCE, 0) if after else None,
        older=after + AT_ONCE if after + len(meetings) < found.meetings else None,
        local=SHANGHAI,
    )


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("imports.not_found")
    return int(text)


def _who(request: web.Request) -> str:
    return request[keys.WHO].account.username


def _name(given: str) -> str:
    """A file's own name, without the folders some browsers send."""
    name = "".join(each for each in given.replace("\\", "/").rpartition("/")[2] if each >= " ")
    return name[-200:] or "?"
