"""The acts of a live meeting (``docs/live-meeting.md``): JSON in, ``{"revision": …}`` out."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from meetinghub.errors import Invalid
from meetinghub.meetings import course, floor
from meetinghub.meetings.floor import Decision
from meetinghub.meetings.live import LiveState
from meetinghub.people import store as people
from web import keys
from web.acting import act, moment, text, unknown, whole
from web.forms import json_object
from web.live import LEADS, meeting, site_in


async def on_floor(request: web.Request) -> web.Response:
    match await json_object(request):
        case {"act": "call_on", "site": str(site)}:
            return await act(request, lambda state, now: floor.call_on(state, site, now))
        case {"act": "release"}:
            return await act(request, lambda state, now: floor.release(state))
        case {"act": "broadcast", "site": str(site)}:
            return await act(request, lambda state, now: floor.broadcast(state, site))
        case {"act": "stop_broadcast"}:
            return await act(request, lambda state, now: floor.stop_broadcast(state))
        case {"act": "mute_all"}:
            return await act(request, lambda state, now: floor.mute_all(state))
        case {"act": "undo"}:
            return await act(request, lambda state, now: floor.undo(state))
        case {"act": "count_in", "seconds": seconds}:
            number = whole("seconds", seconds)
            return await act(request, lambda state, now: floor.set_count_in(state, number))
        case other:
            raise unknown(other)


async def on_hand(request: web.Request) -> web.Response:
    body = await json_object(request)
    site = site_in(await meeting(request), request[keys.WHO].account)
    match body:
        case {"act": "raise", **rest}:
            topic = text("topic", rest.get("topic") or "")
            return await act(request, lambda state, now: floor.raise_hand(state, site, topic))
        case {"act": "lower"}:
            return await act(request, lambda state, now: floor.lower_hand(state, site, by_chair=False))
        case {"act": "done"}:
            return await act(request, lambda state, now: floor.give_back(state, site, later=False))
        case {"act": "skip"}:
            return await act(request, lambda state, now: floor.give_back(state, site, later=True))
        case other:
            raise unknown(other)


async def on_hands(request: web.Request) -> web.Response:
    match await json_object(request):
        case {"act": "lower_all"}:
            return await act(request, lambda state, now: floor.lower_all_hands(state))
        case {"act": "lower", "site": str(site)}:
            return await act(request, lambda state, now: floor.lower_hand(state, site, by_chair=True))
        case other:
            raise unknown(other)


async def on_agenda(request: web.Request) -> web.Response:
    match await json_object(request):
        case {"act": "next"}:
            return await act(request, lambda state, now: course.next_segment(state))
        case {"act": "grant", "minutes": minutes}:
            number = whole("minutes", minutes)
            return await act(request, lambda state, now: course.grant(state, number))
        case {"act": "warn"}:
            return await act(request, lambda state, now: course.warn(state))
        case other:
            raise unknown(other)


async def on_state(request: web.Request) -> web.Response:
    match await json_object(request):
        case {"act": "start"}:
            return await act(request, lambda state, now: course.start(state))
        case {"act": "end"}:
            return await act(request, lambda state, now: course.end(state))
        case {"act": "extend", "minutes": minutes}:
            number = whole("minutes", minutes)
            return await act(request, lambda state, now: course.extend(state, number))
        case {"act": "postpone", **rest}:
            starts_at, reason = moment("starts_at", rest.get("starts_at")), text("reason", rest.get("reason") or "")
            return await act(request, lambda state, now: course.postpone(state, starts_at, reason, now))
        case {"act": "cancel", **rest}:
            reason = text("reason", rest.get("reason") or "")
            return await act(request, lambda state, now: course.cancel(state, reason))
        case other:
            raise unknown(other)


async def on_chair(request: web.Request) -> web.Response:
    """Only somebody who can press the buttons can lead."""
    username = text("account", (await json_object(request)).get("account"))
    found = await request.app[keys.DATABASE].read(people.account_named, username)
    if found is None or not found[0].may(*LEADS):
        raise Invalid(fields={"account": "meeting.cannot_lead"})
    return await act(request, lambda state, now: course.hand_over(state, username))


async def on_layout(request: web.Request) -> web.Response:
    body = await json_object(request)
    layout = text("layout", body.get("layout"))
    site = None if body.get("site") is None else text("site", body["site"])
    return await act(request, lambda state, now: floor.set_layout(state, layout, site))


async def on_check(request: web.Request) -> web.Response:
    body = await json_object(request)
    site = site_in(await meeting(request), request[keys.WHO].account)
    failed = body.get("failed")
    if not isinstance(failed, list) or len(failed) > 8 or not all(isinstance(each, str) for each in failed):
        raise Invalid(fields={"failed": "check.unknown"})

    def decide(state: LiveState, now: datetime) -> Decision:
        return course.check(state, site, tuple(failed))

    return await act(request, decide)
