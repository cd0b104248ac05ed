"""The burden account: the sums of one view in one period, and the rows they are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from meetinghub.burden import periods
from meetinghub.burden.figures import Figure, Totals, daily
from meetinghub.burden.model import Share, Source
from meetinghub.burden.periods import Period
from meetinghub.burden.rows import Entry, View
from meetinghub.burden.service import Statement
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden, Invalid
from meetinghub.people import store as people
from meetinghub.people.model import Role
from web import keys
from web.api import paging
from web.api.model import Day, Model, Moment, Number
from web.api.operation import Call, Reply
from web.burden import BURDEN, ROLES, may_see, opens


class BurdenQuery(Model):
    """Whose: without ``committee`` and ``department`` the whole street's, of which everybody may read the sums.

    Both days or neither; without them, the present month.
    """

    committee: Number | None = None
    department: Number | None = None
    role: Annotated[Role | None, Field(strict=False)] = None
    first: Day | None = None
    last: Day | None = None


class BurdenRowsQuery(BurdenQuery, paging.Paged):
    figure: Annotated[Figure, Field(strict=False)] = Figure.ATTENDANCES


class Time(Model):
    """Whole minutes. ``addressed``: that part of ``sat`` in which the item that was on was meant for them."""

    persons: int
    trips: int
    sat: int
    addressed: int


class BurdenSums(Model):
    """``attendances`` count one committee at one sitting as 1; ``call_attendances`` is the part called outside the
    system. ``uncounted``: attendances of which nobody said how many persons. ``measured``: the part of ``time`` of the
    sittings of which minutes addressed are known."""

    sittings: int
    calls: int
    attendances: int
    call_attendances: int
    uncounted: int
    rides: int
    time: Time
    measured: Time


class BurdenBaseline(Model):
    """A survey, and what it comes to in as many working days; ``exact`` false: at least."""

    source: str
    period_from: Day
    period_to: Day
    meetings: int
    meetings_for_all: int
    attendances: float
    exact: bool


class BurdenOf(Model):
    """``working_days`` from ``first`` to ``until``: today while the period runs. ``per_committee_and_day`` null: there
    was no working day. ``refused``: ``rules`` or an office → wishes it refused."""

    committee: int | None
    department: int | None
    role: str | None
    first: Day
    last: Day
    until: Day
    working_days: int
    committees: int
    sums: BurdenSums
    before: BurdenSums
    per_committee_and_day: float | None
    baseline: BurdenBaseline | None
    refused: dict[str, int]


class BurdenRow(Model):
    """``number`` is the meeting's, the imported one's or the call's, as ``source`` says."""

    source: Source
    number: int
    title: str
    host: str
    department: int | None
    starts_at: Moment
    minutes: int
    mode: str
    attendances: int
    rides: int
    time: Time


class BurdenRows(Model):
    items: list[BurdenRow]
    next: str | None
    whole: int = Field(description="Rows in all.")


async def show(call: Call, query: BurdenQuery) -> Reply[BurdenOf]:
    view, period = await _asked(call, query)
    return Reply(_statement(await call.app[BURDEN].statement(view, period)))


async def rows(call: Call, query: BurdenRowsQuery) -> Reply[BurdenRows]:
    view, period = await _asked(call, query)
    if not opens(call.account, view):
        raise Forbidden("burden.sums_only")
    if query.figure is Figure.REFUSED:
        raise Invalid(fields={"figure": "api.not_one_of"})
    before = paging.moment_and_number(query.cursor)
    found = await call.app[BURDEN].rows(view, period, query.figure, before=before, limit=query.limit + 1)
    shown, more = found.entries[: query.limit], len(found.entries) > query.limit
    following = paging.encode(shown[-1].starts_at.isoformat(), shown[-1].id) if more else None
    return Reply(BurdenRows(items=[_row(each) for each in shown], next=following, whole=found.whole))


async def _asked(call: Call, query: BurdenQuery) -> tuple[View, Period]:
    """Raises :class:`Forbidden` for figures of others, :class:`Invalid` for units, roles and days there are not."""
    if query.committee is not None and query.department is not None:
        raise Invalid(fields={"department": "api.not_one_of"})
    database = call.app[keys.DATABASE]
    if query.committee is not None and query.committee not in {e.id for e in await database.read(people.committees)}:
        raise Invalid(fields={"committee": "api.not_one_of"})
    if query.department is not None and query.department not in {e.id for e in await database.read(people.departments)}:
        raise Invalid(fields={"department": "api.not_one_of"})
    if query.role is not None and query.role not in ROLES:
        raise Invalid(fields={"role": "api.not_one_of"})
    view = View(query.committee, query.department, query.role.value if query.role else None)
    if not may_see(call.account, View(view.committee, view.department)):
        raise Forbidden("burden.not_yours")
    return view, _period(query.first, query.last, call.app[keys.CLOCK].now().astimezone(SHANGHAI).date())


def _period(first: date | None, last: date | None, today: date) -> Period:
    if first is None and last is None:
        return periods.month_of(today)
    if first is None or last is None:
        raise Invalid(fields={"last" if last is None else "first": "form.required"})
    found = periods.free(first.isoformat(), last.isoformat())
    if found is None:
        raise Invalid(fields={"last": "api.out_of_range"})
    return found


def _statement(found: Statement) -> BurdenOf:
    survey, totals = found.survey, found.totals
    ratio = daily(totals.attendances, found.committees, found.days.days)
    return BurdenOf(
        committee=found.view.committee,
        department=found.view.department,
        role=found.view.role,
        first=found.period.first,
        last=found.period.last,
        until=found.days.last,
        working_days=found.days.days,
        committees=found.committees,
        sums=_sums(totals),
        before=_sums(found.before),
        per_committee_and_day=None if ratio is None else float(ratio),
        baseline=None
        if survey is None
        else BurdenBaseline(
            source=survey.baseline.source,
            period_from=survey.baseline.period_from,
            period_to=survey.baseline.period_to,
            meetings=survey.baseline.meetings,
            meetings_for_all=survey.baseline.meetings_for_all,
            attendances=float(survey.attendances),
            exact=survey.exact,
        ),
        refused=dict(found.refused),
    )


def _sums(totals: Totals) -> BurdenSums:
    return BurdenSums(
        sittings=totals.sittings,
        calls=totals.calls,
        attendances=totals.attendances,
        call_attendances=totals.call_attendances,
        uncounted=totals.uncounted,
        rides=totals.rides,
        time=_time(totals.whole),
        measured=_time(totals.measured),
    )


def _time(share: Share) -> Time:
    return Time(persons=share.persons, trips=share.trips, sat=share.sat // 60, addressed=share.addressed // 60)


def _row(entry: Entry) -> BurdenRow:
    return BurdenRow(
        source=entry.source,
        number=entry.number,
        title=entry.title,
        host=entry.host,
        department=entry.department,
        starts_at=entry.starts_at,
        minutes=entry.minutes,
        mode=entry.mode,
        attendances=entry.attendances,
        rides=entry.rides,
        time=_time(entry.share),
    )
