"""负担: what meetings cost, for the street, a department, a committee or a role; and the rows behind each figure."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from aiohttp import web

from digest.avoided_store import Avoided, avoided
from meetinghub.burden import charts
from meetinghub.burden.charts import Picture
from meetinghub.burden.figures import Figure, least_attendances
from meetinghub.burden.periods import Kind, Period, months, offered
from meetinghub.burden.service import Page, Statement
from meetinghub.errors import Forbidden
from meetinghub.people.model import Right
from web import attendance, burden_figures, burden_files, keys, paging
from web import burden as shared
from web.burden import BURDEN, Asked, Street
from web.rendering import render

SHOWN = 4
EACH = 50
EXPORTED = 20_000
"""Rows of one file; more are asked for period by period."""


async def show(request: web.Request) -> web.Response:
    units = await shared.street(request)
    wanted = shared.asked(request, units)
    period = await shared.period_of(request, wanted)
    found = await request.app[BURDEN].statement(wanted.view, period)
    words = request[keys.WORDS]
    figures = burden_figures.stats(words, found)
    opened = next((each for each in figures if each.figure is wanted.figure), figures[0])
    rows, refusals = Page((), 0), []
    if wanted.opens and opened.figure is Figure.REFUSED:
        refusals = await request.app[BURDEN].refusals(wanted.view, period, limit=SHOWN)
    elif wanted.opens:
        rows = await request.app[BURDEN].rows(wanted.view, period, opened.figure, limit=SHOWN)
    return render(
        request,
        "burden.html",
        **_common(request, units, wanted, period, found),
        found=found,
        figures=figures,
        opened=opened,
        rows=rows,
        refusals=refusals,
        avoided=await _avoided(request, wanted, found),
        department_names=units.department_names,
        calendar=burden_figures.calendar(words, found),
        survey=burden_figures.survey(words, found),
        picture=_picture(request, found),
        month_name=lambda month: shared.month_name(words, month),
        departments=_departments(found, units) if wanted.opens and wanted.view.department is None else [],
        percent=burden_figures.percent,
        files_calls=Right.SITE in request[keys.WHO].account.rights,
    )


async def _avoided(request: web.Request, wanted: Asked, found: Statement) -> tuple[Avoided, ...]:
    """Read-outs that went out in the weekly notice instead."""
    view = wanted.view
    read = partial(avoided, first=found.days.first, last=found.days.last)
    return await request.app[keys.DATABASE].read(read, committee=view.committee, department=view.department)


async def rows(request: web.Request) -> web.Response:
    """Every row of one figure, page by page; its sum is the figure."""
    units = await shared.street(request)
    wanted = _opened(request, units)
    period = await shared.period_of(request, wanted)
    service, number = request.app[BURDEN], paging.number(request)
    found = await service.statement(wanted.view, period)
    stat = next(
        (each for each in burden_figures.stats(request[keys.WORDS], found) if each.figure is wanted.figure), None
    )
    if stat is None:
        raise Forbidden("burden.not_yours")
    page, refusals, offset = Page((), 0), [], (number - 1) * EACH
    if wanted.figure is Figure.REFUSED:
        refusals = await service.refusals(wanted.view, period, offset=offset, limit=EACH)
        whole = sum(found.refused.values())
    else:
        page = await service.rows(wanted.view, period, wanted.figure, text=wanted.text, offset=offset, limit=EACH)
        whole = page.whole
    return render(
        request,
        "burden_rows.html",
        **_common(request, units, wanted, period, found),
        stat=stat,
        rows=page,
        whole=whole,
        refusals=refusals,
        rules=await shared.rule_sentences(request, [rule for each in refusals for rule in each.rules]),
        department_names=units.department_names,
        calendar=burden_figures.calendar(request[keys.WORDS], found),
        contests={(each.source, each.sitting): each for each in page.contests},
        newer=paging.turn(request, number - 1) if number > 1 else None,
        older=paging.turn(request, number + 1) if number * EACH < whole else None,
    )


async def as_xlsx(request: web.Request) -> web.Response:
    found = await _file(request)
    body = await asyncio.to_thread(burden_files.workbook, found)
    return attendance.download(body, attendance.XLSX, f"{found.plain}.xlsx", f"{found.name}.xlsx")


async def as_csv(request: web.Request) -> web.Response:
    found = await _file(request)
    return attendance.download(burden_files.csv_of(found), "text/csv", f"{found.plain}.csv", f"{found.name}.csv")


async def _file(request: web.Request) -> burden_files.Sheet:
    units = await shared.street(request)
    wanted, words = _opened(request, units), request[keys.WORDS]
    period = await shared.period_of(request, wanted)
    service = request.app[BURDEN]
    title = f"{words('burden.title')} {shared.period_name(words, period)} {units.name(wanted.view)}".strip()
    plain = f"burden-{period.first}-{period.last}"
    if wanted.figure is Figure.REFUSED:
        refusals = await service.refusals(wanted.view, period, limit=EXPORTED)
        return burden_files.refusals(words, refusals, units.department_names, title=title, plain=plain)
    page = await service.rows(wanted.view, period, wanted.figure, text=wanted.text, limit=EXPORTED)
    return burden_files.rows(words, page.entries, title=title, plain=plain)


def _opened(request: web.Request, units: Street) -> Asked:
    """Raises :class:`Forbidden` when the reader may see this view's sums only."""
    wanted = shared.asked(request, units)
    if not wanted.opens:
        raise Forbidden("burden.sums_only")
    return wanted


def _common(request: web.Request, units: Street, wanted: Asked, period: Period, found: Statement) -> dict[str, Any]:
    account, words = request[keys.WHO].account, request[keys.WORDS]
    choices = [(each.name, each.kind, shared.period_name(words, each)) for each in offered(request.app[BURDEN].today)]

    def address(page: str = "/burden", **changes: str) -> str:
        """This view and period's address, with ``changes``; empty ones are taken out."""
        kept = {"of": wanted.of, "period": period.name or Kind.FREE.value, "role": wanted.view.role or ""}
        if period.kind is Kind.FREE:
            kept |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
        query = {name: value for name, value in {**kept, **changes}.items() if value}
        return str(request.rel_url.with_path(page).with_query(query))

    return {
        "wanted": wanted,
        "period": period,
        "period_name": shared.period_name(words, period),
        "periods": choices,
        "kinds": [Kind.MONTH, Kind.QUARTER, Kind.HALF, Kind.YEAR],
        "units": shared.offered(account, units, words),
        "unit": units.name(wanted.view) or words("burden.street_of", count=found.committees),
        "roles": shared.ROLES,
        "address": address,
        "amount": shared.amount,
        "long_day": lambda day: shared.day(words, day),
        "running": found.running,
    }


def _departments(found: Statement, units: Street) -> list[tuple[str, object]]:
    """Name and figures, in the register's order; whoever is no department of ours comes last."""
    known = {each.department: each for each in found.departments}
    rows: list[tuple[str, object]] = [(each.name, known[each.id]) for each in units.departments if each.id in known]
    return [*rows, *(("", each) for number, each in known.items() if number is None)]


def _picture(request: web.Request, found: Statement) -> Picture:
    today, survey = request.app[BURDEN].today, found.survey
    inside = frozenset(each.month for each in found.months if _within(each.month, found.period))
    mean, surveyed = None, None
    if survey is not None:
        own = survey.baseline
        length = (own.period_to.year - own.period_from.year) * 12 + own.period_to.month - own.period_from.month + 1
        mean = least_attendances(own) * found.committees / own.committees / length
        surveyed = own.period_from.year * 100 + own.period_from.month, own.period_to.year * 100 + own.period_to.month
    return charts.picture(found.months, running=months(today, 1)[0], chosen=inside, survey=mean, surveyed=surveyed)


def _within(month: int, period: Period) -> bool:
    first, last = (day.year * 100 + day.month for day in (period.first, period.last))
    return first <= month <= last
