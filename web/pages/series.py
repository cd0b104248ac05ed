"""Meetings that come back: their days before they are sent, the series that is planned, and what is changed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from aiohttp import web

from meetinghub.asking.occurrences import changed
from meetinghub.asking.phrases import rule_said
from meetinghub.asking.ports import REFUSED
from meetinghub.asking.rescheduling import Changed, Wanted, may_change
from meetinghub.asking.wish import Own, Step
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused
from meetinghub.meetings.course import REASON_LENGTH
from meetinghub.meetings.recurrence import MOST
from meetinghub.meetings.series import Series, Sitting
from meetinghub.meetings.store import listings
from web import asking, findings, keys
from web import series as view
from web.ask_answers import repeat_of
from web.forms import Form, form
from web.pages.ask_own import check_page, draft_at
from web.rendering import render
from web.series import SERIES


async def times(request: web.Request) -> web.StreamResponse:
    """Move a day of a series that is not sent yet, leave it out, put it back, or move all that fall on free days."""
    found, fields = await draft_at(request, Step.CHECK), await form(request)
    account, now = request[keys.WHO].account, request.app[keys.CLOCK].now()
    try:
        if fields.text("act", longest=8) == "all":
            look = await request.app[asking.ASKING].look(found)
            own = found.wish.own
            assert own is not None
            for each in view.times(own, look.assessed.each, ()):
                if each.better is not None:
                    own = changed(own, each.occurrence.day, each.better)
            moved = own
        else:
            moved = _moved(found.wish.own, fields, now.astimezone(SHANGHAI).date())
    except Invalid as error:
        return await check_page(request, found, status=error.status, error=error)
    await request.app[asking.DRAFTS].answer(found.id, account, lambda wish: replace(wish, own=moved))
    raise web.HTTPSeeOther(f"/ask/{found.id}/check")


async def show(request: web.Request) -> web.Response:
    """Every meeting of a series; a committee finds those it takes part in."""
    found = await _series(request)
    account, words = request[keys.WHO].account, request[keys.WORDS]
    return render(
        request,
        "series.html",
        series=found,
        rule=rule_said(words, found.repeat, found.first),
        changes=may_change(found, account),
        sees_request=account.committee is None and (may_change(found, account) or account.may(*asking.SEES_REQUESTS)),
        done=request.query.get("done", ""),
        here=lambda language: f"/series/{found.id}?lang={language}",
    )


async def edit(request: web.Request) -> web.Response:
    """Put one meeting off or call it off, or it and those that follow."""
    found = await _changeable(request)
    return _edit(request, found, _sitting(request, found))


async def change(request: web.Request) -> web.StreamResponse:
    found = await _changeable(request)
    sitting, fields = _sitting(request, found), await form(request)
    try:
        wanted = _wanted(fields, sitting)
        done = await request.app[SERIES].change(found.id, request[keys.WHO].account, wanted)
    except (Invalid, Refused) as error:
        return _edit(request, found, sitting, typed=fields, error=error)
    if not done.done:
        return _edit(request, found, sitting, typed=fields, answer=done)
    raise web.HTTPSeeOther(f"/series/{done.series}?done={'new' if done.series != found.id else 'same'}")


async def cancel(request: web.Request) -> web.StreamResponse:
    found = await _changeable(request)
    sitting, fields = _sitting(request, found), await form(request)
    try:
        reason = fields.text("off_reason", longest=REASON_LENGTH, missing="form.required")
        following = fields.text("off_scope", longest=8) == "rest"
        fields.check()
        await request.app[SERIES].cancel(
            found.id, request[keys.WHO].account, place=sitting.place, following=following, reason=reason
        )
    except (Invalid, Refused) as error:
        return _edit(request, found, sitting, typed=fields, error=error)
    raise web.HTTPSeeOther(f"/series/{found.id}?done=same")


async def seen(request: web.Request, found: Series) -> Series:
    """What this account may see of it; raises :class:`NotFound` when that is nothing."""
    committee = request[keys.WHO].account.committee
    if committee is None:
        return found
    among = [each.meeting for each in found.sittings]
    mine = await request.app[keys.DATABASE].read(partial(listings, committee=committee, among=among))
    theirs = {each.id for each in mine}
    if not theirs:
        raise NotFound("series.not_found")
    return replace(found, sittings=tuple(each for each in found.sittings if each.meeting in theirs))


async def _series(request: web.Request) -> Series:
    number = request.match_info["series"]
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound("series.not_found")
    return await seen(request, await request.app[SERIES].series(int(number)))


async def _changeable(request: web.Request) -> Series:
    found = await _series(request)
    if not may_change(found, request[keys.WHO].account):
        raise Forbidden("access.denied")
    return found


def _sitting(request: web.Request, found: Series) -> Sitting:
    place = request.match_info["place"]
    sitting = found.sitting(int(place)) if place.isascii() and place.isdigit() and len(place) <= 4 else None
    if sitting is None:
        raise NotFound("series.not_found")
    return sitting


def _moved(own: Own | None, fields: Form, today: date) -> Own:
    assert own is not None
    day = fields.day("day", missing="asking.day_missing", wrong="asking.day_wrong")
    better = fields.text("better", longest=12)
    act = fields.text("act", longest=8)
    to: date | None = day
    if better or act == "move":
        to = fields.day("better" if better else "to", missing="asking.day_missing", wrong="asking.day_wrong")
    fields.check()
    assert day is not None
    if act == "drop" and not better:
        return changed(own, day, None)
    if to is not None and to < today:
        raise Invalid(fields={"to": "asking.day_past"})
    return changed(own, day, to)


def _wanted(fields: Form, sitting: Sitting) -> Wanted:
    day = fields.day("date", missing="asking.day_missing", wrong="asking.day_wrong")
    hour = fields.hour("time", missing="asking.time_missing", wrong="asking.time_wrong")
    reason = fields.text("reason", longest=REASON_LENGTH, missing="form.required")
    following = fields.text("scope", longest=8) == "rest"
    repeat = repeat_of(fields) if following else None
    evade = fields.text("evade", longest=4) != ""
    if following and repeat is None and not fields.problems:
        fields.problems["repeat"] = "series.end_missing"
    fields.check()
    assert day is not None
    assert hour is not None
    return Wanted(sitting.place, day, hour, repeat, reason, evade)


def _edit(
    request: web.Request,
    found: Series,
    sitting: Sitting,
    *,
    typed: Form | None = None,
    error: Error | None = None,
    answer: Changed | None = None,
) -> web.Response:
    words = request[keys.WORDS]
    problems: Mapping[str, str] = {}
    if error is not None:
        fields = error.fields if isinstance(error, Invalid) else {}
        values = {"limit": REASON_LENGTH, "most": MOST, **error.values}
        problems = asking.messages(words, fields, **values) or {"date": words(error.code, **error.values)}
    return render(
        request,
        "series_change.html",
        status=error.status if error else 409 if answer is not None else 200,
        series=found,
        sitting=sitting,
        rest=found.from_on(sitting.place),
        rule=rule_said(words, found.repeat, found.first),
        values=typed.given if typed is not None else _values(found, sitting),
        choices=view.choices(words, found.repeat, found.first),
        problems=problems,
        answer=answer,
        refused=answer is not None and answer.assessed.outcome == REFUSED,
        refused_days=view.refused_days(words, answer.assessed.each) if answer is not None else "",
        offices=_offices(request, answer),
        here=lambda language: f"/series/{found.id}/{sitting.place}?lang={language}",
        **findings.helpers(words),
    )


def _offices(request: web.Request, answer: Changed | None) -> str:
    words = request[keys.WORDS]
    return words("page.comma").join(words(f"right.{each}") for each in (answer.assessed.approvers if answer else ()))


def _values(found: Series, sitting: Sitting) -> dict[str, object]:
    start = sitting.starts_at.astimezone(SHANGHAI)
    left = len(found.from_on(sitting.place))
    return {
        **view.values(found.repeat),
        "date": start.date(),
        "time": f"{start:%H:%M}",
        "end": "count",
        "count": max(left, 2),
        "until": "",
        "evade": "on",
    }
