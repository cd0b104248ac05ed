"""Failures as answers: a page for a person, a JSON object for a script, always with words and never with a trace."""

from __future__ import annotations

from aiohttp import web

from meetinghub.errors import Error, Invalid
from web import keys
from web.api import problems as api
from web.rendering import render

_HTTP_CODES = {404: "page.not_found", 405: "page.wrong_method", 413: "page.too_large"}


def answer(request: web.Request, error: Error) -> web.Response:
    """``{"code", "message"}`` (and ``fields``), or the page that says the same; the API's are RFC 9457 documents."""
    if api.of_api(request):
        return api.answer(request, error)
    words = request[keys.WORDS]
    message = words(error.code, **error.values)
    if wants_page(request):
        return render(
            request, "error.html", status=error.status, title=_title(request, error.status), message=message, number=""
        )
    body: dict[str, object] = {"code": error.code, "message": message}
    if isinstance(error, Invalid) and error.fields:
        body["fields"] = {name: words(code, **error.values) for name, code in error.fields.items()}
    return web.json_response(body, status=error.status)


def of_http(request: web.Request, error: web.HTTPException) -> web.Response:
    """The router's own refusals: no such address, wrong method, body too large."""
    refused = Error(_HTTP_CODES.get(error.status, "page.bad_request"))
    refused.status = error.status
    response = answer(request, refused)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def unexpected(request: web.Request) -> web.Response:
    """A bug. The person gets a number to read out; the log has the rest under it."""
    if api.of_api(request):
        return api.unexpected(request)
    number = request[keys.REQUEST_ID]
    message = request[keys.WORDS]("error.unexpected")
    if wants_page(request):
        return render(request, "error.html", status=500, title=_title(request, 500), message=message, number=number)
    return web.json_response({"code": "error.unexpected", "message": message, "id": number}, status=500)


def wants_page(request: web.Request) -> bool:
    """A browser going to an address asks for HTML; a script does not."""
    return "text/html" in request.headers.get("Accept", "")


def _title(request: web.Request, status: int) -> str:
    known = {401, 403, 404, 409, 422, 429, 500, 503}
    return request[keys.WORDS](f"error.title_{status}" if status in known else "error.title_400")
