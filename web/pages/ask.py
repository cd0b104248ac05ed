"""我要开会: the wizard, one question a page. Every answer is kept at once; going back loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from meetinghub.asking.audience import CALLABLE
from meetinghub.asking.model import Request
from meetinghub.asking.wish import LONGEST_TEXT, LONGEST_TITLE, MOST_MINUTES, STEPS, Exempt, Kind, Step, Wish, reachable
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Error, Invalid, NotFound
from web import asking, keys
from web.ask_answers import ANSWERS, audience_of
from web.forms import Form, form
from web.rendering import render


async def begin(request: web.Request) -> web.Response:
    """The first question, and the drafts that can be gone on with."""
    return await _page(request, None, Step.PURPOSE)


async def show(request: web.Request) -> web.StreamResponse:
    """A question with the answer given so far; one that cannot be asked yet leads to the one that can."""
    found, step = await asking.draft(request), _step(request)
    if found is not None and not found.editable:
        raise web.HTTPSeeOther(f"/requests/{found.id}")
    first = reachable(found.wish if found else Wish())
    if STEPS.index(step) > STEPS.index(first):
        raise _to(request, first)
    return await _page(request, found, step)


async def answer(request: web.Request) -> web.StreamResponse:
    """Keep one answer and go on; on an error what was typed stays."""
    found, step, fields = await asking.draft(request), _step(request), await form(request)
    account, today = request[keys.WHO].account, request.app[keys.CLOCK].now().astimezone(SHANGHAI).date()
    if found is None and step is not Step.PURPOSE:
        raise _to(request, Step.PURPOSE)
    if fields.text("act", longest=8) == "count":
        return await _page(request, found, step, typed=fields)
    try:
        change = ANSWERS[step](fields, today)
    except Invalid as error:
        return await _page(request, found, step, typed=fields, error=error)
    if found is None:
        number = await request.app[asking.DRAFTS].begin(change(Wish()), account)
    else:
        number = (await request.app[asking.DRAFTS].answer(found.id, account, change)).id
        found = await asking.draft(request)
    raise web.HTTPSeeOther(f"/ask/{number}/{_after(found, step)}")


async def counted(request: web.Request) -> web.Response:
    """The live count beside the ticks."""
    await asking.draft(request)
    audience = audience_of(Form(request.query))
    street = await asking.street(request, audience)
    return render(request, "ask/count.html", counted=street.counted, said=_said(request, audience, street))


async def offer(request: web.Request) -> web.StreamResponse:
    """A read-out: nobody needs to come if it goes into the weekly notice."""
    found = await asking.draft(request)
    if found is None or found.wish.kind is not Kind.READ_OUT:
        raise _to(request, Step.KIND if found else Step.PURPOSE)
    if STEPS.index(reachable(found.wish)) < STEPS.index(Step.TIME):
        raise _to(request, reachable(found.wish))
    street = await asking.street(request, found.wish.audience)
    said = asking.said(request[keys.WORDS], found.wish.audience, street.counted)
    return render(request, "ask/notice.html", found=found, wish=found.wish, said=said, counted=street.counted, at=0)


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep the draft for the weekly notice instead of calling anybody."""
    found = await asking.draft(request)
    if found is None:
        raise _to(request, Step.PURPOSE)
    await request.app[asking.DRAFTS].keep_as_notice(found.id, request[keys.WHO].account)
    raise web.HTTPSeeOther(f"/requests/{found.id}")


async def drop(request: web.Request) -> web.StreamResponse:
    found = await asking.draft(request)
    if found is not None:
        await request.app[asking.DRAFTS].drop(found.id, request[keys.WHO].account)
    raise web.HTTPSeeOther("/requests")


async def _page(
    request: web.Request,
    found: Request | None,
    step: Step,
    *,
    typed: Form | None = None,
    error: Error | None = None,
) -> web.Response:
    wish, words = found.wish if found else Wish(), request[keys.WORDS]
    problems = error.fields if isinstance(error, Invalid) else {}
    more = await _for_audience(request, wish, typed) if step is Step.AUDIENCE else {}
    drafts = await request.app[asking.DRAFTS].of(request[keys.WHO].account) if found is None else []
    return render(
        request,
        f"ask/{step.value}.html",
        status=error.status if error else 200,
        found=found,
        wish=wish,
        drafts=drafts,
        base=f"/ask/{found.id if found else asking.NEW}",
        step=step,
        values=typed.given if typed else _values(wish),
        problems=asking.messages(words, problems, most=MOST_MINUTES),
        Kind=Kind,
        Exempt=Exempt,
        longest={"title": LONGEST_TITLE, "purpose": LONGEST_TEXT},
        today=request.app[keys.CLOCK].now().astimezone(SHANGHAI).date(),
        here=lambda language: f"/ask/{found.id if found else asking.NEW}/{step.value}?lang={language}",
        **more,
    )


async def _for_audience(request: web.Request, wish: Wish, typed: Form | None) -> Mapping[str, Any]:
    audience = audience_of(typed) if typed else wish.audience
    street = await asking.street(request, audience)
    return {
        "audience": audience,
        "street": street,
        "counted": street.counted,
        "callable_roles": CALLABLE,
        "said": _said(request, audience, street),
    }


def _said(request: web.Request, audience: Any, street: asking.Street) -> str:
    if not audience.roles:
        return ""
    return asking.said(request[keys.WORDS], audience, street.counted)


def _values(wish: Wish) -> Mapping[str, object]:
    return {
        "title": wish.title,
        "purpose": wish.purpose,
        "kind": wish.kind or "",
        "minutes": wish.minutes or "",
        "first": wish.first or "",
        "last": wish.last or "",
        "exempt": wish.exempt,
    }


def _step(request: web.Request) -> Step:
    text = request.match_info["step"]
    found = next((each for each in ANSWERS if each == text), None)
    if found is None:
        raise NotFound("asking.not_found")
    return found


def _after(found: Request | None, step: Step) -> str:
    """Where an answer leads: a read-out whose audience is known is offered the weekly notice first."""
    if found is not None and step is Step.AUDIENCE and found.wish.kind is Kind.READ_OUT:
        return "notice"
    return STEPS[STEPS.index(step) + 1].value


def _to(request: web.Request, step: Step) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/ask/{request.match_info['draft']}/{step.value}")
