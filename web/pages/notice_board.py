"""每周工作提示's board: the host office orders, merges, splits and moves items, and sees what everybody will get."""

from __future__ import annotations

from aiohttp import web

from digest.board_service import Shown, Where
from digest.model import IssueState
from meetinghub.errors import Error, Invalid, NotFound, Refused
from meetinghub.ids import IssueId, NoticeId
from meetinghub.people.model import Account
from web import keys
from web import notice_board as view
from web.digest import due_said
from web.forms import Form, form
from web.notice_board import BOARDS, ISSUES
from web.rendering import render
from web.security import content_policy
from web.sending import NOTICE_DELIVERIES

SHUT_IN = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""A mail in the preview's frame can do nothing: no script, no form, no link that leads anywhere."""
LOOKS = ("phone", "wide", "text")
SCHEMES = ("light", "dark")


async def index(request: web.Request) -> web.Response:
    """``issue``: whose board, that of the coming issue without it; ``seat``, ``look``, ``scheme`` choose the preview;
    ``by=department`` shows items by department, ``merge=1`` lets several be chosen."""
    return await _page(request, await _issue(request))


async def act(request: web.Request) -> web.StreamResponse:
    """``do`` is what a button says: ``up:12``, ``down:12``, ``move:12:3`` (to the fourth place of those it may change
    places with), ``merge`` (those that are ``chosen``), ``split:12``, ``next:12``, ``supplement:12``; ``correct:7``
    names an item that was sent, ``test:8`` the seat whose mail is sent to oneself."""
    number, fields = view_number(request, "board"), await form(request)
    try:
        moved = await _do(request, IssueId(number), fields)
    except (Invalid, Refused) as error:
        return await _page(request, IssueId(number), error=error)
    raise web.HTTPSeeOther(f"/notice/board?issue={number}{moved}")


async def preview(request: web.Request) -> web.Response:
    """A committee's mail: the very bytes of its HTML part, or of its text; with a ``scheme``, as it looks to readers
    whose screens are light or dark, whatever this one is."""
    account, seat = _account(request), view_number(request, "seat")
    shown = await request.app[BOARDS].show(await _issue(request), account)
    found = await view.around(request, shown)
    committee = next((each for each in found.committees if each.seat == seat), None)
    if committee is None:
        raise NotFound("notice.nothing_for_it")
    _, content = await request.app[ISSUES].content(shown.issue.id, account, only=committee.id)
    made = await view.preview(request, shown, content, committee, address=request.query.get("to", ""))
    if made.mail is None:
        raise NotFound("notice.nothing_for_it")
    headers = {"Content-Security-Policy": SHUT_IN, "X-Frame-Options": "SAMEORIGIN"}
    if request.query.get("part") == "text":
        return web.Response(text=made.mail.text, content_type="text/plain", charset="utf-8", headers=headers)
    html = view.looked_at(made.mail.html, request.query.get("scheme", ""))
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)


async def _page(request: web.Request, number: IssueId, *, error: Error | None = None) -> web.Response:
    account, words = _account(request), request[keys.WORDS]
    shown = await request.app[BOARDS].show(number, account)
    found = await view.around(request, shown)
    preview, committee = None, view.chosen(found.committees, request.query.get("seat", ""))
    if committee is not None:
        _, content = await request.app[ISSUES].content(number, account, only=committee.id)
        preview = await view.preview(request, shown, content, committee)
    response = render(
        request,
        "notice/board.html",
        status=error.status if error else 200,
        problems=_problems(request, error),
        shown=shown,
        issue=shown.issue,
        open=shown.issue.state is IssueState.OPEN,
        found=found,
        actions=view.actions(shown, found),
        information=view.information(shown, found),
        departments=view.by_department(shown, found) if request.query.get("by") == "department" else None,
        late=view.lines_of(shown.late, found),
        returned=view.lines_of(shown.returned, found),
        credited=view.departments(shown),
        getting=view.getting(shown, found),
        merging=request.query.get("merge") == "1",
        moved=_moved(request),
        preview=preview,
        tested=request.query.get("tested") == "1" and error is None,
        look=_one_of(request, "look", LOOKS),
        scheme=_one_of(request, "scheme", SCHEMES),
        looks=LOOKS,
        schemes=SCHEMES,
        due=lambda notice: due_said(words, notice.wording.due_on, notice.wording.due_at),
        here=lambda language: _here(request, shown, language),
        at=lambda **changed: _with(request, shown, changed),
    )
    response.headers["Content-Security-Policy"] = content_policy(request.app[keys.CONFIG], request, frames="'self'")
    return response


async def _do(request: web.Request, issue: IssueId, fields: Form) -> str:
    """What the address says afterwards, so that the button that was pressed has the focus again: with a fragment in
    the address a browser would leave it out."""
    boards, account = request.app[BOARDS], _account(request)
    what, *numbers = fields.text("do", longest=40).split(":")
    seen = fields.text("seen", longest=16)
    match what, [_number(each) for each in numbers]:
        case "up" | "down", [item]:
            await boards.step(issue, NoticeId(item), -1 if what == "up" else 1, account, seen=seen)
            return f"&moved={what}-{item}"
        case "move", [item, place]:
            await boards.move(issue, NoticeId(item), place, account, seen=seen)
            return f"&moved=grip-{item}"
        case "merge", []:
            chosen = [NoticeId(_number(each)) for each in fields.several("chosen")]
            made = await boards.merge(issue, chosen, account, seen=seen)
            raise web.HTTPSeeOther(f"/notice/board/items/{made}")
        case "test", [seat]:
            mark = request[keys.WORDS]("notice_delivery.test_mark")
            await request.app[NOTICE_DELIVERIES].test(account, issue, seat, mark=mark)
            return f"&seat={seat}&tested=1"
        case "split", [item]:
            await boards.split(NoticeId(item), account)
            return ""
        case "correct", [item]:
            _, made = await request.app[ISSUES].correct(item, account)
            raise web.HTTPSeeOther(f"/notice/board/items/{made}")
        case "next" | "supplement", [item]:
            await boards.put(NoticeId(item), Where(what), account)
            return ""
        case _:
            raise Invalid


async def _issue(request: web.Request) -> IssueId:
    asked = request.query.get("issue", "")
    if asked:
        return IssueId(_number(asked))
    # Whoever may not see a board does not make one either.
    return await request.app[BOARDS].current(_account(request))


def _problems(request: web.Request, error: Error | None) -> dict[str, str]:
    if error is None:
        return {}
    words = request[keys.WORDS]
    fields = error.fields if isinstance(error, Invalid) else {}
    return {name: words(code, **error.values) for name, code in fields.items()} or {
        "board": words(error.code, **error.values)
    }


def _with(request: web.Request, shown: Shown, changed: dict[str, object]) -> str:
    """This page's address with something else chosen."""
    kept = {name: request.query[name] for name in ("seat", "look", "scheme", "by") if name in request.query}
    query = {"issue": str(shown.issue.id), **kept, **{name: str(value) for name, value in changed.items() if value}}
    return str(request.rel_url.with_path("/notice/board").with_query(query))


def _here(request: web.Request, shown: Shown, language: str) -> str:
    return _with(request, shown, {"lang": language})


def _moved(request: web.Request) -> str:
    found = request.query.get("moved", "")
    return found if len(found) < 20 else ""


def _one_of(request: web.Request, name: str, known: tuple[str, ...]) -> str:
    found = request.query.get(name, "")
    return found if found in known else known[0]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("notice.no_such_item")
    return int(text)


def view_number(request: web.Request, name: str) -> int:
    return _number(request.match_info[name])


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
