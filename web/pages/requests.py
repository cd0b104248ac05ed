"""Requests: a department's own list, one request for its department and its approvers, and their decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from meetinghub.agendas import board
from meetinghub.agendas.claims import Claim
from meetinghub.agendas.plan import Plan
from meetinghub.asking.approval import LONGEST_REASON, Office, Verdict
from meetinghub.asking.model import Request
from meetinghub.asking.request import State
from meetinghub.asking.service import SEES_REQUESTS
from meetinghub.errors import Error, Forbidden, Invalid, Refused, Stale
from meetinghub.meetings import series_store
from meetinghub.meetings.store import account_names
from meetinghub.people import store as people
from meetinghub.people.model import Right
from web import asking, findings, keys, series
from web.agendas import AGENDAS
from web.forms import form
from web.pages.ask_own import chair_name
from web.rendering import render


async def index(request: web.Request) -> web.Response:
    account = request[keys.WHO].account
    return render(
        request,
        "ask/requests.html",
        found=await request.app[asking.ASKING].of(account),
        sees_all=account.may(*SEES_REQUESTS),
        asks=asking.may_ask(account),
    )


async def show(request: web.Request) -> web.Response:
    """Everything the decision rests on: purpose, conflicts, the rides that were declined and why, the rules."""
    number = asking.number(request, "request")
    return await page(request, number, action=f"/requests/{number}/decide")


async def decide(request: web.Request) -> web.StreamResponse:
    """Approve, return or refuse, under the approver's own sign-in."""
    number = asking.number(request, "request")
    shown = await request.app[asking.ASKING].shown(number, request[keys.WHO].account)
    if shown.request.waits_for is not None and not shown.decides:
        raise Forbidden("asking.not_your_turn")
    return await take_decision(request, number, action=f"/requests/{number}/decide")


async def take_decision(request: web.Request, number: int, *, action: str) -> web.StreamResponse:
    """What the form says is done; on any error the page comes back as it was typed, its form going to ``action``."""
    fields = await form(request)
    given = fields.text("verdict", longest=8)
    verdict = next((each for each in Verdict if each == given), None)
    reason = fields.paragraph("reason", longest=LONGEST_REASON)
    round = fields.whole("round", wrong="asking.decided_already")
    try:
        fields.check()
        if verdict is None:
            raise Invalid(fields={"reason": "asking.verdict_missing"})
        await request.app[asking.ASKING].decide(
            number, request[keys.WHO].account, round=round, verdict=verdict, reason=reason
        )
    except Forbidden:
        raise
    except (Invalid, Stale, Refused) as error:
        return await page(request, number, action=action, error=error, typed={"reason": reason})
    raise web.HTTPSeeOther(f"/requests/{number}")


async def withdraw(request: web.Request) -> web.StreamResponse:
    number = asking.number(request, "request")
    await request.app[asking.ASKING].withdraw(number, request[keys.WHO].account)
    raise web.HTTPSeeOther(f"/requests/{number}")


async def approvals(request: web.Request) -> web.Response:
    """What waits for this account, and who decides while it is away."""
    return await _approvals(request)


async def deputies(request: web.Request) -> web.StreamResponse:
    """Name somebody who decides meanwhile, or end it."""
    account, fields = request[keys.WHO].account, await form(request)
    name, act = fields.text("deputy", longest=40), fields.text("act", longest=8)
    if act == "end":
        await request.app[asking.ASKING].end_deputy(account, name)
        raise web.HTTPSeeOther("/approvals")
    first = fields.day("first", missing="asking.day_missing", wrong="asking.day_wrong")
    last = fields.day("until", missing="asking.day_missing", wrong="asking.day_wrong")
    try:
        fields.check()
        assert first is not None
        assert last is not None
        when_late = fields.text("when", longest=8) == "late"
        await request.app[asking.ASKING].name_deputy(account, deputy=name, first=first, last=last, when_late=when_late)
    except Invalid as error:
        return await _approvals(request, error=error, typed=fields.given)
    raise web.HTTPSeeOther("/approvals")


async def page(
    request: web.Request,
    number: int,
    *,
    action: str,
    error: Error | None = None,
    typed: Mapping[str, str] | None = None,
    note: str = "",
) -> web.Response:
    """One request. ``action``: where its form goes; ``note`` is a key of the catalogue, and then there is no form."""
    account, words = request[keys.WHO].account, request[keys.WORDS]
    shown = await request.app[asking.ASKING].shown(number, account)
    found = shown.request
    street = await asking.street(request, found.wish.audience)
    by = {found.asked_by, *(step.by for step in (*found.steps, *found.earlier) if step.by)}
    return render(
        request,
        "ask/request.html",
        status=error.status if error else 200,
        found=found,
        decides=shown.decides and not note,
        shown_decides=shown.decides,
        action=action,
        note=note,
        conflicts=shown.conflicts,
        ridden=await _ridden(request, found),
        mine=found.belongs_to(account) and asking.may_ask(account),
        said=asking.said(words, found.wish.audience, street.counted) if found.wish.audience.roles else "",
        names=await _names(request, by),
        chair=await chair_name(request, found.wish.own),
        rule=series.said(words, found.wish.own),
        times=series.times_kept(found, shown.conflicts),
        series=await request.app[keys.DATABASE].read(series_store.of_request, found.id),
        problems=_problems(request, error),
        typed=typed or {},
        here=lambda language: f"/requests/{found.id}?lang={language}",
        **findings.helpers(words),
    )


async def _approvals(
    request: web.Request, *, error: Invalid | None = None, typed: Mapping[str, str] | None = None
) -> web.Response:
    account = request[keys.WHO].account
    office = next((office for office in Office if Right(office.value) in account.rights), None)
    mine = [each for each in await request.app[asking.ASKING].deputies() if each.office is office]
    accounts = await request.app[keys.DATABASE].read(people.accounts)
    return render(
        request,
        "ask/approvals.html",
        status=error.status if error else 200,
        found=await request.app[asking.ASKING].waiting(account),
        deputises=office is not None,
        deputies=mine,
        names=await _names(request, [each.account for each in mine]),
        accounts=[each for each in accounts if each.committee is None and each.username != account.username],
        problems=_problems(request, error),
        typed=typed or {},
    )


@dataclass(frozen=True, slots=True)
class Ridden:
    """The meeting that a request rides on, and its claim there; ``span`` is its part once it is on the agenda."""

    plan: Plan
    claim: Claim
    span: tuple[datetime, datetime] | None


async def _ridden(request: web.Request, found: Request) -> Ridden | None:
    if found.state is not State.RIDING or found.meeting_id is None:
        return None
    plan = await request.app[AGENDAS].plan(found.meeting_id)
    own = [each for each in plan.claims if (each.department, each.title) == (found.department_id, found.wish.title)]
    if not own:
        return None
    span = board.spans(plan.agenda).get(own[-1].segment or 0)
    part = None if span is None else tuple(plan.meeting.starts_at + timedelta(minutes=each) for each in span)
    return Ridden(plan, own[-1], None if part is None else (part[0], part[1]))


async def _names(request: web.Request, accounts: Iterable[str]) -> Mapping[str, str]:
    return await request.app[keys.DATABASE].read(partial(account_names, usernames=list(accounts)))


def _problems(request: web.Request, error: Error | None) -> dict[str, str]:
    if error is None:
        return {}
    words = request[keys.WORDS]
    fields = error.fields if isinstance(error, Invalid) else {}
    return asking.messages(words, fields) or {"decide": words(error.code, **error.values)}
