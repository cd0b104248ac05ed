"""Periods of the calendar as an address names them: ``2026-10``, ``2026-Q3``, ``2026-H1``, ``2026``, or two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_NAMED = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")
ONE_DAY = timedelta(days=1)
LONGEST = 366 * 3
"""Days of a free period."""
_MONTHS, _QUARTERS, _HALVES, _YEARS = 13, 6, 4, 3


class Kind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` to ``last``, both included. ``name`` is how an address says it; empty for a free one."""

    kind: Kind
    first: date
    last: date
    name: str = ""

    @property
    def number(self) -> int:
        """Which month, quarter or half of its year it is."""
        length = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6}.get(self.kind, 12)
        return (self.first.month - 1) // length + 1

    def until(self, today: date) -> date:
        """The last of its days that has come; ``first`` when none has."""
        return max(self.first, min(self.last, today))


def named(text: str) -> Period | None:
    """The period that ``text`` names; None when it names none."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    year, month, quarter, half = int(found[1]), found[2], found[3], found[4]
    if month:
        return _period(Kind.MONTH, year, int(month), 1)
    if quarter:
        return _period(Kind.QUARTER, year, 3 * int(quarter) - 2, 3)
    if half:
        return _period(Kind.HALF, year, 6 * int(half) - 5, 6)
    return _period(Kind.YEAR, year, 1, 12)


def free(first: str, last: str) -> Period | None:
    """From one ISO date to another; None when one is no date, they are the wrong way round, or too far apart."""
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    if until < since or (until - since).days >= LONGEST or not 2000 <= since.year <= until.year < 2100:
        return None
    return Period(Kind.FREE, since, until)


def month_of(day: date) -> Period:
    return _period(Kind.MONTH, day.year, day.month, 1)


def before(period: Period) -> Period:
    """The period of the same kind and length just before."""
    if period.kind is Kind.FREE:
        length = period.last - period.first
        return Period(Kind.FREE, period.first - length - ONE_DAY, period.first - ONE_DAY)
    months = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.YEAR: 12}[period.kind]
    year, month = _moved(period.first.year, period.first.month, -months)
    return _period(period.kind, year, month, months)


def offered(today: date) -> list[Period]:
    """What a chooser offers, newest first within each kind."""
    found: list[Period] = []
    for length, count, kind in ((1, _MONTHS, Kind.MONTH), (3, _QUARTERS, Kind.QUARTER), (6, _HALVES, Kind.HALF)):
        month = (today.month - 1) // length * length + 1
        found += [_period(kind, *_moved(today.year, month, -length * back), length) for back in range(count)]
    return found + [_period(Kind.YEAR, today.year - back, 1, 12) for back in range(_YEARS)]


def months(last: date, count: int) -> list[int]:
    """``count`` months up to that of ``last``, as 202611."""
    found = (_moved(last.year, last.month, -back) for back in reversed(range(count)))
    return [year * 100 + month for year, month in found]


def _moved(year: int, month: int, by: int) -> tuple[int, int]:
    whole = year * 12 + month - 1 + by
    return whole // 12, whole % 12 + 1


def _period(kind: Kind, year: int, month: int, length: int) -> Period:
    after = _moved(year, month, length)
    first, last = date(year, month, 1), date(*after, 1) - ONE_DAY
    name = {
        Kind.MONTH: f"{year}-{month:02d}",
        Kind.QUARTER: f"{year}-Q{(month + 2) // 3}",
        Kind.HALF: f"{year}-H{(month + 5) // 6}",
    }.get(kind, f"{year}")
    return Period(kind, first, last, name)
