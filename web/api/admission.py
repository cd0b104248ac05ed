"""Who asks the API: a token and nothing else. Cookies are not looked at, so no other site can make a browser ask."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from meetinghub.errors import Forbidden, Unauthenticated
from meetinghub.people.model import Session, SignedIn
from web import keys, security
from web.api import limits
from web.entry import Entry


async def admit(request: web.Request, entry: Entry) -> None:
    """Note who shows a token, count the request, and refuse what the token does not open."""
    if entry.access.everyone:
        return
    app, now = request.app, asyncio.get_running_loop().time()
    address = security.client_address(app[keys.CONFIG], request)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    bearer = await app[keys.TOKENS].bearer(secret.strip(), address=address) if scheme.lower() == "bearer" else None
    if bearer is None:
        request[keys.SPENT] = app[keys.LIMITS].stranger(address, now)
        limits.refuse_if_over(request[keys.SPENT])
        raise Unauthenticated("api.no_token" if not secret else "api.bad_token")
    request[keys.SPENT] = app[keys.LIMITS].by_token(bearer.token.number, now)
    token = bearer.token
    session = Session("", "", token.created_at, token.used_at or token.created_at, address, "")
    request[keys.BEARER], request[keys.WHO] = bearer, SignedIn(bearer.account, session)
    structlog.contextvars.bind_contextvars(account=bearer.account.username, token=token.number)
    limits.refuse_if_over(request[keys.SPENT])
    if not entry.access.allows(bearer.account):
        raise Forbidden("access.denied")
    if entry.scope is not None and entry.scope not in bearer.scopes:
        raise Forbidden("api.scope_missing", scope=entry.scope.value)
