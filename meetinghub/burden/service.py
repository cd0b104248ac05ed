"""The account as pages read it. One call is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.burden import periods, said, sums
from meetinghub.burden.contests import Contest
from meetinghub.burden.figures import Against, Days, Figure, Totals, against
from meetinghub.burden.model import Line, Refusal, Source
from meetinghub.burden.periods import Period
from meetinghub.burden.ports import Calendar, Surveys
from meetinghub.burden.rows import Entry, Month, OfDepartment, View
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound
from meetinghub.people import store as people

MONTHS = 14
"""How many the picture of months shows."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One view's figures in one period.

    ``days`` ends today while the period runs; ``before`` are the figures of the period before it, of the same length.
    ``committees`` are those that the view is of. ``survey``: the latest one, None while there is none
    (``surveyed``) or it did not ask for such a view. ``months`` are
    all of the picture's, also those without anything. ``refused``: ``rules`` or an office → wishes it refused.
    """

    view: View
    period: Period
    days: Days
    committees: int
    totals: Totals
    before: Totals
    survey: Against | None
    surveyed: bool
    months: tuple[Month, ...]
    departments: tuple[OfDepartment, ...]
    refused: Mapping[str, int]

    @property
    def running(self) -> bool:
        return self.days.last < self.period.last


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the rows that a figure is made of; ``whole`` is how many there are in all. ``contests`` are those
    of these rows that the reader may see."""

    entries: tuple[Entry, ...]
    whole: int
    contests: tuple[Contest, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """One sitting with the lines and contests that were asked for. ``rides``: department → its items in it."""

    entry: Entry
    lines: tuple[Line, ...]
    contests: tuple[Contest, ...]
    rides: Mapping[int, int]


class Burden:
    def __init__(self, database: Database, clock: Clock, calendar: Calendar, surveys: Surveys) -> None:
        self._database = database
        self._clock = clock
        self._calendar = calendar
        self._surveys = surveys

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()

    async def usual_period(self, view: View) -> Period:
        """The last whole month, or the one that runs while nothing was counted in that."""
        this = periods.month_of(self.today)
        last = periods.before(this)
        found = await self._database.read(sums.totals, view, last.first, last.last)
        return last if found.sittings or found.calls else this

    async def statement(self, view: View, period: Period) -> Statement:
        return await self._database.read(self._statement, view, period)

    async def rows(
        self,
        view: View,
        period: Period,
        figure: Figure,
        *,
        text: str = "",
        before: tuple[datetime, int] | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page:
        """Newest first; ``before``: only those that follow the row with this start and id."""

        def read(db: Db) -> Page:
            last = period.until(self.today)
            found, whole = sums.entries(
                db, view, period.first, last, figure, text=text, before=before, offset=offset, limit=limit
            )
            keys = [(each.source, each.number) for each in found]
            return Page(tuple(found), whole, tuple(said.contests_among(db, keys, view.committee)))

        return await self._database.read(read)

    async def refusals(self, view: View, period: Period, *, offset: int = 0, limit: int = 50) -> list[Refusal]:
        """Newest first. A committee's view has none: a refused wish reached nobody."""
        read = partial(sums.refusals, view=view, first=period.first, last=period.last, offset=offset, limit=limit)
        return await self._database.read(read)

    async def opened(self, source: Source, number: int, committee: int | None) -> Opened:
        """One sitting with all its lines, or that of one committee. Raises :class:`NotFound`."""

        def read(db: Db) -> Opened:
            entry = sums.sitting(db, source, number)
            if entry is None:
                raise NotFound("burden.no_sitting")
            lines = sums.lines(db, entry.id, committee)
            if committee is not None and not lines:
                raise NotFound("burden.no_sitting")
            contests = said.contests_among(db, [(source, number)], committee)
            return Opened(entry, tuple(lines), tuple(contests), sums.rides_of(db, entry.id))

        return await self._database.read(read)

    def _statement(self, db: Db, view: View, period: Period) -> Statement:
        last = period.until(self.today)
        days = self._days(db, period.first, last)
        earlier = periods.before(period)
        until = min(earlier.last, earlier.first + (last - period.first)) if last < period.last else earlier.last
        committees = 1 if view.committee is not None else len(people.committees(db))
        return Statement(
            view=view,
            period=period,
            days=days,
            committees=committees,
            totals=sums.totals(db, view, period.first, last),
            before=sums.totals(db, view, earlier.first, until),
            survey=self._survey(db, view, days.days, committees),
            surveyed=bool(self._surveys.baselines(db)),
            months=self._months(db, view, period),
            departments=tuple(sums.departments(db, view, period.first, last)),
            refused=sums.count_refusals(db, view, period.first, last),
        )

    def _days(self, db: Db, first: date, last: date) -> Days:
        table, years = self._calendar.workdays(db), range(first.year, last.year + 1)
        return Days(
            first=first,
            last=last,
            days=table.between(first - timedelta(days=1), last),
            sources=tuple(source for year in years if (source := self._calendar.source(db, year))),
            unconfirmed=tuple(year for year in years if not table.confirmed(year)),
        )

    def _survey(self, db: Db, view: View, days: int, committees: int) -> Against | None:
        """Surveys count all departments together and everybody who came: no figure of one of them stands beside."""
        found = self._surveys.baselines(db)
        if not found or view.department is not None or view.role is not None:
            return None
        own = self._days(db, found[0].period_from, found[0].period_to)
        return against(found[0], own.days, days=days, committees=committees)

    def _months(self, db: Db, view: View, period: Period) -> tuple[Month, ...]:
        """Up to this month, or up to the period's last one when that lies too far back to be in the picture."""
        near = periods.months(self.today, MONTHS)
        if period.last.year * 100 + period.last.month < near[0]:
            near = periods.months(period.last, MONTHS)
        first = date(near[0] // 100, near[0] % 100, 1)
        last = periods.month_of(date(near[-1] // 100, near[-1] % 100, 1)).last
        found = sums.months(db, view, first, last)
        begins = sums.begins(db)
        return tuple(
            found.get(month, Month(month, 0, 0, known=begins is not None and month >= begins)) for month in near
        )
