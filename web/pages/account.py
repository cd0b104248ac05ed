"""The signed-in person's own account: where it is signed in, and its password."""

from __future__ import annotations

from aiohttp import web

from meetinghub.errors import Invalid
from meetinghub.words import LANGUAGES
from web import keys
from web.forms import form
from web.pages.sign_in import LONGEST_PASSWORD
from web.rendering import render


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def sign_out_elsewhere(request: web.Request) -> web.StreamResponse:
    """End the account's other sessions."""
    await request.app[keys.ACCOUNTS].sign_out_elsewhere(request[keys.WHO])
    raise web.HTTPSeeOther("/account?done=elsewhere")


async def change_password(request: web.Request) -> web.StreamResponse:
    """Replace the password; every other session of the account ends with it."""
    fields = await form(request)
    old = fields.text("old", longest=LONGEST_PASSWORD, missing="account.password_wrong", strip=False)
    new = fields.text("new", longest=LONGEST_PASSWORD, missing="account.password_missing", strip=False)
    try:
        fields.check()
        await request.app[keys.ACCOUNTS].change_password(request[keys.WHO], old=old, new=new)
    except Invalid as error:
        return await _page(request, problems=dict(error.fields), status=error.status)
    raise web.HTTPSeeOther("/account?done=password")


async def choose_language(request: web.Request) -> web.StreamResponse:
    """In which language mails to this account are written."""
    language = (await form(request)).text("language", longest=8)
    if language not in LANGUAGES:
        raise Invalid()
    await request.app[keys.ACCOUNTS].choose_language(request[keys.WHO], language)
    raise web.HTTPSeeOther("/account?done=language")


async def _page(request: web.Request, *, problems: dict[str, str] | None = None, status: int = 200) -> web.Response:
    sessions = await request.app[keys.ACCOUNTS].sessions(request[keys.WHO])
    done = request.query.get("done", "")
    return render(
        request,
        "account.html",
        status=status,
        sessions=sessions,
        problems=problems or {},
        languages=list(LANGUAGES),
        done=done if done in {"elsewhere", "password", "language"} else "",
    )
