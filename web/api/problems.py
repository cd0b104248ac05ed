"""Failures of the API as problem documents (RFC 9457), with the codes and the words that the pages have."""

from __future__ import annotations

from aiohttp import web
from pydantic import ValidationError

from meetinghub.agendas.plan import REASON_LENGTH
from meetinghub.asking.wish import MOST_MINUTES
from meetinghub.errors import Error, Invalid, Malformed
from web import keys
from web.api.model import FieldProblem, Problem

ROOT = "/api/"
TYPE = "application/problem+json"
_CODES = {
    "missing": "form.required",
    "string_too_short": "form.required",
    "extra_forbidden": "api.field_unknown",
    "string_type": "form.not_text",
    "string_unicode": "form.not_text",
    "string_pattern_mismatch": "form.not_text",
    "string_too_long": "api.out_of_range",
    "too_long": "api.out_of_range",
    "too_short": "api.out_of_range",
    "greater_than_equal": "api.out_of_range",
    "less_than_equal": "api.out_of_range",
    "date_out_of_range": "api.out_of_range",
    "int_type": "form.not_a_number",
    "int_parsing": "form.not_a_number",
    "int_from_float": "form.not_a_number",
    "int_parsing_size": "form.not_a_number",
    "datetime_type": "form.not_a_time",
    "datetime_parsing": "form.not_a_time",
    "datetime_from_date_parsing": "form.not_a_time",
    "timezone_aware": "form.not_a_time",
    "date_type": "asking.day_wrong",
    "date_parsing": "asking.day_wrong",
    "date_from_datetime_parsing": "asking.day_wrong",
    "enum": "api.not_one_of",
    "literal_error": "api.not_one_of",
    "union_tag_invalid": "api.not_one_of",
    "union_tag_not_found": "api.not_one_of",
}
"""What pydantic calls a problem → ours; anything else is ``form.invalid``."""


def of_api(request: web.Request) -> bool:
    return request.path.startswith(ROOT)


_LIMITS = {"limit": REASON_LENGTH, "most": MOST_MINUTES}
"""What some messages name that their errors do not carry."""


def answer(request: web.Request, error: Error) -> web.Response:
    words, values = request[keys.WORDS], {**_LIMITS, **error.values}
    fields = error.fields if isinstance(error, Invalid) else {}
    problem = Problem(
        type=f"urn:meetinghub:problem:{error.code}",
        title=words(f"error.title_{error.status}"),
        status=error.status,
        detail=words(error.code, **values),
        code=error.code,
        request=request[keys.REQUEST_ID],
        errors=[FieldProblem(field=name, code=code, detail=words(code, **values)) for name, code in fields.items()],
    )
    return rendered(problem)


def unexpected(request: web.Request) -> web.Response:
    """A bug: the log has the rest under the request's number."""
    words = request[keys.WORDS]
    return rendered(
        Problem(
            type="urn:meetinghub:problem:error.unexpected",
            title=words("error.title_500"),
            status=500,
            detail=words("error.unexpected"),
            code="error.unexpected",
            request=request[keys.REQUEST_ID],
        )
    )


def rendered(problem: Problem) -> web.Response:
    headers = {"WWW-Authenticate": 'Bearer realm="meetinghub"'} if problem.status == 401 else {}
    return web.Response(
        body=problem.model_dump_json().encode(), status=problem.status, content_type=TYPE, headers=headers
    )


def of_validation(error: ValidationError) -> Error:
    """What pydantic found, field by field."""
    fields: dict[str, str] = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        if each["type"] == "json_invalid":
            return Malformed("form.not_json")
        name = ".".join(str(part) for part in each["loc"]) or "body"
        fields.setdefault(name, _CODES.get(each["type"], "form.invalid"))
    return Invalid(fields=fields)
