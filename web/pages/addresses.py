"""邮箱, for the administrator: where mails to units and people go, and who has no address yet."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import structlog
from aiohttp import web

from meetinghub.addresses import LONGEST_ADDRESS
from meetinghub.errors import Invalid, Refused
from meetinghub.people.address_store import Kind
from web import keys
from web.forms import Form, form
from web.rendering import render

EACH = 40
FURTHEST = 1000
LONGEST_TEXT = 80

log = structlog.get_logger("addresses")


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(request.query))


async def save(request: web.Request) -> web.StreamResponse:
    """Keep every address of the page; the button beside one sends a test mail to it as well."""
    fields = await form(request)
    kind, account = _kind(fields), request[keys.WHO].account
    typed = {number: fields.text(f"mail-{number}", longest=LONGEST_ADDRESS) for number in _numbers(fields)}
    try:
        fields.check()
        changed = await request.app[keys.ADDRESSES].save(kind, typed, account)
        test = fields.text("test", longest=9)
        if test.isascii() and test.isdigit():
            tested = await request.app[keys.ADDRESSES].test(kind, int(test), account)
            log.info("test mail", of=kind.value, number=tested.number)
    except (Invalid, Refused) as error:
        return await _page(
            request, fields, error=error, typed={f"mail-{number}": each for number, each in typed.items()}
        )
    log.info("addresses changed", kind=kind.value, changed=changed)
    raise web.HTTPSeeOther(f"/addresses?{_query(fields, done='test' if test else 'saved')}")


async def _page(
    request: web.Request,
    fields: Form,
    *,
    error: Invalid | Refused | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    kind, number = _kind(fields), _page_number(fields)
    text, without = _text(fields), bool(fields.given.get("without"))
    look = await request.app[keys.ADDRESSES].look(
        kind, text=text, without=without, offset=(number - 1) * EACH, limit=EACH
    )
    words = request[keys.WORDS]
    problems = {}
    if isinstance(error, Invalid):
        problems = {name: words(code) for name, code in error.fields.items()}
    elif error is not None:
        problems = {"addresses": words(error.code)}
    done = request.query.get("done", "")
    return render(
        request,
        "addresses.html",
        status=error.status if error else 200,
        kind=kind,
        kinds=list(Kind),
        look=look,
        text=text,
        without=without,
        page=number,
        typed=typed or {},
        problems=problems,
        done=done if done in {"saved", "test"} and not error else "",
        configured=request.app[keys.CONFIG].smtp is not None,
        newer=f"/addresses?{_query(fields, page=number - 1)}" if number > 1 else None,
        older=f"/addresses?{_query(fields, page=number + 1)}" if number * EACH < look.found.whole else None,
        here=lambda language: f"/addresses?{_query(fields, lang=language)}",
    )


def _query(fields: Form, **more: object) -> str:
    kept = {"kind": _kind(fields).value, "q": _text(fields), "page": _page_number(fields)}
    if fields.given.get("without"):
        kept["without"] = "1"
    return urlencode({**kept, **more})


def _kind(fields: Form) -> Kind:
    return next((each for each in Kind if each.value == fields.given.get("kind")), Kind.DEPARTMENT)


def _text(fields: Form) -> str:
    given = fields.given.get("q", "")
    return given.replace("\x00", "").strip()[:LONGEST_TEXT] if isinstance(given, str) else ""


def _page_number(fields: Form) -> int:
    text = fields.given.get("page", "1")
    return min(FURTHEST, max(1, int(text))) if isinstance(text, str) and text.isascii() and text.isdigit() else 1


def _numbers(fields: Form) -> list[int]:
    names = (str(name).removeprefix("mail-") for name in fields.given if str(name).startswith("mail-"))
    return [int(each) for each in names if each.isascii() and each.isdigit() and len(each) <= 9][: 2 * EACH]
