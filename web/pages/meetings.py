"""Meetings: the list, one meeting's page, and the shells of console, wall and site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from aiohttp import web

from meetinghub.errors import Forbidden
from meetinghub.meetings import series_store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.series import Part
from meetinghub.meetings.snapshot import tag
from meetinghub.meetings.timetable import timetable
from meetinghub.people import store as people
from meetinghub.people.model import Right
from web import keys
from web.asking import may_ask
from web.calendars import answers_to
from web.documents import DOCUMENTS, size
from web.live import LEADS, MEETINGS, meeting, own_site
from web.minutes import MINUTES, due
from web.rendering import render

OPEN = (State.PLANNED, State.POSTPONED)
LATELY = timedelta(days=30)
AHEAD = timedelta(days=60)
STALE = timedelta(hours=6)
"""A planned meeting whose time passed this long ago will not be held any more by itself."""


async def index(request: web.Request) -> web.Response:
    """会议: what is on, what comes, what was."""
    meetings, account = request.app[MEETINGS], request[keys.WHO].account
    now, committee = meetings.clock.now(), account.committee
    coming = await meetings.listings(since=now - STALE, until=now + AHEAD, states=OPEN, committee=committee)
    return render(
        request,
        "meetings.html",
        on=await meetings.listings(states=(State.LIVE,), committee=committee),
        coming=coming,
        series=await _parts(request, [each.id for each in coming]),
        past=await meetings.listings(
            since=now - LATELY,
            states=(State.ENDED, State.CANCELLED),
            committee=committee,
            newest_first=True,
            limit=40,
        ),
        own_site=own_site(account),
        department=account.department,
        asks=may_ask(account),
    )


async def show(request: web.Request) -> web.Response:
    """One meeting: agenda, audience, who is in, and the way in."""
    live = await meeting(request)
    account, now = request[keys.WHO].account, request.app[keys.CLOCK].now()
    series = await _parts(request, [live.meeting.id])
    return render(
        request,
        "meeting.html",
        meeting=live.meeting,
        series=series.get(live.meeting.id),
        live=live.snapshot(now),
        state=live.state,
        times=timetable(live.meeting.segments, live.state, now),
        own_site=own_site(account),
        leads=account.may(*LEADS),
        department=account.department,
        papers=await request.app[DOCUMENTS].papers(live.meeting.id, account),
        size=size,
        minutes=await request.app[MINUTES].of(live.meeting.id),
        due=lambda day, done: due(day, now, done=done),
        answers=await answers_to(request, live.meeting) if live.state.state in OPEN else None,
    )


async def console(request: web.Request) -> web.Response:
    """The main venue's console; ``leaders`` are those to whom the chair can be handed."""
    accounts = await request.app[keys.DATABASE].read(people.accounts)
    leaders = [{"account": each.username, "name": each.name} for each in accounts if each.may(*LEADS)]
    return await _shell(request, "console", leaders=leaders)


async def wall(request: web.Request) -> web.Response:
    return await _shell(request, "wall")


async def site(request: web.Request) -> web.Response:
    """A committee's room, for its own account."""
    account = request[keys.WHO].account
    if not account.may(Right.SITE) or own_site(account) is None:
        raise Forbidden("access.denied")
    return await _shell(request, "site")


async def live_json(request: web.Request) -> web.StreamResponse:
    """The one object, for a page without a room connection; 304 while nothing that is shown has changed."""
    live = await meeting(request)
    snap = live.snapshot(request.app[keys.CLOCK].now())
    if not request[keys.WHO].account.may(*LEADS, Right.SITE):  # whom to call is for those who sit in the meeting
        for each in snap["sites"].values():
            each.update(operator="", phone="")
    mark = tag(snap)
    seen = any(each.value in {mark, "*"} for each in request.if_none_match or ())
    response = web.Response(status=304) if seen else web.json_response(snap)
    response.etag = mark
    response.headers["Cache-Control"] = "private, no-cache"
    return response


async def _parts(request: web.Request, meetings: Sequence[int]) -> Mapping[int, Part]:
    """Which of them are part of a series."""
    return await request.app[keys.DATABASE].read(partial(series_store.parts, meetings=meetings))


async def _shell(request: web.Request, page: str, *, leaders: Sequence[Mapping[str, str]] = ()) -> web.Response:
    live = await meeting(request)
    papers = await request.app[DOCUMENTS].papers(live.meeting.id, request[keys.WHO].account)
    base = f"/meetings/{live.meeting.id}"
    acts = ("token", "floor", "hand", "hands", "agenda", "state", "chair", "layout", "check", "roll", "roster")
    return render(
        request,
        f"live/{page}.html",
        page=page,
        meeting=live.meeting,
        live=live.snapshot(request.app[keys.CLOCK].now()),
        leaders=leaders,
        papers=papers.count,
        urls={"meeting": base, "live": f"{base}/live.json", **{act: f"{base}/{act}" for act in acts}},
    )
