"""基线调查: what a survey counted before, typed or taken from a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web
from multidict import MultiMapping

from meetinghub.aside import GaveUp
from meetinghub.baselines import counts
from meetinghub.baselines.counts import Problem
from meetinghub.baselines.model import Baseline, DepartmentCount
from meetinghub.errors import Invalid, NotFound
from meetinghub.imports.upload import LARGEST
from meetinghub.people import store as people
from web import keys
from web.forms import Form, form
from web.imports import BASELINES, READ
from web.rendering import render

LONGEST_SOURCE = 200
LONGEST_URL = 300
LONGEST_TEXT = 20_000
FIELDS = ("period_from", "period_to", "meetings", "meetings_for_all", "committees", "source", "url", "departments")

log = structlog.get_logger("imports")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds when it is shown (again); ``rows`` are lines that cannot be used."""

    values: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Problem] = ()


async def index(request: web.Request) -> web.Response:
    return await _index(request)


async def put(request: web.Request) -> web.StreamResponse:
    """A survey counts from now on, in place of another of exactly the same period."""
    given = await request.post()
    fields = Form(given)
    new = _read(fields)
    values = {name: str(given.get(name, "")) for name in FIELDS}
    departments, rows, file = await _departments(request, given, fields)
    values["departments"] = "\n".join(_line(each) for each in departments) if file else values["departments"]
    try:
        fields.check()
        if rows:
            raise Invalid(fields={"departments": "baseline.bad_lines"})
        assert new is not None
        survey = replace(new, departments=departments)
        body = _body(given)
        number = await request.app[BASELINES].put(
            survey,
            by=request[keys.WHO].account.username,
            file=file,
            digest=sha256(body).hexdigest() if file else "",
            url=values["url"].strip(),
        )
    except Invalid as error:
        return await _index(request, typed=Typed(values, error.fields, rows), status=error.status)
    log.info("baseline put", baseline=number)
    raise web.HTTPSeeOther("/imports/baselines?done=put")


async def withdraw(request: web.Request) -> web.StreamResponse:
    text = request.match_info["baseline"]
    await form(request)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("baseline.not_found")
    await request.app[BASELINES].withdraw(int(text), by=request[keys.WHO].account.username)
    raise web.HTTPSeeOther("/imports/baselines?done=withdrawn")


def _read(fields: Form) -> Baseline | None:
    """Without its departments; None when something cannot be used."""
    first = fields.day("period_from", missing="baseline.no_day", wrong="baseline.no_day")
    last = fields.day("period_to", missing="baseline.no_day", wrong="baseline.no_day")
    figures = [
        fields.whole(name, wrong="baseline.bad_count") for name in ("meetings", "meetings_for_all", "committees")
    ]
    source = fields.text("source", longest=LONGEST_SOURCE, missing="baseline.no_source")
    url = fields.text("url", longest=LONGEST_URL)
    if url and not url.startswith(("https://", "http://")):
        fields.problems["url"] = "baseline.bad_url"
    if fields.problems or first is None or last is None:
        return None
    return Baseline(0, first, last, figures[0], figures[1], figures[2], source)


async def _departments(
    request: web.Request, given: MultiMapping[Any], fields: Form
) -> tuple[tuple[DepartmentCount, ...], tuple[Problem, ...], str]:
    """Counts by department from the file, if one was sent, or from the typed lines; and the file's name."""
    known = {each.name: int(each.id) for each in await request.app[keys.DATABASE].read(people.departments)}
    file = given.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        text = given.get("departments", "")
        typed = text[:LONGEST_TEXT] if isinstance(text, str) else ""
        return (*counts.read(counts.split(typed), known), "")
    try:
        table = await request.app[READ](_body(given), request.app[keys.CLOCK].now())
    except GaveUp:
        table = "imports.too_heavy"
    if isinstance(table, str):
        fields.problems["file"] = table
        return (), (), ""
    return (*counts.read(table.rows, known), file.filename[-200:])


def _body(given: MultiMapping[Any]) -> bytes:
    file = given.get("file")
    if not isinstance(file, web.FileField):
        return b""
    file.file.seek(0)
    return file.file.read(LARGEST + 1)


def _line(count: DepartmentCount) -> str:
    return f"{count.name}\t{count.meetings}\t{count.meetings_for_all}"


async def _index(request: web.Request, *, typed: Typed | None = None, status: int = 200) -> web.Response:
    surveys = await request.app[BASELINES].kept()
    committees = await request.app[keys.DATABASE].read(people.committees)
    blank = {name: "" for name in FIELDS} | {"committees": str(len(committees) or "")}
    return render(
        request,
        "import_baselines.html",
        status=status,
        surveys=[each for each in surveys if each.withdrawn_at is None],
        withdrawn=[each for each in surveys if each.withdrawn_at is not None],
        typed=typed or Typed(blank),
        done=request.query.get("done", ""),
    )
