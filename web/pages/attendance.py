"""出席表: a meeting's sheet as page, JSON, spreadsheet and PDF, and what two people do to correct it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from meetinghub.attendance import bars, phrases, xlsx
from meetinghub.attendance.corrections import REASON_LENGTH
from meetinghub.attendance.service import Named
from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused
from meetinghub.ledger.attendance import Status
from web import attendance as shared
from web import keys
from web.forms import Form, form
from web.live import meeting, meeting_id, own_site
from web.rendering import filled, render


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def as_json(request: web.Request) -> web.Response:
    """The sheet for programs: the same lines as the page, times in UTC."""
    named = await _begun(request)
    return web.json_response(shared.as_object(named), headers={"Cache-Control": "private, no-store"})


async def as_xlsx(request: web.Request) -> web.Response:
    named, words = await _begun(request), request[keys.WORDS]
    lines = shared.chosen(named, shared.asked(request))
    body = await asyncio.to_thread(xlsx.workbook, named, lines, words, request.app[keys.OFFICE], _taken(request))
    return _file(request, body, shared.XLSX, named, "xlsx")


async def as_pdf(request: web.Request) -> web.Response:
    """On paper. Raises :class:`Unavailable` with words when this machine lacks Pango or a Chinese font."""
    named = await _begun(request)
    html = filled(
        request,
        "print/attendance.html",
        named=named,
        sheet=named.sheet,
        lines=shared.chosen(named, shared.asked(request)),
        counts=named.sheet.counts,
        Status=Status,
        bars=bars,
        phrases=phrases,
        taken=_taken(request),
    )
    return _file(request, await request.app[shared.PRESS].print(html), "application/pdf", named, "pdf")


async def propose(request: web.Request) -> web.StreamResponse:
    """One person says what a sealed line should say; what was typed is kept on any error."""
    account, fields = request[keys.WHO].account, await form(request)
    await meeting(request)
    own = own_site(account)
    site = own or fields.text("site", longest=20, missing="attendance.site_missing")
    if own is None and not account.may(*shared.PROPOSES_FOR_ANY):
        raise Forbidden("access.denied")
    status, headcount = fields.text("status", longest=16), _number(fields, "headcount")
    reason = fields.text("reason", longest=REASON_LENGTH, missing="attendance.reason_missing")
    try:
        fields.check()
        await request.app[shared.ATTENDANCE].propose(
            meeting_id(request),
            site=site,
            status=shared.status_of(status),
            headcount=headcount,
            reason=reason,
            by=account.username,
        )
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await request.post())
    raise _back(request, "corrections")


async def decide(request: web.Request) -> web.StreamResponse:
    """Another person accepts or refuses it."""
    account, fields = request[keys.WHO].account, await form(request)
    await meeting(request)
    answer = fields.text("answer", longest=8)
    reason = fields.text("reason", longest=REASON_LENGTH)
    number = request.match_info["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise NotFound("attendance.no_such_correction")
    try:
        fields.check()
        if answer not in {"accept", "refuse"}:
            raise Invalid
        await request.app[shared.ATTENDANCE].decide(
            meeting_id(request), int(number), accepted=answer == "accept", reason=reason, by=account.username
        )
    except (Invalid, Refused) as error:
        return await _page(request, error=error, refused=int(number), typed=await request.post())
    raise _back(request, "corrections")


async def _page(
    request: web.Request, *, error: Error | None = None, typed: object = None, refused: int | None = None
) -> web.Response:
    live = await meeting(request)
    account = request[keys.WHO].account
    named = await request.app[shared.ATTENDANCE].sheet(live.meeting.id)
    wanted = shared.asked(request)
    seen = shared.seen_by(account, named) if named else None
    return render(
        request,
        "attendance.html",
        status=error.status if error else 200,
        meeting=live.meeting,
        state=live.state,
        named=seen,
        sheet=seen.sheet if seen else None,
        lines=shared.chosen(seen, wanted) if seen else [],
        counts=seen.sheet.counts if seen else {},
        wanted=wanted,
        sorts=shared.SORTS,
        Status=Status,
        own_site=own_site(account),
        proposes=account.may(*shared.PROPOSES),
        decides=account.may(*shared.DECIDES),
        error=error,
        problems=_problems(request, error),
        typed=typed if typed is not None else request.query,
        refused=refused,
        query_string=request.query_string,
        bars=bars,
        phrases=phrases,
        here=lambda language: f"/meetings/{live.meeting.id}/attendance?lang={language}",  # also after a form
    )


def _problems(request: web.Request, error: Error | None) -> dict[str, str]:
    """Field → message; a refusal that belongs to no field stands on top."""
    if error is None:
        return {}
    words = request[keys.WORDS]
    fields = error.fields if isinstance(error, Invalid) else {}
    values = {"limit": REASON_LENGTH, **error.values}
    return {name: words(code, **values) for name, code in fields.items()} or {
        "corrections": words(error.code, **values)
    }


async def _begun(request: web.Request) -> Named:
    live = await meeting(request)
    named = await request.app[shared.ATTENDANCE].sheet(live.meeting.id)
    if named is None:
        raise Refused("attendance.not_begun")
    return shared.seen_by(request[keys.WHO].account, named)


def _taken(request: web.Request) -> str:
    account, now = request[keys.WHO].account, request.app[keys.CLOCK].now()
    return phrases.taken_by(request[keys.WORDS], account.name, now)


def _number(fields: Form, name: str) -> int | None:
    text = fields.text(name, longest=9)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        fields.problems[name] = "attendance.headcount_not_a_number"
        return None
    return int(text)


def _back(request: web.Request, part: str) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/attendance#{part}")


def _file(request: web.Request, body: bytes, kind: str, named: Named, ending: str) -> web.Response:
    sheet = named.sheet
    day = phrases.date(sheet.window.start)
    name = request[keys.WORDS]("attendance.file", title=sheet.meeting.title, day=day)
    return shared.download(body, kind, f"attendance-{sheet.meeting.id}-{day}.{ending}", f"{name}.{ending}")
