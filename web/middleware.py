"""What happens around every handler: a number to call it by, words, errors as answers, who is asking and may they.

Order, from the outside in: :func:`observe` → :func:`speak` → :func:`mend` → :func:`admit` → handler.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from aiohttp import web

from meetinghub.errors import Error, Forbidden, TooMany, Unauthenticated
from meetinghub.people.model import SignedIn
from meetinghub.words import LANGUAGES, all_words, negotiate
from web import keys, security
from web.access import Access
from web.api import admission, limits
from web.api.problems import of_api
from web.entry import Entry
from web.problems import answer, of_http, unexpected

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
"""Counted by name; a stranger's invention is not, so that figures stay few."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters and figures that are mistaken for one another when read out."""

log = structlog.get_logger("web")


def request_id() -> str:
    """Eight characters in two groups, such as ``K7QM-3XWD``."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Number, time, count and log the request. Neither the query is logged nor a path with a token in it."""
    began = time.perf_counter()
    request[keys.REQUEST_ID] = request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=request[keys.REQUEST_ID])
    if "id" in request.match_info:
        structlog.contextvars.bind_contextvars(meeting=request.match_info["id"])
    status = 499  # the browser went away
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as redirect:
        status = redirect.status
        raise
    finally:
        seconds = time.perf_counter() - began
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        metrics = request.app[keys.METRICS]
        method = request.method if request.method in METHODS else "other"
        metrics.requests.labels(method, route, str(status)).inc()
        if status != 101:
            metrics.seconds.labels(route).observe(seconds)
        who = request.get(keys.WHO)
        log.info(
            "request",
            method=request.method,
            path=route if "token" in request.match_info else request.path,
            status=status,
            ms=round(seconds * 1000, 1),
            account=who.account.username if who else None,
        )


@web.middleware
async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Choose the language: ``?lang=`` (remembered), then the cookie, then what the browser prefers.

    A programme that asks the API has neither; its header counts.
    """
    if of_api(request):
        request[keys.WORDS] = all_words()[negotiate(_preferences(request.headers.get("Accept-Language", "")))]
        response = await handler(request)
        response.headers["Content-Language"] = request[keys.WORDS].language
        response.headers["Vary"] = "Accept-Language, Authorization"
        return response
    config = request.app[keys.CONFIG]
    asked = request.query.get("lang", "")
    kept = security.read_cookie(config, request, security.LANGUAGE)
    if asked in LANGUAGES:
        language = asked
    elif kept in LANGUAGES:
        language = kept
    else:
        language = negotiate(_preferences(request.headers.get("Accept-Language", "")))
    request[keys.WORDS] = all_words()[language]
    response = await handler(request)
    if asked in LANGUAGES and asked != kept and not response.prepared:
        security.set_cookie(config, response, security.LANGUAGE, asked, max_age=security.YEAR)
    return response


@web.middleware
async def mend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into a page or a JSON object, in the reader's language."""
    try:
        return await handler(request)
    except Error as error:
        if isinstance(error, Unauthenticated) and request.method in SAFE and "text/html" in _accepted(request):
            raise web.HTTPSeeOther(f"/sign-in?next={quote(request.path_qs, safe='')}") from None
        response = answer(request, error)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return of_http(request, error)
    except Exception:
        log.exception("unexpected")
        return unexpected(request)


@web.middleware
async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks, whether the request was forged, and whether the route's entry lets it in."""
    config = request.app[keys.CONFIG]
    entry = request.app[keys.ENTRIES].get(request.match_info.route)
    if of_api(request):
        if request.match_info.http_exception is not None:
            raise request.match_info.http_exception
        assert entry is not None
        await admission.admit(request, entry)
        return await handler(request)
    fresh = "" if entry is not None and entry.anonymous else await _recognise(request, entry)
    if request.match_info.http_exception is not None:
        raise request.match_info.http_exception
    if entry is None:
        raise Forbidden("access.denied")
    _let_in(entry.access, request)
    if entry.largest is not None:
        return await _with_files(request.clone(client_max_size=entry.largest), handler)
    if request.method not in SAFE and not entry.foreign:
        await _refuse_forged(request)
    response = await handler(request)
    page = response.content_type == "text/html" or (entry.of_device and request.method in SAFE)
    if fresh and page and not response.prepared:
        security.set_cookie(config, response, security.VISITOR, fresh)
    return response


async def _with_files(request: web.Request, handler: Handler) -> web.StreamResponse:
    """``request`` is one of its own, so aiohttp does not close the files it read of it."""
    posted = await request.post()  # what is too large is refused here, and leaves nothing open
    try:
        await _refuse_forged(request)
        return await handler(request)
    finally:
        for field in posted.values():
            if isinstance(field, web.FileField):
                field.file.close()


async def _recognise(request: web.Request, entry: Entry | None) -> str:
    """Note who asks and the token their forms carry; for a browser never seen before, the cookie it is to get."""
    config = request.app[keys.CONFIG]
    of_device = (entry is not None and entry.of_device) or security.DEVICE_HEADER in request.headers
    who = await (_device(request) if of_device else _person(request))
    if who is not None:
        request[keys.WHO] = who
        request[keys.CSRF] = who.session.csrf
        structlog.contextvars.bind_contextvars(account=who.account.username)
        return ""
    known = security.read_cookie(config, request, security.VISITOR)
    visitor = known or security.new_visitor()
    request[keys.CSRF] = security.visitor_token(config, visitor)
    return "" if known else visitor


async def _person(request: web.Request) -> SignedIn | None:
    cookie = security.read_cookie(request.app[keys.CONFIG], request, security.SESSION)
    return await request.app[keys.ACCOUNTS].signed_in(cookie) if cookie else None


async def _device(request: web.Request) -> SignedIn | None:
    config = request.app[keys.CONFIG]
    token = security.read_cookie(config, request, security.DEVICE)
    if not token:
        return None
    address, agent = security.client_address(config, request), request.headers.get("User-Agent", "")
    return await request.app[keys.DEVICES].signed_in(token, address=address, agent=agent)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Signal handler: give every answer the security headers it does not set itself."""
    for name, value in security.headers(request.app[keys.CONFIG], request).items():
        response.headers.setdefault(name, value)
    if (spent := request.get(keys.SPENT)) is not None:
        response.headers.update(limits.headers(spent))
    response.headers["Server"] = "MeetingHub"


def _let_in(access: Access, request: web.Request) -> None:
    who = request.get(keys.WHO)
    seat = request.match_info.get("seat", "")
    if access.allows(who.account if who else None, seat=int(seat) if seat.isascii() and seat.isdigit() else None):
        return
    if who is None:
        raise Unauthenticated("access.sign_in_first")
    raise Forbidden("access.denied")


async def _refuse_forged(request: web.Request) -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("access.forged")
    given = request.headers.get("X-CSRF-Token", "")
    if not given and request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        field = (await request.post()).get("csrf", "")
        given = field if isinstance(field, str) else ""
    if not security.same(given, request[keys.CSRF]):
        raise Forbidden("access.forged")


def _accepted(request: web.Request) -> str:
    return request.headers.get("Accept", "")


def _preferences(header: str) -> list[str]:
    """Tags of an Accept-Language header (RFC 9110 12.5.4), most wanted first."""
    found: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), tag))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(found, key=lambda pair: pair[0]) if tag and weight != 0]
