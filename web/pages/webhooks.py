"""推送: which other systems are told what, whether they hear it, and the log of what they were sent."""

from __future__ import annotations

import structlog
from aiohttp import web

from meetinghub.errors import Error, Invalid, NotFound, Refused
from meetinghub.people.model import Right
from meetinghub.webhooks.events import OFFERED, kind_of, name_of
from meetinghub.webhooks.model import Webhook
from meetinghub.webhooks.states import Health, State
from meetinghub.webhooks.targets import LONGEST
from web import keys
from web.forms import form
from web.rendering import render

LOOKS_AFTER = (Right.ADMINISTRATOR, Right.COORDINATOR)
EACH = 30
FURTHEST = 1000
DONE = {"paused", "resumed", "removed", "resent"}
log = structlog.get_logger("webhooks")


async def index(request: web.Request) -> web.Response:
    return await _page(request)


async def register(request: web.Request) -> web.Response:
    """The answer to this form is the only place where the secret ever stands."""
    fields = await form(request)
    url, names = fields.text("url", longest=LONGEST), fields.several("events")
    kinds = [kind for name in names if (kind := kind_of(name)) is not None]
    try:
        fields.check()
        secret, made = await request.app[keys.WEBHOOKS].register(url, kinds, request[keys.WHO].account)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, url=url, ticked=names)
    log.info("webhook registered", webhook=made.number)
    return await _page(request, secret=secret, made=made)


async def show(request: web.Request) -> web.Response:
    webhook, page = await _webhook(request), _page_number(request)
    found = await request.app[keys.WEBHOOKS].deliveries(webhook.number, offset=(page - 1) * EACH, limit=EACH + 1)
    return render(
        request,
        "webhook.html",
        webhook=webhook,
        names=[name_of(kind) for kind in webhook.kinds],
        deliveries=found[:EACH],
        State=State,
        Health=Health,
        newer=f"/webhooks/{webhook.number}?page={page - 1}" if page > 1 else None,
        older=f"/webhooks/{webhook.number}?page={page + 1}" if len(found) > EACH else None,
        done=_done(request),
    )


async def pause(request: web.Request) -> web.StreamResponse:
    number = _number(request, "webhook")
    await request.app[keys.WEBHOOKS].pause(number, request[keys.WHO].account)
    raise web.HTTPSeeOther(f"/webhooks/{number}?done=paused")


async def resume(request: web.Request) -> web.StreamResponse:
    number = _number(request, "webhook")
    await request.app[keys.WEBHOOKS].resume(number, request[keys.WHO].account)
    raise web.HTTPSeeOther(f"/webhooks/{number}?done=resumed")


async def confirm_remove(request: web.Request) -> web.Response:
    return render(request, "webhook_remove.html", webhook=await _webhook(request))


async def remove(request: web.Request) -> web.StreamResponse:
    number = _number(request, "webhook")
    await request.app[keys.WEBHOOKS].remove(number, request[keys.WHO].account)
    log.info("webhook removed", webhook=number)
    raise web.HTTPSeeOther("/webhooks?done=removed")


async def resend(request: web.Request) -> web.StreamResponse:
    number, delivery = _number(request, "webhook"), _number(request, "delivery")
    await request.app[keys.WEBHOOKS].resend(number, delivery)
    log.info("delivery sent again", webhook=number, delivery=delivery)
    raise web.HTTPSeeOther(f"/webhooks/{number}?done=resent")


async def _page(
    request: web.Request,
    *,
    error: Error | None = None,
    secret: str = "",
    made: Webhook | None = None,
    url: str = "",
    ticked: tuple[str, ...] = (),
) -> web.Response:
    words = request[keys.WORDS]
    problems = error.fields if isinstance(error, Invalid) else {}
    return render(
        request,
        "webhooks.html",
        status=error.status if error else 200,
        webhooks=await request.app[keys.WEBHOOKS].all(),
        offered=[name_of(kind) for kind in OFFERED],
        secret=secret,
        made=made,
        url=url,
        ticked=ticked,
        longest=LONGEST,
        State=State,
        Health=Health,
        problems={field: words(code) for field, code in problems.items()}
        or ({"url": words(error.code, **error.values)} if error else {}),
        done=_done(request),
        here=lambda language: f"/webhooks?lang={language}",
    )


async def _webhook(request: web.Request) -> Webhook:
    return await request.app[keys.WEBHOOKS].one(_number(request, "webhook"))


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("webhook.not_found")
    return int(text)


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return min(FURTHEST, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _done(request: web.Request) -> str:
    done = request.query.get("done", "")
    return done if done in DONE else ""
