"""工作日, for the administrator: which years' holidays are known, from where, and bringing in another year's."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web
from multidict import MultiMapping

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid, NotFound
from meetinghub.workdays import upload
from meetinghub.workdays.calendar import Source
from meetinghub.workdays.rows import Problem
from meetinghub.workdays.spans import holidays
from meetinghub.workdays.store import Year
from web import keys
from web.forms import Form
from web.rendering import render

FIRST, LAST = 2000, 2099
LONGEST_SOURCE = 200
LONGEST_URL = 300
SHOWN = 3
"""Years that stand open on the page; earlier ones are folded away."""

log = structlog.get_logger("workdays")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds when it is shown (again)."""

    year: str
    source: str = ""
    url: str = ""
    confirmed: bool = True
    problems: dict[str, str] = field(default_factory=dict)
    rows: Sequence[Problem] = ()


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def as_csv(request: web.Request) -> web.Response:
    """A year's table in the shape that can be uploaded; with a mark, so that spreadsheets take it for UTF-8."""
    year = next((each for each in await _years(request) if str(each.year) == request.match_info["year"]), None)
    if year is None:
        raise NotFound("workdays.not_found")
    words, text = request[keys.WORDS], io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["日期", "类型", "名称"] if words.language == "zh-CN" else ["date", "kind", "name"])
    for day, why in sorted(year.days.items()):
        table.writerow([day.isoformat(), words(f"workdays.kind_{why.kind.value}"), why.name])
    return web.Response(
        body=text.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="workdays-{year.year}.csv"'},
    )


async def put(request: web.Request) -> web.StreamResponse:
    """Take a year's table in place of what was known, or none of it."""
    given = await request.post()
    fields = Form(given)
    year = fields.text("year", longest=4, missing="workdays.year_missing")
    source = fields.text("source", longest=LONGEST_SOURCE, missing="workdays.source_missing")
    url = fields.text("url", longest=LONGEST_URL)
    if url and not url.startswith(("https://", "http://")):
        fields.problems["url"] = "workdays.bad_url"
    if year and not (year.isascii() and year.isdigit() and FIRST <= int(year) <= LAST):
        fields.problems["year"] = "workdays.bad_year"
    confirmed = given.get("confirmed") == "yes"
    typed = Typed(year, source, url, confirmed, fields.problems)
    try:
        fields.check()
    except Invalid as error:
        return await _page(request, typed=typed, status=error.status)
    days, problems = upload.read(_file(given), int(year))
    if problems:
        return await _page(request, typed=Typed(year, source, url, confirmed, {}, problems), status=Invalid.status)
    now = request.app[keys.CLOCK].now()
    table = {each.day: Source(each.kind, each.name, source, url) for each in days}
    who = request[keys.WHO].account
    await request.app[keys.WORKDAYS].put(Year(int(year), confirmed, source, url, now, "", table), who)
    log.info("workdays put", year=year, days=len(days))
    raise web.HTTPSeeOther(f"/workdays?done={year}")


async def _page(request: web.Request, *, typed: Typed | None = None, status: int = 200) -> web.Response:
    years = await _years(request)
    this_year = request.app[keys.CLOCK].now().astimezone(SHANGHAI).year
    known = {each.year for each in years}
    missing = [year for year in (this_year, this_year + 1) if year not in known]
    done = request.query.get("done", "")
    return render(
        request,
        "workdays.html",
        status=status,
        years=years,
        shown=SHOWN,
        holidays=holidays,
        missing=missing,
        typed=typed or Typed(str(missing[0] if missing else this_year + 1)),
        done=next((each for each in years if str(each.year) == done), None),
    )


async def _years(request: web.Request) -> list[Year]:
    return await request.app[keys.WORKDAYS].years()


def _file(given: MultiMapping[Any]) -> bytes:
    file = given.get("file")
    return file.file.read(upload.LARGEST + 1) if isinstance(file, web.FileField) else b""
