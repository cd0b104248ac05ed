"""What all acts of a live meeting share: carrying one out, and reading the values in its body."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web

from meetinghub.errors import Invalid
from meetinghub.meetings.service import Decide
from web import keys
from web.live import MEETINGS, PACE, PROJECTION, meeting_id

LONGEST_TEXT = 400


async def act(request: web.Request, decide: Decide) -> web.Response:
    number, username = meeting_id(request), request[keys.WHO].account.username
    request.app[PACE].spend(username, asyncio.get_running_loop().time())
    live = await request.app[MEETINGS].act(number, decide, username)
    request.app[PROJECTION].wake(number, live, urgent=True)
    return web.json_response({"revision": live.state.revision})


def unknown(body: dict[str, Any]) -> Invalid:
    return Invalid("act.unknown", fields={"act": "act.unknown"})


def whole(name: str, value: object) -> int:
    if type(value) is not int or abs(value) > 10**6:
        raise Invalid(fields={name: "form.not_a_number"})
    return value


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(fields={name: "form.not_text"})
    if len(value) > LONGEST_TEXT:
        raise Invalid(fields={name: "form.too_long"})
    return value


def moment(name: str, value: object) -> datetime:
    """RFC 3339, with its offset."""
    try:
        moment = datetime.fromisoformat(text(name, value))
    except ValueError:
        raise Invalid(fields={name: "form.not_a_time"}) from None
    if moment.tzinfo is None:
        raise Invalid(fields={name: "form.not_a_time"})
    return moment
