"""The second half of the wizard: who already meets, the own meeting when none of those will do, and handing it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from aiohttp import web

from meetinghub.asking.model import Request
from meetinghub.asking.riding import Ride
from meetinghub.asking.wish import MOST_ITEMS, MOST_MINUTES, STEPS, Own, Step, own_problems, reachable
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Error, Invalid
from meetinghub.people import store as people
from meetinghub.people.model import Account
from web import asking, findings, keys, series
from web.ask_answers import declined, own
from web.forms import Form, form
from web.live import LEADS
from web.problems import wants_page
from web.rendering import render

TYPICAL = 60
"""Minutes of a usual own meeting, for comparing before its agenda is known."""
ROWS = 2


async def rides(request: web.Request) -> web.Response:
    """Who already meets, ranked."""
    found = await draft_at(request, Step.RIDES)
    return await _rides(request, found, await request.app[asking.ASKING].rides(found))


async def decline(request: web.Request) -> web.StreamResponse:
    """None of them will do: the reason is kept for whoever approves."""
    found, fields = await draft_at(request, Step.RIDES), await form(request)
    ranked = await request.app[asking.ASKING].rides(found)
    try:
        change = declined(fields, needed=any(each.fits for each in ranked))
    except Invalid as error:
        return await _rides(request, found, ranked, typed=fields, error=error)
    await request.app[asking.DRAFTS].answer(found.id, request[keys.WHO].account, change)
    raise web.HTTPSeeOther(f"/ask/{found.id}/own")


async def ride(request: web.Request) -> web.StreamResponse:
    """One click claims the wish's minutes in the meeting that was chosen."""
    found, fields = await draft_at(request, Step.RIDES), await form(request)
    meeting = fields.whole("meeting", wrong="meeting.not_found")
    fields.check()
    await request.app[asking.ASKING].ride(found.id, request[keys.WHO].account, meeting)
    raise web.HTTPSeeOther(f"/requests/{found.id}")


async def own_meeting(request: web.Request) -> web.Response:
    """Date, place, agenda. ``?at=`` proposes another start than the one that is kept."""
    found = await draft_at(request, Step.OWN)
    return await _own(request, found)


async def call(request: web.Request) -> web.StreamResponse:
    found, fields = await draft_at(request, Step.OWN), await form(request)
    if fields.text("act", longest=8) == "more":
        return await _own(request, found, typed=fields, more=2)
    try:
        change = own(fields, request.app[keys.CLOCK].now())
    except Invalid as error:
        return await _own(request, found, typed=fields, error=error)
    await request.app[asking.DRAFTS].answer(found.id, request[keys.WHO].account, change)
    raise web.HTTPSeeOther(f"/ask/{found.id}/check")


async def check(request: web.Request) -> web.Response:
    """Everything once more, with conflicts and what the rules say."""
    return await check_page(request, await draft_at(request, Step.CHECK))


async def submit(request: web.Request) -> web.StreamResponse:
    """Hand it in. Scripts get ``{"request", "state", "outcome", "findings"}``: 201, or 409 when the rules refuse it."""
    found = await asking.own_draft(request)
    try:
        submitted = await request.app[asking.ASKING].submit(found.id, request[keys.WHO].account)
    except Invalid as error:
        if not wants_page(request) or not found.editable:
            raise
        return await _own(request, found, error=error)
    if not wants_page(request):
        body = {
            "request": submitted.request.id,
            "state": submitted.request.state.value,
            "meeting": submitted.request.meeting_id,
            **submitted.assessed.as_json(),
        }
        return web.json_response(body, status=409 if submitted.refused else 201)
    if submitted.refused:
        return await check_page(request, submitted.request, status=409)
    raise web.HTTPSeeOther(f"/requests/{found.id}")


async def draft_at(request: web.Request, step: Step) -> Request:
    """The draft, when everything before ``step`` is answered; otherwise the question that is not."""
    found = await asking.own_draft(request)
    if not found.editable:
        raise web.HTTPSeeOther(f"/requests/{found.id}")
    first = reachable(found.wish)
    if first is Step.RIDES and step is not Step.RIDES:
        ranked = await request.app[asking.ASKING].rides(found)
        first = reachable(found.wish, rides=any(each.fits for each in ranked))
    if STEPS.index(step) > STEPS.index(first):
        raise web.HTTPSeeOther(f"/ask/{found.id}/{first.value}")
    return found


async def _rides(
    request: web.Request,
    found: Request,
    ranked: Sequence[Ride],
    *,
    typed: Form | None = None,
    error: Error | None = None,
) -> web.Response:
    street = await asking.street(request, found.wish.audience)
    persons, fitting = len(street.counted.persons), sum(1 for each in ranked if each.fits)
    return render(
        request,
        "ask/rides.html",
        status=error.status if error else 200,
        **_common(request, found, street, error),
        rides=ranked,
        fitting=fitting,
        values=typed.given if typed else {"declined": found.wish.declined},
        typical=TYPICAL,
        own_hours=_hours(persons * TYPICAL),
        ride_hours=_hours(persons * found.wish.minutes),
        share=min(100, round(100 * found.wish.minutes / TYPICAL, 2)),
    )


async def _own(
    request: web.Request, found: Request, *, typed: Form | None = None, error: Error | None = None, more: int = 0
) -> web.Response:
    street = await asking.street(request, found.wish.audience)
    accounts = await request.app[keys.DATABASE].read(people.accounts)
    values = typed.given if typed else _values(request, found)
    used = max((row for row in range(1, MOST_ITEMS + 1) if values.get(f"item-{row}-title")), default=0)
    return render(
        request,
        "ask/own.html",
        status=error.status if error else 200,
        **_common(request, found, street, error),
        values=values,
        chairs=[each for each in accounts if each.may(*LEADS)],
        rows=min(MOST_ITEMS, max(used + more, ROWS)),
        most_items=MOST_ITEMS,
        choices=series.choices(
            request[keys.WORDS],
            found.wish.own.repeat if found.wish.own else None,
            found.wish.own.day if found.wish.own else None,
        ),
    )


async def check_page(
    request: web.Request, found: Request, *, status: int = 200, error: Error | None = None
) -> web.Response:
    look = await request.app[asking.ASKING].look(found)
    street = await asking.street(request, found.wish.audience)
    own = found.wish.own
    assert own is not None
    problems = own_problems(own, request.app[keys.CLOCK].now())
    return render(
        request,
        "ask/check.html",
        status=status,
        **_common(request, found, street, error or (Invalid(fields=problems) if problems else None)),
        look=look,
        times=series.times(own, look.assessed.each, look.conflicts),
        refused_days=series.refused_days(request[keys.WORDS], look.assessed.each),
        rides=[each.declined for each in look.rides if each.fits],
        chair=await chair_name(request, own),
        **findings.helpers(request[keys.WORDS]),
    )


async def chair_name(request: web.Request, own: Own | None) -> str:
    if own is None:
        return ""
    named = await request.app[keys.DATABASE].read(partial(people.account_named, username=own.chair))
    return named[0].name if named else own.chair


def _common(request: web.Request, found: Request, street: asking.Street, error: Error | None) -> Mapping[str, object]:
    words = request[keys.WORDS]
    problems = error.fields if isinstance(error, Invalid) else {}
    return {
        "found": found,
        "wish": found.wish,
        "base": f"/ask/{found.id}",
        "said": asking.said(words, found.wish.audience, street.counted),
        "counted": street.counted,
        "problems": asking.messages(words, problems, most=MOST_MINUTES),
        "rule": series.said(words, found.wish.own),
    }


def _values(request: web.Request, found: Request) -> Mapping[str, object]:
    account: Account = request[keys.WHO].account
    own = found.wish.own
    if own is None:
        return {
            "date": found.wish.first or "",
            "chair": "",
            "item-1-title": found.wish.title,
            "item-1-speaker": account.name,
            "item-1-minutes": found.wish.minutes,
        }
    start = (_proposed(request) or own.starts_at).astimezone(SHANGHAI)
    values: dict[str, object] = {
        "date": start.date(),
        "time": f"{start:%H:%M}",
        "mode": {"in_person": "room"}.get(own.mode, own.mode),
        "place": own.place,
        "chair": own.chair,
        "spare": own.spare or "",
    }
    values |= series.values(own.repeat)
    for row, item in enumerate(own.items, start=1):
        values |= {
            f"item-{row}-title": item.title,
            f"item-{row}-speaker": item.speaker,
            f"item-{row}-minutes": item.minutes,
        }
    return values


def _proposed(request: web.Request) -> datetime | None:
    """Another start, from a conflict's way out; nothing but a moment with its offset counts."""
    try:
        proposed = datetime.fromisoformat(request.query.get("at", ""))
    except ValueError:
        return None
    return proposed if proposed.tzinfo is not None else None


def _hours(minutes: int) -> str:
    """Person-hours, whole where they are."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
