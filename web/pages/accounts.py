"""Everybody's accounts, for the administrator: a new password for who forgot it, signing out a lost PC."""

from __future__ import annotations

import structlog
from aiohttp import web

from meetinghub.errors import NotFound
from meetinghub.ids import AccountId
from web import keys
from web.rendering import render

log = structlog.get_logger("accounts")


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def reset_password(request: web.Request) -> web.Response:
    """The new password is on this one answer and nowhere else."""
    account, password = await request.app[keys.ACCOUNTS].reset_password(_number(request))
    log.info("password reset", of=account.username)
    return await _page(request, changed=account.username, password=password)


async def sign_out(request: web.Request) -> web.Response:
    account = await request.app[keys.ACCOUNTS].sign_out_everywhere(_number(request))
    log.info("signed out everywhere", of=account.username)
    return await _page(request, changed=account.username)


async def _page(request: web.Request, *, changed: str = "", password: str = "") -> web.Response:
    accounts = await request.app[keys.ACCOUNTS].all()
    return render(request, "accounts.html", accounts=accounts, changed=changed, password=password)


def _number(request: web.Request) -> AccountId:
    text = request.match_info["account"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("account.not_found")
    return AccountId(int(text))
