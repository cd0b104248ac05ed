"""The agenda before the meeting: the host's board, the others' claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from aiohttp import web
from sqlmodel import Session as Db

from meetinghub.agendas import board, changing, claims, phrases
from meetinghub.agendas import plan as rules
from meetinghub.agendas import store as units
from meetinghub.agendas.changing import Change
from meetinghub.agendas.claims import Act, Claim, Kind
from meetinghub.agendas.plan import Plan, Timing
from meetinghub.agendas.service import Answer, Wanted
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused
from meetinghub.mail import dead_store
from meetinghub.meetings.model import Audience, Segment
from meetinghub.people.model import Account, Right, Role
from web import agendas as view
from web import keys
from web.agendas import AGENDAS
from web.calendars import answers_to
from web.documents import DOCUMENTS, size
from web.forms import Form, form
from web.live import meeting, meeting_id, own_site
from web.rendering import render

CALLABLE = tuple(
    role.value
    for role in (Role.SECRETARY, Role.DIRECTOR, Role.DEPUTY_DIRECTOR, Role.LINE_WORKER, Role.PROPERTY_MANAGER)
)
"""Whom a claim may name; others are called by meetings of their own."""
HOSTS = (Right.HOST, Right.COORDINATOR, Right.DEPARTMENT)
"""Who may arrange some meeting's agenda; of which one, :func:`meetinghub.agendas.plan.hosts` decides."""
CLAIMS = (Right.HOST, Right.DEPARTMENT, Right.COORDINATOR)
"""Who may claim minutes for their own department; the coordinator's office rides like any other."""


async def show(request: web.Request) -> web.Response:
    """The board; ``?claim=3&minutes=10`` looks at a claim, shorter than asked for if so wished."""
    return await _page(request)


async def announcement(request: web.Request) -> web.Response:
    """The announcement as the other departments get it."""
    plan = await _hosted(request)
    subject, lines = request.app[AGENDAS].letters.announcement_text(plan)
    unreached = await request.app[keys.DATABASE].read(partial(_unreached, plan=plan))
    unreached = await request.app[keys.DATABASE].read(partial(_unreached, plan=plan))
    return render(request, "agenda_announcement.html", plan=plan, subject=subject, lines=lines, unreached=unreached)


def _unreached(db: Db, *, plan: Plan) -> list[str]:
    """Units that will get neither this announcement nor the final agenda: without an address, or with one that died."""
    taking_part = {site.committee_id for site in plan.meeting.sites}
    departments = [each for each in units.mail_of_departments(db) if each[0] != plan.meeting.host_department_id]
    committees = [each for each in units.mail_of_committees(db) if each[0] in taking_part]
    dead = dead_store.dead(db, [mail for _, _, mail in (*departments, *committees)])
    return [name for _, name, mail in (*departments, *committees) if not mail or mail in dead]


async def change(request: web.Request) -> web.StreamResponse:
    """``do`` is what a button of the board says: ``up:12``, ``down:12``, ``move:12:3``, ``remove:12``, ``arrange`` …"""
    await _hosted(request)
    fields = await form(request)
    try:
        wanted = _change(fields)
        reason, seen = fields.text("reason", longest=rules.REASON_LENGTH), fields.text("seen", longest=32)
        fields.check()
        await request.app[AGENDAS].change(meeting_id(request), wanted, _account(request), reason=reason, seen=seen)
    except (Invalid, Refused, NotFound) as error:
        return await _page(request, error=error, typed=await _typed(request), part="board")
    raise _back(request, "board")


async def add(request: web.Request) -> web.StreamResponse:
    """The host's own item."""
    await _hosted(request)
    fields, account = await form(request), _account(request)
    try:
        title = fields.text("title", longest=80, missing="form.required")
        speaker, reason = fields.text("speaker", longest=80), fields.text("reason", longest=rules.REASON_LENGTH)
        minutes, timing = _whole(fields, "minutes"), _timing(fields)
        audience, seen = await _audience(request, fields), fields.text("seen", longest=32)
        fields.check()
        host = (await meeting(request)).meeting
        segment = Segment(rules.NEW, host.host, title, speaker, minutes, None, host.host_department_id, audience)
        _in_range(minutes)
        wanted = changing.Add(segment, timing)
        await request.app[AGENDAS].change(meeting_id(request), wanted, account, reason=reason, seen=seen)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await _typed(request), part="add")
    raise _back(request, "board")


async def terms(request: web.Request) -> web.StreamResponse:
    await _hosted(request)
    fields = await form(request)
    try:
        capacity, close_at = _whole(fields, "capacity"), _moment(fields, "close_at")
        seen = fields.text("seen", longest=32)
        fields.check()
        await request.app[AGENDAS].set_terms(
            meeting_id(request), _account(request), capacity=capacity, close_at=close_at, seen=seen
        )
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await _typed(request), part="terms")
    raise _back(request, "terms")


async def finalise(request: web.Request) -> web.StreamResponse:
    await _hosted(request)
    fields = await form(request)
    try:
        seen = fields.text("seen", longest=32)
        fields.check()
        await request.app[AGENDAS].finalise(meeting_id(request), _account(request), seen=seen)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await _typed(request), part="board")
    raise _back(request, "board")


async def claim(request: web.Request) -> web.StreamResponse:
    """Another department takes minutes."""
    await meeting(request)
    fields, account = await form(request), _account(request)
    if account.department is None:
        raise Forbidden("access.denied")
    try:
        title = fields.text("title", longest=80, missing="form.required")
        speaker = fields.text("speaker", longest=80)
        minutes, audience = _whole(fields, "minutes"), await _audience(request, fields)
        kind = Kind.READ_OUT if fields.text("kind", longest=16) == Kind.READ_OUT else Kind.DISCUSSION
        fields.check()
        wanted = Wanted(account.department, account.unit, title, minutes, speaker, kind, audience)
        await request.app[AGENDAS].claim(meeting_id(request), wanted, by=account.username)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await _typed(request), part="claim")
    raise _back(request, "mine")


async def decide(request: web.Request) -> web.StreamResponse:
    """The host's answer, or the claimant's second thoughts; whose claim it is the service looks at."""
    await meeting(request)
    number = request.match_info["claim"]
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound("claim.not_found")
    fields = await form(request)
    try:
        act = next((each for each in Act if each == fields.text("act", longest=16)), None)
        if act is None:
            raise Invalid
        minutes = _whole(fields, "minutes") if act in {Act.ACCEPT, Act.SHORTEN} else None
        reason, seen = fields.text("reason", longest=rules.REASON_LENGTH), fields.text("seen", longest=32)
        fields.check()
        answer = Answer(act, minutes, _timing(fields), reason, seen)
        await request.app[AGENDAS].decide(meeting_id(request), int(number), answer, _account(request))
    except (Invalid, Refused) as error:
        return await _page(request, error=error, typed=await _typed(request), part=f"claim-{number}", claim=int(number))
    raise _back(request, "claims" if act not in {Act.WITHDRAW} else "mine")


async def _page(
    request: web.Request,
    *,
    error: Error | None = None,
    typed: Mapping[str, object] | None = None,
    part: str = "",
    claim: int | None = None,
) -> web.Response:
    live = await meeting(request)
    plan = await request.app[AGENDAS].plan(live.meeting.id)
    account, now = _account(request), request.app[keys.CLOCK].now()
    hosting = rules.hosts(plan, account)
    mine = view.own_claims(plan, account)
    review = _review(request, plan, claim, mine) if hosting and not plan.begun() else None
    return render(
        request,
        "agenda.html",
        status=error.status if error else 200,
        plan=plan,
        meeting=plan.meeting,
        papers=await request.app[DOCUMENTS].papers(live.meeting.id, account),
        size=size,
        board=view.drawn(plan),
        hosting=hosting,
        claiming=account.may(*CLAIMS) and account.department not in {None, plan.meeting.host_department_id},
        own_site=own_site(account),
        mine=mine,
        review=review,
        locked=plan.locked(now),
        closed=plan.closed(now),
        left=claims.left(plan.deadlines.close_at, now),
        roles=CALLABLE,
        part=part,
        problems=_problems(request, error, part),
        typed=typed or {},
        digits=view.digits,
        at=lambda minutes: view.moment(plan, minutes),
        acts_on=view.acts_on,
        local=lambda moment: moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        phrases=phrases,
        answers=await answers_to(request, plan.meeting) if hosting and not plan.begun() else None,
        base=f"/meetings/{live.meeting.id}/agenda",
        here=lambda language: f"/meetings/{live.meeting.id}/agenda?lang={language}",
    )


def _review(request: web.Request, plan: Plan, claim: int | None, mine: Sequence[Claim]) -> view.Review | None:
    """The claim that the address names, or the first that waits; never one's own department's."""
    waiting = [each for each in plan.waiting if each not in mine]
    asked = request.query.get("claim", "") if claim is None else str(claim)
    found = next((each for each in waiting if str(each.id) == asked), None)
    if found is None:
        found = next((each for each in waiting if each.kind is Kind.DISCUSSION), None)
    if found is None:
        return None
    text = request.query.get("minutes", "")
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else found.minutes
    minutes = max(min(rules.LEAST_CLAIM, found.minutes), min(minutes, found.minutes))
    how = next((each for each in Timing if each == request.query.get("timing")), Timing.SHIFT)
    return view.reviewed(plan, found, minutes, how)


async def _hosted(request: web.Request) -> Plan:
    await meeting(request)
    plan = await request.app[AGENDAS].plan(meeting_id(request))
    if not rules.hosts(plan, _account(request)):
        raise Forbidden("access.denied")
    return plan


def _change(fields: Form) -> Change:
    name, *values = fields.text("do", longest=40).split(":")
    if not all(each.isascii() and each.isdigit() and len(each) <= 9 for each in values):
        raise Invalid
    numbers = [int(each) for each in values]
    match name, numbers:
        case "up", [segment]:
            return changing.Step(segment, -1)
        case "down", [segment]:
            return changing.Step(segment, 1)
        case "move", [segment, to]:
            return changing.Move(segment, to)
        case "remove", [segment]:
            return changing.Remove(segment)
        case "first" | "last", [segment]:
            return changing.Pin(segment, name)
        case "loose", [segment]:
            return changing.Pin(segment, "")
        case "arrange", []:
            return changing.Arrange()
        case "resize", [segment]:
            return changing.Resize(segment, _whole(fields, f"minutes-{segment}"), _timing(fields))
        case _:
            raise Invalid


async def _audience(request: web.Request, fields: Form) -> Audience | None:
    """The boxes that are ticked; none of them: everybody the meeting is for."""
    posted = await request.post()
    roles = tuple(role for role in CALLABLE if role in posted.getall("roles", []))
    line = fields.text("line", longest=40)
    return Audience(roles, line if Role.LINE_WORKER in roles else "") if roles else None


def _timing(fields: Form) -> Timing:
    given = fields.text("timing", longest=16)
    return next((each for each in Timing if each == given), Timing.SHIFT)


def _whole(fields: Form, name: str) -> int:
    text = fields.text(name, longest=4, missing="form.required")
    if text.isascii() and text.isdigit():
        return int(text)
    fields.problems.setdefault(name, "form.not_a_number")
    return 0


def _in_range(minutes: int) -> None:
    if not rules.LEAST_CLAIM <= minutes <= board.LONGEST:
        raise Refused("agenda.minutes_out_of_range", shortest=rules.LEAST_CLAIM, longest=board.LONGEST)


def _moment(fields: Form, name: str) -> datetime | None:
    """A browser's date and hour, in Shanghai; empty: None."""
    text = fields.text(name, longest=25)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        fields.problems[name] = "agenda.not_a_moment"
        return None


async def _typed(request: web.Request) -> Mapping[str, object]:
    posted = await request.post()
    return {
        **{name: value for name, value in posted.items() if isinstance(value, str)},
        "roles": posted.getall("roles", []),
    }


def _problems(request: web.Request, error: Error | None, part: str) -> dict[str, str]:
    """Field → message; a refusal that belongs to no field stands on top of its part of the page."""
    if error is None:
        return {}
    words = request[keys.WORDS]
    fields = error.fields if isinstance(error, Invalid) else {}
    values = {"limit": rules.REASON_LENGTH, **error.values}
    return {name: words(code, **values) for name, code in fields.items()} or {part: words(error.code, **values)}


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account


def _back(request: web.Request, part: str) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/agenda#{part}")
