"""分会场电脑, for the administrator: which PCs are paired, pairing another one by its code, letting one go."""

from __future__ import annotations

from datetime import timedelta

import structlog
from aiohttp import web

from meetinghub.devices.model import Asking, Device
from meetinghub.errors import Invalid, NotFound
from meetinghub.ids import CommitteeId, DeviceId
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.upcoming import COMING, DOORS
from meetinghub.people import store as people
from web import keys, security
from web.forms import Form, form
from web.live import MEETINGS, PROJECTION
from web.rendering import render

LONGEST_CODE = 20
AWAY = timedelta(minutes=3)
"""A PC that has not been seen for this long is shown as switched off."""

log = structlog.get_logger("devices")


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def look_up(request: web.Request) -> web.Response:
    """The PC behind a code, to be recognised before it becomes a site."""
    fields = await form(request)
    code = fields.text("code", longest=LONGEST_CODE, missing="pairing.code_missing")
    try:
        fields.check()
        asking = await request.app[keys.DEVICES].look_up(code, request[keys.WHO].account, address=_address(request))
    except Invalid as error:
        return await _page(request, code=code, problems=dict(error.fields), status=error.status)
    return await _confirm(request, asking, code=code)


async def pair(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    code = fields.text("code", longest=LONGEST_CODE, missing="pairing.code_missing")
    devices, by = request.app[keys.DEVICES], request[keys.WHO].account
    committee = _committee(fields)
    try:
        if committee is None:
            asking = await devices.look_up(code, by, address=_address(request))
            return await _confirm(request, asking, code=code, problems={"committee": "pairing.committee_missing"})
        made = await devices.pair(code, committee, by, address=_address(request))
    except Invalid as error:
        return await _page(request, code=code, problems=dict(error.fields), status=error.status)
    log.info("paired", device=made.id, seat=made.seat)
    raise web.HTTPSeeOther(f"/devices?paired={made.id}")


async def confirm_unpair(request: web.Request) -> web.Response:
    return render(request, "device_unpair.html", device=await request.app[keys.DEVICES].one(_number(request)))


async def unpair(request: web.Request) -> web.StreamResponse:
    """From here on the PC is a stranger; a meeting it is in sends it away."""
    gone = await request.app[keys.DEVICES].unpair(_number(request), request[keys.WHO].account)
    log.info("unpaired", device=gone.id, seat=gone.seat)
    await _send_away(request, gone)
    raise web.HTTPSeeOther("/devices?unpaired=yes")


async def _send_away(request: web.Request, gone: Device) -> None:
    """Rooms look at once whether it is in them; they look again by themselves every few seconds."""
    meetings, now = request.app[MEETINGS], request.app[keys.CLOCK].now()
    live = await meetings.listings(states=(State.LIVE,), committee=gone.committee_id)
    coming = await meetings.listings(
        since=now - timedelta(days=1), until=now + 2 * DOORS, states=COMING, committee=gone.committee_id
    )
    for each in (*live, *coming):
        request.app[PROJECTION].look_again(each.id)


async def _page(
    request: web.Request, *, code: str = "", problems: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    devices = await request.app[keys.DEVICES].all()
    now = request.app[keys.CLOCK].now()
    new = request.query.get("paired", "")
    return render(
        request,
        "devices.html",
        status=status,
        devices=devices,
        away={each.id for each in devices if now - each.seen_at > AWAY},
        code=code,
        problems=problems or {},
        paired=next((each for each in devices if str(each.id) == new), None),
        unpaired="unpaired" in request.query,
    )


async def _confirm(
    request: web.Request, asking: Asking, *, code: str, problems: dict[str, str] | None = None
) -> web.Response:
    committees = await request.app[keys.DATABASE].read(people.committees)
    paired = {each.committee_id for each in await request.app[keys.DEVICES].all()}
    return render(
        request,
        "device_pair.html",
        status=422 if problems else 200,
        asking=asking,
        code=code,
        committees=committees,
        paired=paired,
        problems=problems or {},
    )


def _committee(fields: Form) -> CommitteeId | None:
    text = fields.text("committee", longest=9)
    return CommitteeId(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _number(request: web.Request) -> DeviceId:
    text = request.match_info["device"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("device.not_found")
    return DeviceId(int(text))


def _address(request: web.Request) -> str:
    return security.client_address(request.app[keys.CONFIG], request)
