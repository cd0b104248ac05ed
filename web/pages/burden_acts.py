"""One sitting of the account with what is said against it; and calls outside the system."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from meetinghub.burden.calls import LENGTHS
from meetinghub.burden.calls import State as Called
from meetinghub.burden.model import Line, Source
from meetinghub.burden.saying import Told
from meetinghub.burden.service import Opened
from meetinghub.errors import Error, Invalid, NotFound, Refused
from meetinghub.meetings import store as meetings
from meetinghub.people.model import Account, Committee, Right
from web import burden as shared
from web import keys
from web.burden import BURDEN, DECIDES, SAYING
from web.forms import Form, form
from web.rendering import render

SEES_CALLS = (Right.SITE, Right.DEPARTMENT, Right.HOST, Right.COORDINATOR, Right.LEADER, Right.ADMINISTRATOR)
ANSWERS_CALLS = (Right.DEPARTMENT, Right.HOST, Right.COORDINATOR)
ANSWERS = {"yes": True, "no": False}


async def sitting(request: web.Request) -> web.Response:
    return await _sitting(request)


async def contest(request: web.Request) -> web.StreamResponse:
    """A committee says what its own line should be."""
    source, number = _key(request)
    fields = await form(request)
    told = Told(
        attended=ANSWERS.get(fields.text("attended", longest=3)),
        persons=_persons(fields),
        travelled=ANSWERS.get(fields.text("travelled", longest=3)),
        reason=fields.text("reason", longest=200),
    )
    try:
        fields.check()
        await request.app[SAYING].contest(source, number, told, request[keys.WHO].account)
    except (Invalid, Refused) as error:
        return await _sitting(request, error=error, typed=fields)
    raise web.HTTPSeeOther(f"/burden/sittings/{source}-{number}")


async def decide(request: web.Request) -> web.StreamResponse:
    """The second person's word."""
    number, fields = _number(request.match_info["contest"]), await form(request)
    accepted = fields.text("verdict", longest=8) == "accept"
    reason = fields.text("reason", longest=200)
    source, sitting = _key(request)
    by = request[keys.WHO].account
    try:
        fields.check()
        await request.app[SAYING].decide_contest(number, accepted=accepted, reason=reason, by=by)
    except (Invalid, Refused) as error:
        return await _sitting(request, error=error, typed=fields, at=number)
    raise web.HTTPSeeOther(f"/burden/sittings/{source}-{sitting}")


async def calls(request: web.Request) -> web.Response:
    return await _calls(request)


async def log(request: web.Request) -> web.StreamResponse:
    """Three answers: who called, what about, how long. The rest has its usual value."""
    fields, account = await form(request), request[keys.WHO].account
    department = fields.whole("department", wrong="burden.call_department_missing")
    minutes = fields.whole("minutes", wrong="burden.call_minutes_out_of_range")
    subject = fields.text("subject", longest=80)
    persons = fields.whole("persons", wrong="burden.persons_out_of_range") if fields.given.get("persons") else 1
    day = None
    if fields.given.get("day"):
        day = fields.day("day", missing="form.required", wrong="burden.call_day_out_of_range")
    in_person = fields.text("mode", longest=12) != "video"
    try:
        fields.check()
        await request.app[SAYING].log(
            department=department,
            subject=subject,
            minutes=minutes,
            persons=persons,
            day=day,
            in_person=in_person,
            by=account,
        )
    except Invalid as error:
        return await _calls(request, error=error, typed=fields)
    raise web.HTTPSeeOther("/burden/calls?logged=1")


async def answer(request: web.Request) -> web.StreamResponse:
    """The department named confirms or disputes; on a disputed call the coordinator's office has the last word."""
    number, fields, account = _number(request.match_info["call"]), await form(request), request[keys.WHO].account
    act = fields.text("act", longest=8)
    reason = fields.text("reason", longest=200)
    try:
        fields.check()
        if act in ("confirm", "dispute"):
            await request.app[SAYING].answer(number, confirmed=act == "confirm", reason=reason, by=account)
        elif act in ("uphold", "strike") and account.may(DECIDES):
            await request.app[SAYING].decide_call(number, upheld=act == "uphold", reason=reason, by=account)
        else:
            raise Invalid(fields={"act": "form.required"})
    except Invalid as error:
        return await _calls(request, error=error, typed=fields, at=number)
    raise web.HTTPSeeOther("/burden/calls")


async def _sitting(
    request: web.Request, *, error: Error | None = None, typed: Form | None = None, at: int = 0
) -> web.Response:
    account, (source, number) = request[keys.WHO].account, _key(request)
    units = await shared.street(request)
    found = await request.app[BURDEN].opened(source, number, account.committee)
    if not _may_open(account, found):
        raise NotFound("burden.no_sitting")
    named = {each.by for each in found.contests} | {each.decided_by for each in found.contests}
    names = await request.app[keys.DATABASE].read(meetings.account_names, named - {""})
    committees: dict[int, Committee] = {each.id: each for each in units.committees}
    called = found.entry.department == account.department and source is not Source.CALL
    hidden = account.committee is None and not called and not account.may(*shared.SEES_ALL)
    return render(
        request,
        "burden_sitting.html",
        status=error.status if error else 200,
        entry=found.entry,
        lines=[] if hidden else sorted(found.lines, key=lambda line: committees[line.committee].seat),
        committees=committees,
        contests=found.contests,
        names=names,
        own=next((line for line in found.lines if line.committee == account.committee), None),
        waits=any(each.accepted is None for each in found.contests),
        decides=account.may(DECIDES),
        amount=shared.amount,
        long_day=lambda day: shared.day(request[keys.WORDS], day),
        values=typed.given if typed else {},
        problems=_messages(request, error),
        action=f"/burden/sittings/{source}-{number}/contests",
        shares=_shares,
        at=at,
    )


async def _calls(
    request: web.Request, *, error: Error | None = None, typed: Form | None = None, at: int = 0
) -> web.Response:
    account = request[keys.WHO].account
    units = await shared.street(request)
    return render(
        request,
        "burden_calls.html",
        status=error.status if error else 200,
        calls=await request.app[SAYING].calls_of(account, every=account.may(*shared.SEES_ALL)),
        departments=units.departments,
        lengths=LENGTHS,
        site=Right.SITE in account.rights,
        decides=account.may(DECIDES),
        sees_committee=account.committee is not None or account.may(*shared.SEES_ALL),
        Called=Called,
        logged="logged" in request.query,
        today=request.app[BURDEN].today,
        long_day=lambda day: shared.day(request[keys.WORDS], day),
        values=typed.given if typed else {},
        problems=_messages(request, error),
        at=at,
    )


def _may_open(account: Account, found: Opened) -> bool:
    """A committee opens those it has a line in, a department those it called or rode in, the street's offices any."""
    if account.may(*shared.SEES_ALL) or account.committee is not None:
        return True
    return account.department is not None and account.department in {found.entry.department, *found.rides}


def _shares(line: Line) -> list[tuple[str, object]]:
    """By role, those whose role nobody told last."""
    return sorted(line.roles.items(), key=lambda each: (each[0] == "", each[0]))


def _messages(request: web.Request, error: Error | None) -> Mapping[str, str]:
    if error is None:
        return {}
    words = request[keys.WORDS]
    if isinstance(error, Invalid):
        return {name: words(code, **_limits(error)) for name, code in error.fields.items()}
    return {"reason": words(error.code, **error.values)}


def _limits(error: Invalid) -> Mapping[str, object]:
    return {"limit": 200, "most": 200, **error.values}


def _persons(fields: Form) -> int | None:
    return fields.whole("persons", wrong="burden.persons_out_of_range") if fields.given.get("persons") else None


def _key(request: web.Request) -> tuple[Source, int]:
    name, _, number = request.match_info["sitting"].partition("-")
    source = next((each for each in Source if each == name), None)
    if source is None:
        raise NotFound("burden.no_sitting")
    return source, _number(number)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("burden.no_sitting")
    return int(text)
