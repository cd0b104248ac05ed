"""Approving an issue of the weekly notice: what will be frozen is shown once more, then it is."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from digest.model import IssueKind, IssueState
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Error, Invalid, Refused
from meetinghub.ids import IssueId
from meetinghub.people.model import Account
from web import digest as digest_view
from web import keys
from web import notice_board as view
from web.forms import Form, form
from web.notice_board import BOARDS, ISSUES
from web.rendering import render


async def confirm(request: web.Request) -> web.Response:
    return await _page(request)


async def approve(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        seen, at = fields.text("seen", longest=16), _moment(fields)
        fields.check()
        await request.app[ISSUES].approve(_number(request), _account(request), seen=seen, send_at=at)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, at=fields.text("send_at", longest=32))
    raise web.HTTPSeeOther(f"/notice/board?issue={_number(request)}")


async def _page(request: web.Request, *, error: Error | None = None, at: str = "") -> web.Response:
    account, number, words = _account(request), _number(request), request[keys.WORDS]
    shown = await request.app[BOARDS].show(number, account)
    if shown.issue.state is not IssueState.OPEN and error is None:
        raise web.HTTPSeeOther(f"/notice/board?issue={number}")
    found = await view.around(request, shown)
    _, content = await request.app[ISSUES].content(number, account)
    problems = {}
    if error is not None:
        fields = error.fields if isinstance(error, Invalid) else {"approve": error.code}
        problems = {name: words(code, **error.values) for name, code in fields.items()}
    return render(
        request,
        "notice/board_approve.html",
        status=error.status if error else 200,
        problems=problems,
        shown=shown,
        issue=shown.issue,
        found=found,
        regular=shown.issue.kind is IssueKind.REGULAR,
        lines=[line for run in (*view.actions(shown, found), *view.information(shown, found)) for line in run.lines],
        credited=view.departments(shown),
        getting=len(content.pages),
        meetings=len({meeting.meeting for page in content.pages.values() for meeting in page.meetings}),
        empty=sum(page.empty for page in content.pages.values()),
        open=False,
        preview=None,
        send_at=at,
        due=lambda notice: digest_view.due_said(words, notice.wording.due_on, notice.wording.due_at),
        here=lambda language: f"/notice/board/{number}/approve?lang={language}",
    )


def _moment(fields: Form) -> datetime | None:
    """``when`` says at once or later; ``send_at`` is a browser's local time, which is Shanghai's."""
    if fields.text("when", longest=8) != "later":
        return None
    try:
        return datetime.fromisoformat(fields.text("send_at", longest=32)).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Invalid(fields={"send_at": "form.not_a_time"}) from None


def _number(request: web.Request) -> IssueId:
    return IssueId(digest_view.number(request, "board"))


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
