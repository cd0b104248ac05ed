"""HTTP around an operation: reading what was sent, doing it once, writing the answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session as Db

from meetinghub.errors import Invalid, Malformed, Unconditional, Unsupported
from meetinghub.repeats.service import once
from meetinghub.repeats.store import Answer
from web import keys
from web.api.model import Model
from web.api.operation import Call, Operation, Reply
from web.api.problems import of_validation
from web.entry import Entry

JSON = "application/json"
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,200})"?')
"""The draft's quoted string, or the bare one that most clients send."""


def entry(operation: Operation) -> Entry:
    """The operation's line in the table of addresses."""
    shapes = operation.query, operation.body

    async def handle(request: web.Request) -> web.StreamResponse:
        given = await _given(request, *shapes)
        if operation.guarded and "If-Match" not in request.headers:
            raise Unconditional("api.no_condition")
        call = Call(request)

        async def act() -> Answer:
            return _answer(await operation.handler(call, **given))

        return _response(await (act() if operation.method == "GET" else _once(operation, request, act)))

    return Entry(operation.method, operation.address, handle, operation.access, scope=operation.scope)


async def _once(operation: Operation, request: web.Request, act: Callable[[], Awaitable[Answer]]) -> Answer:
    key = _key(request)
    account, database = request[keys.WHO].account, request.app[keys.DATABASE]
    fingerprint, now = await _fingerprint(request), request.app[keys.CLOCK].now()
    ready = None if operation.writes else await act()

    async def do() -> Answer:
        return await act() if ready is None else ready

    async def whole(db: Db) -> Answer:
        return await (do() if key is None else once(db, account.id, key, fingerprint, now, do))

    if ready is not None and key is None:
        return ready
    return await database.as_one(whole)


async def _given(request: web.Request, query: type[Model] | None, body: type[Model] | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    try:
        if query is not None:
            given["query"] = query.model_validate_strings(_strings(request, query))
        elif request.query:
            raise Invalid(fields={name: "api.field_unknown" for name in request.query})
        if body is not None:
            if request.content_type != JSON:
                raise Unsupported("api.not_json")
            given["body"] = body.model_validate_json(await request.read())
    except ValidationError as error:
        raise of_validation(error) from None
    return given


def _strings(request: web.Request, query: type[Model]) -> dict[str, Any]:
    """Only what the model calls a list may be given more than once."""
    found: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        field = query.model_fields.get(name)
        several = field is not None and "list" in str(field.annotation)
        if len(values) > 1 and not several:
            raise Invalid(fields={name: "form.invalid"})
        found[name] = values if several else values[0]
    return found


def _key(request: web.Request) -> str | None:
    if "Idempotency-Key" not in request.headers:
        return None
    found = _KEY.fullmatch(request.headers["Idempotency-Key"].strip())
    if found is None:
        raise Malformed("api.bad_key")
    return found[1]


async def _fingerprint(request: web.Request) -> str:
    """What was asked: the same key with another one of these is a mistake of the asker's."""
    parts = (request.method, request.path_qs, request.headers.get("If-Match", ""))
    head = "\n".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(head + b"\n\n" + await request.read()).hexdigest()


def _answer(reply: Reply[Any]) -> Answer:
    headers = {}
    if reply.mark:
        headers["ETag"] = f'"{reply.mark}"'
    if reply.location:
        headers["Location"] = reply.location
    return Answer(reply.status, headers, reply.model.model_dump_json())


def _response(answer: Answer) -> web.Response:
    headers = dict(answer.headers)
    if answer.repeated:
        headers["Idempotent-Replayed"] = "true"
    return web.Response(body=answer.body.encode(), status=answer.status, content_type=JSON, headers=headers)
