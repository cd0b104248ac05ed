"""送达情况: what became of each mail of an issue, whom to call, what would go out next; sending to one committee again,
and a test mail to oneself."""

from __future__ import annotations

import structlog
from aiohttp import web

from digest.delivery_service import MISSED, Overview, Reached
from digest.model import IssueState
from meetinghub.errors import NotFound, Refused
from meetinghub.mail.states import State
from web import keys
from web.pages.mail import OWN_PROBLEMS
from web.rendering import render
from web.sending import NOTICE_DELIVERIES

DONE = {"test", "resent", "waiting"}
log = structlog.get_logger("notice")


async def index(request: web.Request) -> web.Response:
    """``?issue=``: of that one; without: of the last that was sent. ``?only=missed``: whom it did not reach."""
    asked = request.query.get("issue", "")
    look = await _overview(request, _whole(asked) if asked else None)
    only = request.query.get("only") == "missed"
    missed = [each for each in look.reached if each.missed or not each.deliveries]
    return render(
        request,
        "notice/deliveries.html",
        look=look,
        missed=missed,
        others=[each for each in look.reached if each not in missed],
        only=only,
        State=State,
        own_problems=OWN_PROBLEMS,
    )


async def dry_run(request: web.Request) -> web.Response:
    found = await request.app[NOTICE_DELIVERIES].dry_run(request[keys.WHO].account)
    return render(request, "notice/dry_run.html", run=found, configured=request.app[keys.CONFIG].smtp is not None)


async def show(request: web.Request) -> web.Response:
    return await _one(request)


async def resend(request: web.Request) -> web.StreamResponse:
    number, seat = _number(request, "issue"), _number(request, "seat")
    try:
        done = await request.app[NOTICE_DELIVERIES].resend(request[keys.WHO].account, number, seat)
    except Refused as refused:
        return await _one(request, refused=refused)
    log.info("issue sent again", issue=number, seat=seat, mails=done.mails, waiting=done.waiting)
    raise web.HTTPSeeOther(f"/notice/deliveries/{number}/{seat}?done={'resent' if done.mails else 'waiting'}")


async def test(request: web.Request) -> web.StreamResponse:
    number, seat = _number(request, "issue"), _number(request, "seat")
    mark = request[keys.WORDS]("notice_delivery.test_mark")
    try:
        await request.app[NOTICE_DELIVERIES].test(request[keys.WHO].account, number, seat, mark=mark)
    except Refused as refused:
        return await _one(request, refused=refused)
    log.info("test mail of an issue", issue=number, seat=seat)
    raise web.HTTPSeeOther(f"/notice/deliveries/{number}/{seat}?done=test")


async def _one(request: web.Request, *, refused: Refused | None = None) -> web.Response:
    seat = _number(request, "seat")
    look = await _overview(request, _number(request, "issue"))
    reached: Reached | None = next((each for each in look.reached if each.committee.seat == seat), None)
    if look.issue is None or reached is None:
        raise NotFound("notice_delivery.nothing_for_it")
    words, done = request[keys.WORDS], request.query.get("done", "")
    return render(
        request,
        "notice/delivery.html",
        status=refused.status if refused else 200,
        look=look,
        issue=look.issue,
        reached=reached,
        sent=look.issue.state is IssueState.SENT,
        missed=MISSED,
        own_problems=OWN_PROBLEMS,
        problems={"acts": words(refused.code, **refused.values)} if refused else {},
        done=done if done in DONE and refused is None else "",
        here=lambda language: f"/notice/deliveries/{_number(request, 'issue')}/{seat}?lang={language}",
    )


async def _overview(request: web.Request, number: int | None) -> Overview:
    return await request.app[NOTICE_DELIVERIES].overview(request[keys.WHO].account, number)


def _number(request: web.Request, name: str) -> int:
    return _whole(request.match_info[name])


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("notice_delivery.no_such_issue")
    return int(text)
