"""The document that describes the API (OpenAPI 3.1), made from the operations and the classes that read and answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from web.api.model import MOST_NUMBER, Model, Problem
from web.api.operation import Operation
from web.api.problems import TYPE

VERSION = "1.0.0"
_ABOUT = (
    "Meetings, requests, ride claims, approvals, agendas, policies and usage of a street office. Every request carries "
    "a personal token. A POST may carry an Idempotency-Key: asked again within 24 hours, it is answered as before and "
    "nothing is done twice. Words are Chinese unless Accept-Language asks for English; codes never change."
)
_RATE = {
    name: {"schema": {"type": "integer"}, "description": text}
    for name, text in {
        "RateLimit-Limit": "Requests a minute.",
        "RateLimit-Remaining": "Of them left.",
        "RateLimit-Reset": "Seconds until all are there again.",
    }.items()
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Chosen by the asker, one for each act.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21\\x23-\\x7e]+$"},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the state that this is to change.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{1,64}"$'},
}
_NAMES = {
    400: "What was sent is no JSON, or a header cannot be read.",
    401: "No token, or one that opens nothing.",
    403: "The account or the token may not.",
    404: "No such thing, or not for this account.",
    409: "A rule says no; the detail says why.",
    412: "It has changed since; read it again.",
    413: "Too large.",
    415: "The body must be application/json.",
    422: "A field cannot be used; each is named.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when to go on.",
    503: "A part that this depends on does not answer.",
}
"""Refusals → when they are given."""


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    operations = list(operations)
    shapes = _Shapes(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.address, {})[each.method.lower()] = _operation(each, shapes)
    found = {
        "openapi": "3.1.0",
        "info": {"title": "MeetingHub", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": shapes.definitions,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A personal token of /account/tokens."}
            },
        },
    }
    return _short(found)


def _short(found: dict[str, Any]) -> dict[str, Any]:
    """Two classes of one name are told apart by their modules: the last part of it is enough."""
    text = json.dumps(found)
    short: dict[str, Any] = json.loads(re.sub(r"\b(?:[a-z_]+?__)+([a-z_]+?)__([A-Z]\w+)\b", _joined, text))
    return short


def _joined(match: re.Match[str]) -> str:
    return match[1].capitalize() + match[2]


class _Shapes:
    """Every class once, by name; a class that reads otherwise than it writes has two."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: dict[tuple[type[Model], JsonSchemaMode], None] = {(Problem, "serialization"): None}
        for each in operations:
            wanted[each.answer, "serialization"] = None
            for shape in (each.body, each.query):
                if shape is not None:
                    wanted[shape, "validation"] = None
        found, whole = models_json_schema(list(wanted), ref_template="#/components/schemas/{model}")
        self._found: Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]] = found
        self.definitions: dict[str, Any] = whole.get("$defs", {})

    def body(self, shape: type[Model]) -> dict[str, Any]:
        return self._found[shape, "validation"]

    def answer(self, shape: type[Model]) -> dict[str, Any]:
        return self._found[shape, "serialization"]


def _operation(each: Operation, shapes: _Shapes) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(each.status): {
            "description": HTTPStatus(each.status).phrase,
            "headers": _RATE,
            "content": {"application/json": {"schema": shapes.answer(each.answer)}},
        }
    }
    for status in _refusals(each):
        answers[str(status)] = {
            "description": each.notes.get(status, _NAMES[status]),
            "content": {TYPE: {"schema": shapes.answer(Problem)}},
        }
    found: dict[str, Any] = {
        "operationId": each.handler.__module__.rsplit(".", 1)[-1] + "_" + each.handler.__name__,
        "tags": [each.tag],
        "summary": each.summary,
        "parameters": _parameters(each),
        "responses": answers,
    }
    if each.scope is not None:
        found["description"] = f"Scope `{each.scope.value}`."
        found["x-scope"] = each.scope.value
    if each.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": shapes.body(each.body)}}}
    return found


def _refusals(each: Operation) -> list[int]:
    found = {401, 403, 422, 429, 503, *each.notes}
    if "{" in each.path:
        found.add(404)
    if each.method == "POST":
        found |= {400, 404, 409, 413}
    if each.body is not None:
        found.add(415)
    if each.guarded:
        found |= {412, 428}
    return sorted(found)


def _parameters(each: Operation) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1, "maximum": MOST_NUMBER}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": number} for name in re.findall(r"{(\w+)}", each.path)
    ]
    if each.query is not None:
        found += _query(each.query)
    if each.method == "POST":
        found.append(_KEY)
    if each.guarded:
        found.append(_MATCH)
    return found


@cache
def _query(shape: type[Model]) -> list[dict[str, Any]]:
    schema = shape.model_json_schema(schema_generator=_Inlined)
    needed = set(schema.get("required", ()))
    definitions = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _resolved(each, definitions)}
        for name, each in schema["properties"].items()
    ]


class _Inlined(GenerateJsonSchema):
    """In an address nothing can be null: it is left out."""

    def nullable_schema(self, schema: Any) -> Any:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Any:
        found = super().default_schema(schema)
        if found.get("default", 0) is None:
            found.pop("default")
        return found


def _resolved(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """References to enumerations as the enumerations themselves."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return definitions[schema["$ref"].rsplit("/", 1)[-1]]
        return {name: _resolved(each, definitions) for name, each in schema.items()}
    return [_resolved(each, definitions) for each in schema] if isinstance(schema, list) else schema
