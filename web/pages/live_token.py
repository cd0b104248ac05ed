"""Tokens for the media room: who may enter as what."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from meetinghub.errors import Forbidden, Invalid, Refused
from meetinghub.ids import MeetingId, room_name
from meetinghub.meetings.admission import Entrance, identity_of
from meetinghub.meetings.lifecycle import FINAL
from meetinghub.people.model import Account, Right
from web import keys
from web.forms import json_object
from web.live import ADMISSION, LEADS, PACE, PROJECTION, RESERVATIONS, meeting, own_site


async def issue(request: web.Request) -> web.Response:
    """``{"as": …}`` → ``{"url", "token", "identity", "room"}``. Nobody enters a meeting that is over."""
    account = request[keys.WHO].account
    asked = (await json_object(request)).get("as") if request.can_read_body else None
    entrance = _entrance(account, asked)
    now = asyncio.get_running_loop().time()
    request.app[PACE].spend(f"token {account.username}", now)
    live = await meeting(request)
    number = live.meeting.id
    if live.state.state in FINAL:
        raise Refused("meeting.over", state=live.state.state.value)
    projection, reservations = request.app[PROJECTION], request.app[RESERVATIONS]
    taken = projection.taken(number) | reservations.held(number, now)
    identity = identity_of(entrance, username=account.username, site=own_site(account), taken=taken)
    if identity is None:
        raise Refused("meeting.no_free_wall")
    if entrance is Entrance.WALL:
        reservations.hold(number, identity, now)
    structlog.contextvars.bind_contextvars(participant=identity)
    site = live.meeting.site(identity)
    name = site.name if site else account.name
    token = request.app[ADMISSION].token(number, entrance, identity, name, device=account.device)
    return web.json_response(
        {"url": _url(request), "token": token, "identity": identity, "room": room_name(MeetingId(number))}
    )


def _entrance(account: Account, asked: object) -> Entrance:
    leads = account.may(*LEADS)
    if asked is None:
        return Entrance.CONSOLE if leads else Entrance.SITE
    if not isinstance(asked, str) or asked not in set(Entrance):
        raise Invalid(fields={"as": "act.unknown"})
    entrance = Entrance(asked)
    if account.may(Right.SITE) if entrance is Entrance.SITE else leads:
        return entrance
    raise Forbidden("access.denied")


def _url(request: web.Request) -> str:
    """Where LiveKit's client connects: this page's own origin, or the external server."""
    config = request.app[keys.CONFIG]
    if config.livekit_url is not None:
        url: str = config.livekit_url
        return f"ws{url.removeprefix('http')}" if url.startswith("http") else url
    return f"{'wss' if config.secure else 'ws'}://{request.host}"
