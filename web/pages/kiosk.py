"""The page of a paired PC, and of one that is to be: it shows a code until an administrator has typed it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from aiohttp import web

from meetinghub.ids import site_identity
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing
from meetinghub.meetings.upcoming import CHECK, COMING, DOORS, upcoming
from meetinghub.people.model import Account
from web import keys, security
from web.live import MEETINGS
from web.rendering import build_id, render

AHEAD = timedelta(days=31)
BEHIND = timedelta(hours=12)
SHOWN = 100


async def show(request: web.Request) -> web.Response:
    """The same page for every PC and without a secret in it: the browser keeps it for when no server answers."""
    response = render(request, "live/kiosk.html")
    config = request.app[keys.CONFIG]
    # Documents are shown within the page: a PC in a committee's room has no other window to show them in.
    response.headers["Content-Security-Policy"] = security.content_policy(config, request, frames="blob:")
    if keys.WHO in request:  # its cookie lives as long as the page is opened now and then
        token = security.read_cookie(config, request, security.DEVICE)
        security.set_cookie(config, response, security.DEVICE, token, max_age=security.YEAR)
    return response


async def state(request: web.Request) -> web.Response:
    """What a PC asks every few seconds: is it paired, as what, and which meeting is next. ``?inside=`` names the one
    it is in."""
    now, who = request.app[keys.CLOCK].now(), request.get(keys.WHO)
    body: dict[str, object] = {
        "now": _text(now),
        "build": build_id(request.app[keys.BUILT]),
        "csrf": request[keys.CSRF],
        "phone": "",
        "device": None,
        "meeting": None,
    }
    if who is None:
        body["phone"] = await request.app[keys.DEVICES].help_phone()
        return web.json_response(body)
    account = who.account
    assert account.seat is not None
    site = site_identity(account.seat)
    body["device"] = {"id": account.device, "site": site, "committee": account.name}
    found = upcoming(await _listed(request, account, now), now, inside=_inside(request))
    if found is not None:
        body["meeting"] = _meeting(found, site)
    return web.json_response(body)


async def ask(request: web.Request) -> web.Response:
    """A fresh code for this PC: ``{"code", "expires_at", "now"}``."""
    config = request.app[keys.CONFIG]
    token, code = await request.app[keys.DEVICES].ask(
        security.read_cookie(config, request, security.DEVICE),
        address=security.client_address(config, request),
        agent=request.headers.get("User-Agent", ""),
    )
    now = request.app[keys.CLOCK].now()
    response = web.json_response({"code": code.digits, "expires_at": _text(code.expires_at), "now": _text(now)})
    security.set_cookie(config, response, security.DEVICE, token, max_age=security.YEAR)
    return response


async def worker(request: web.Request) -> web.StreamResponse:
    """The script that answers for the page when no server does. Its address never changes, so that browsers look
    whether it is still the same."""
    built = request.app[keys.BUILT]
    name = json.loads((built / "manifest.json").read_text(encoding="utf-8"))["kiosk-worker.js"]
    return web.FileResponse(built / name, headers={"Cache-Control": "no-cache"})


async def _listed(request: web.Request, account: Account, now: datetime) -> list[Listing]:
    meetings = request.app[MEETINGS]
    live = await meetings.listings(states=(State.LIVE,), committee=account.committee, limit=SHOWN)
    coming = await meetings.listings(
        since=now - BEHIND, until=now + AHEAD, states=COMING, committee=account.committee, limit=SHOWN
    )
    return [*live, *coming]


def _inside(request: web.Request) -> int | None:
    text = request.query.get("inside", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _meeting(found: Listing, site: str) -> dict[str, object]:
    at, agenda = found.starts_at, []
    for segment in found.segments:
        mine = segment.sites is None or site in segment.sites
        agenda.append(
            {"at": _text(at), "department": segment.department, "title": segment.title, "mine": mine},
        )
        at += timedelta(minutes=segment.minutes)
    return {
        "id": found.id,
        "title": found.title,
        "state": found.state.value,
        "starts_at": _text(found.starts_at),
        "ends_at": _text(found.ends_at),
        "checks_at": _text(found.starts_at - CHECK),
        "opens_at": _text(found.starts_at - DOORS),
        "agenda": agenda,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
