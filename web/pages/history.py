"""出席记录: sealed sheets over time, for a committee its own, for a department its meetings, for the street all."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from aiohttp import web

from meetinghub.attendance import xlsx
from meetinghub.attendance.store import Search
from meetinghub.clock import SHANGHAI
from meetinghub.ledger.attendance import Status
from meetinghub.people import store as people
from meetinghub.people.model import Committee
from web import attendance as shared
from web import keys, paging
from web.live import own_site
from web.rendering import render

EACH = 30
EXPORTED = 5000
"""Rows of one spreadsheet; more are asked for period by period."""
PERIODS = ("all", "month", "last_month", "quarter", "year")


async def show(request: web.Request) -> web.Response:
    committees = await request.app[keys.DATABASE].read(people.committees)
    search, page_number = _search(request, committees), paging.number(request)
    page = await request.app[shared.ATTENDANCE].page(search, offset=(page_number - 1) * EACH, limit=EACH)
    own = own_site(request[keys.WHO].account)
    return render(
        request,
        "attendance_history.html",
        page=page,
        search=search,
        committees=committees,
        own_site=own,
        Status=Status,
        periods=PERIODS,
        period=_period(request),
        query_string=request.rel_url.update_query(page=1).query_string,
        newer=paging.turn(request, page_number - 1) if page_number > 1 else None,
        older=paging.turn(request, page_number + 1) if page_number * EACH < page.whole else None,
        filtered=bool(set(request.query) - {"lang"}),
    )


async def as_xlsx(request: web.Request) -> web.Response:
    """The same list, all pages of it."""
    search = _search(request, await request.app[keys.DATABASE].read(people.committees))
    page = await request.app[shared.ATTENDANCE].page(search, offset=0, limit=EXPORTED)
    words = request[keys.WORDS]
    body = await asyncio.to_thread(xlsx.history, page.entries, words, own=search.committee is not None)
    today = f"{request.app[keys.CLOCK].now().astimezone(SHANGHAI):%Y-%m-%d}"
    name = words("attendance.history_file", day=today)
    return shared.download(body, shared.XLSX, f"attendance-{today}.xlsx", f"{name}.xlsx")


def _search(request: web.Request, committees: list[Committee]) -> Search:
    """What the address asks for, within what the reader may see."""
    account, wanted = request[keys.WHO].account, shared.asked(request)
    seat = request.query.get("committee", "")
    chosen = next((each.id for each in committees if str(each.seat) == seat), None)
    since, until = span(_period(request), request.app[keys.CLOCK].now())
    return Search(
        committee=account.committee if account.committee is not None else chosen,
        department=None if account.may(*shared.SEES_ALL) else account.department,
        text=wanted.text,
        status=wanted.status,
        since=since,
        until=until,
    )


def span(period: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The beginning and the end of a period, by Shanghai's calendar; None = open."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today.replace(day=1)
    match period:
        case "month":
            return first, None
        case "last_month":
            return (first - timedelta(days=1)).replace(day=1), first
        case "quarter":
            return first.replace(month=(first.month - 1) // 3 * 3 + 1), None
        case "year":
            return first.replace(month=1), None
        case _:
            return None, None


def _period(request: web.Request) -> str:
    period = request.query.get("period", "")
    return period if period in PERIODS else PERIODS[0]
