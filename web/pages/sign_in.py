"""Signing in and out."""

from __future__ import annotations

from aiohttp import web

from meetinghub.errors import Invalid, TooMany
from web import keys, security
from web.forms import form
from web.rendering import render

LONGEST_NAME = 40
LONGEST_PASSWORD = 200


async def show(request: web.Request) -> web.Response:
    """The form; somebody who is signed in goes on at once."""
    onward = security.local_path(request.query.get("next", "/"))
    if keys.WHO in request:
        raise web.HTTPSeeOther(onward)
    return _page(request, onward=onward)


async def submit(request: web.Request) -> web.StreamResponse:
    """Sign in and go where the person wanted to go. What was typed is kept on any error, except the password."""
    config, accounts, metrics = request.app[keys.CONFIG], request.app[keys.ACCOUNTS], request.app[keys.METRICS]
    fields = await form(request)
    onward = security.local_path(fields.text("next", longest=2000) or "/")
    username = fields.text("username", longest=LONGEST_NAME, missing="sign_in.username_missing").lower()
    password = fields.text("password", longest=LONGEST_PASSWORD, missing="sign_in.password_missing", strip=False)
    proofs = security.read_cookie(config, request, security.KNOWN)
    mine = accounts.proof_for(username)
    try:
        fields.check()
        cookie, _ = await accounts.sign_in(
            username,
            password,
            address=security.client_address(config, request),
            agent=request.headers.get("User-Agent", ""),
            proof=mine if mine in proofs.split(".") else "",
            old=security.read_cookie(config, request, security.SESSION),
        )
    except Invalid as error:
        metrics.sign_ins.labels("wrong").inc()
        return _page(request, onward=onward, username=username, problems=dict(error.fields), status=error.status)
    except TooMany as error:
        metrics.sign_ins.labels("too_many").inc()
        minutes = -(-error.retry_after // 60)
        page = _page(request, onward=onward, username=username, wait_minutes=minutes, status=error.status)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    metrics.sign_ins.labels("good").inc()
    response = web.HTTPSeeOther(onward)
    security.set_cookie(config, response, security.SESSION, cookie)
    security.set_cookie(config, response, security.KNOWN, security.remember(proofs, mine), max_age=security.YEAR)
    security.drop_cookie(config, response, security.VISITOR)
    raise response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End this session."""
    config = request.app[keys.CONFIG]
    await request.app[keys.ACCOUNTS].sign_out(request[keys.WHO])
    response = web.HTTPSeeOther("/sign-in")
    security.drop_cookie(config, response, security.SESSION)
    raise response


def _page(
    request: web.Request,
    *,
    onward: str,
    username: str = "",
    problems: dict[str, str] | None = None,
    wait_minutes: int = 0,
    status: int = 200,
) -> web.Response:
    return render(
        request,
        "sign_in.html",
        status=status,
        onward=onward,
        username=username,
        problems=problems or {},
        wait_minutes=wait_minutes,
    )
