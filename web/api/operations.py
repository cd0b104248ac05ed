"""Everything that can be asked of the API, and the document that says so."""

from __future__ import annotations

import json
from functools import cache

from aiohttp import web

from meetinghub.tokens.scopes import Scope
from web.access import PUBLIC, SIGNED_IN
from web.api import edge, me, meetings, openapi
from web.api.operation import ROOT, Operation
from web.entry import Entry

OPERATIONS = [
    Operation("GET", "/me", me.show, SIGNED_IN, None, "token", "Whose token this is, and what it opens"),
    Operation(
        "GET", "/meetings", meetings.index, SIGNED_IN, Scope.MEETINGS_READ, "meetings", "Meetings by their start"
    ),
    Operation("GET", "/meetings/{id}", meetings.show, SIGNED_IN, Scope.MEETINGS_READ, "meetings", "One meeting"),
]


@cache
def _document() -> str:
    return json.dumps(openapi.document(OPERATIONS), ensure_ascii=False, sort_keys=True)


async def describe(request: web.Request) -> web.Response:
    return web.Response(text=_document(), content_type="application/json")


API: list[Entry] = [
    Entry("GET", f"{ROOT}/openapi.json", describe, PUBLIC, anonymous=True),
    *(edge.entry(each) for each in OPERATIONS),
]
"""The API's lines in the table of addresses."""
