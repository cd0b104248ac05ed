"""访问令牌: an account's own tokens for programmes; making one shows its secret once."""

from __future__ import annotations

import structlog
from aiohttp import web

from meetinghub.errors import Error, Invalid, NotFound, Refused
from meetinghub.tokens.model import DAYS, LONGEST_NAME, Token
from meetinghub.tokens.scopes import Scope, offered
from web import keys
from web.forms import form
from web.rendering import render

log = structlog.get_logger("tokens")


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def make(request: web.Request) -> web.Response:
    """The answer to this page's form is the only place where the secret ever stands."""
    fields = await form(request)
    name, days = fields.text("name", longest=LONGEST_NAME), fields.text("days", longest=4)
    ticked = [scope for scope in Scope if scope.value in fields.several("scopes")]
    try:
        fields.check()
        secret, made = await request.app[keys.TOKENS].make(
            request[keys.WHO].account,
            name=name,
            scopes=ticked,
            days=int(days) if days.isascii() and days.isdecimal() else 0,
        )
    except (Invalid, Refused) as error:
        return await _page(request, error=error, name=name, ticked=ticked, days=days)
    log.info("token made", token=made.number)
    return await _page(request, secret=secret, made=made)


async def revoke(request: web.Request) -> web.StreamResponse:
    text = request.match_info["key"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("token.not_found")
    await request.app[keys.TOKENS].revoke(int(text), request[keys.WHO].account)
    log.info("token revoked", token=int(text))
    raise web.HTTPSeeOther("/account/tokens?done=revoked")


async def _page(
    request: web.Request,
    *,
    error: Error | None = None,
    secret: str = "",
    made: Token | None = None,
    name: str = "",
    ticked: list[Scope] | None = None,
    days: str = "90",
) -> web.Response:
    account, words = request[keys.WHO].account, request[keys.WORDS]
    problems = error.fields if isinstance(error, Invalid) else {}
    return render(
        request,
        "tokens.html",
        status=error.status if error else 200,
        tokens=await request.app[keys.TOKENS].of(account),
        offered=offered(account.rights),
        secret=secret,
        made=made,
        name=name,
        ticked=ticked or [],
        days=days,
        choices=DAYS,
        longest=LONGEST_NAME,
        problems={field: words(code) for field, code in problems.items()}
        or ({"name": words(error.code, **error.values)} if error else {}),
        done=request.query.get("done", "") == "revoked",
        api=f"{request.app[keys.CONFIG].public_url}/api/v1",
        here=lambda language: f"/account/tokens?lang={language}",
    )
