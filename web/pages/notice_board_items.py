"""One item at the host office: what it says, to be changed, returned or put elsewhere."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from digest import text
from digest.board_service import Where
from digest.item_service import Seen
from digest.model import Origin, State, Wording
from digest.wording import LONGEST_TITLE, compared, tidied
from meetinghub.asking.audience import CALLABLE
from meetinghub.errors import Error, Invalid, NotFound, Refused, Stale
from meetinghub.ids import NoticeId
from meetinghub.people.model import Account
from web import digest as view
from web import keys
from web.digest import ITEMS
from web.forms import Form, form
from web.notice_board import BOARDS, ISSUES
from web.notice_forms import said, sheet, typed
from web.pages.notice_items import card_of, meetings_for, street_of
from web.rendering import render

AUDIENCE = ("which", "committees", "roles", "line")


async def show(request: web.Request) -> web.Response:
    return await _page(request, await _seen(request))


async def edit(request: web.Request) -> web.StreamResponse:
    """What is typed takes the place of what it said, and its departments are shown what changed."""
    seen, fields = await _seen(request), await form(request)
    try:
        street = await street_of(request)
        wanted = _kept_audience(seen.notice.wording, said(typed(fields), fields.problems, committees=street.numbers))
        revision = fields.whole("revision", wrong="page.bad_request")
        fields.check()
        await request.app[BOARDS].edit(seen.notice.id, wanted, _account(request), revision=revision)
    except (Invalid, Refused) as error:
        return await _page(request, await _seen(request), fields=fields, error=error)
    raise web.HTTPSeeOther(_board(seen))


async def give_back(request: web.Request) -> web.StreamResponse:
    seen, fields = await _seen(request), await form(request)
    try:
        reason = fields.text("reason", longest=200, missing="notice.reason_missing")
        revision = fields.whole("revision", wrong="page.bad_request")
        fields.check()
        await request.app[BOARDS].give_back(seen.notice.id, reason, _account(request), revision=revision)
    except (Invalid, Refused) as error:
        return await _page(request, await _seen(request), error=error, reason=fields.text("reason", longest=400))
    raise web.HTTPSeeOther(_board(seen))


async def put(request: web.Request) -> web.StreamResponse:
    """``do``: ``next`` or ``supplement``, ``split``, or ``drop`` for a correction."""
    seen, fields = await _seen(request), await form(request)
    boards, account, number = request.app[BOARDS], _account(request), seen.notice.id
    back = _board(seen)
    try:
        match fields.text("do", longest=16):
            case "next" | "supplement" as where:
                issue = await boards.put(number, Where(where), account)
                back = f"/notice/board?issue={issue.id}#item-{number}"
            case "split":
                await boards.split(number, account)
            case "drop":
                await request.app[ISSUES].drop(number, account)
            case _:
                raise Invalid
    except (Invalid, Refused) as error:
        return await _page(request, await _seen(request), error=error)
    raise web.HTTPSeeOther(back)


async def _page(
    request: web.Request, seen: Seen, *, fields: Form | None = None, error: Error | None = None, reason: str = ""
) -> web.Response:
    street, notice = await street_of(request), seen.notice
    given = typed(fields) if fields is not None else sheet(notice.wording)
    wording = tidied(said(given, {}, committees=street.numbers)) if fields is not None else notice.wording
    steps = zip(seen.revisions, seen.revisions[1:], strict=False)
    words = request[keys.WORDS]
    problems = error.fields if isinstance(error, Invalid) else {}
    found = {name: words(code, **(error.values if error else {})) for name, code in problems.items()}
    if error is not None and not found:
        found = {"title": words(error.code, **error.values)}
    return render(
        request,
        "notice/board_item.html",
        status=error.status if error else 200,
        seen=seen,
        notice=notice,
        sheet=given,
        problems=found,
        stale=isinstance(error, Stale) and fields is not None,
        unkept=compared(notice.wording, wording) if isinstance(error, Stale) and fields is not None else (),
        reason=reason,
        correction=notice.origin is Origin.CORRECTION,
        changes=[(after, compared(before.wording, after.wording)) for before, after in steps if after.of_host],
        street=street,
        callable_roles=CALLABLE,
        meetings=await meetings_for(request, given),
        longest={"title": LONGEST_TITLE, "text": text.LONGEST},
        back=_board(seen),
        here=lambda language: f"/notice/board/items/{notice.id}?lang={language}",
        wording=wording,
        swap=False,
        **{**card_of(request, seen, wording, street), "base": f"/notice/items/{notice.id}"},
    )


async def _seen(request: web.Request) -> Seen:
    """An item that is on a board or waits for one; anything else is not the host office's to change."""
    account = _account(request)
    await request.app[BOARDS].must_edit(account)
    seen = await request.app[ITEMS].seen(view.number(request, "item"), account)
    if seen.notice.state is not State.SUBMITTED:
        raise NotFound("notice.not_on_board")
    return seen


def _kept_audience(before: Wording, after: Wording) -> Wording:
    """A merged item reaches in several ways, which the form shows as one: unless that was changed, they stay."""
    shown, given = sheet(before), sheet(after)
    if all(getattr(shown, name) == getattr(given, name) for name in AUDIENCE):
        return replace(after, audiences=before.audiences)
    return after


def _board(seen: Seen) -> str:
    issue, number = seen.notice.issue, NoticeId(seen.notice.id)
    return f"/notice/board?issue={issue}#item-{number}" if issue else "/notice/board"


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
