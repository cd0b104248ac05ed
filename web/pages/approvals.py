"""The link in an approver's mail: it leads to the request, and decides nothing by itself.

Opening it only shows, for programmes that look at mails open every link. A decision is a POST under the sign-in of the
very account that the mail went to, for the very step it was about; whoever else opens it is told so.
"""

from __future__ import annotations

from aiohttp import web

from meetinghub.asking.approval import ApprovalStep
from meetinghub.asking.letters import PURPOSE
from meetinghub.asking.model import Request
from meetinghub.asking.request import State
from meetinghub.errors import Forbidden, NotFound
from web import asking, keys
from web.pages import requests


async def show(request: web.Request) -> web.Response:
    """The request with the form, or why there is nothing to decide any more."""
    number, note = await _opened(request)
    return await requests.page(request, number, action=request.path, note=note)


async def decide(request: web.Request) -> web.StreamResponse:
    number, note = await _opened(request)
    if note:
        page = await requests.page(request, number, action=request.path, note=note)
        page.set_status(409)
        return page
    return await requests.take_decision(request, number, action=request.path)


async def _opened(request: web.Request) -> tuple[int, str]:
    """The request's number, and the key of what there is to say instead of a form; empty: it can be decided."""
    link = request.app[keys.LINKS].read(request.match_info["token"], purpose=PURPOSE, now=request.app[keys.CLOCK].now())
    account = request[keys.WHO].account
    if link.recipient != account.username:
        raise Forbidden("asking.link_not_yours")
    number, round, position = (int(part) for part in link.subject.split(":"))
    try:
        shown = await request.app[asking.ASKING].shown(number, account)
    except NotFound:
        raise Forbidden("asking.link_no_longer") from None
    return number, _note(shown.request, round, position, decides=shown.decides)


def _note(found: Request, round: int, position: int, *, decides: bool) -> str:
    if found.round != round or found.state is State.RETURNED:
        return "asking.link_returned"
    if found.state is not State.SUBMITTED:
        return f"asking.link_{found.state.value}"
    step: ApprovalStep | None = found.waits_for
    if step is None or step.position != position:
        return "asking.link_decided"
    return "" if decides else "asking.link_no_longer"
