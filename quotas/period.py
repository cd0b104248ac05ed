"""Calendar periods in Shanghai, and the weeks of a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from meetinghub.clock import SHANGHAI


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"  # Monday to Sunday
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}


def local_day(moment: datetime) -> date:
    """The date in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def bounds(period: Period, day: date) -> tuple[date, date]:
    """First day of the period that holds ``day``, and the first day after it."""
    if period is Period.DAY:
        return day, day + timedelta(days=1)
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    months = _MONTHS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _month_after(first, months)


def moments(first: date, after: date) -> tuple[datetime, datetime]:
    """The same span as UTC moments: from the first midnight in Shanghai to the last."""
    return _midnight(first), _midnight(after)


def week_of_month(day: date) -> int:
    """1 to 5: the week, Monday to Sunday, that begins on the n-th Monday of its month.

    Every day belongs to exactly one; the first days of a month may belong to the last week of the month before.
    """
    monday = day - timedelta(days=day.weekday())
    return (monday.day - 1) // 7 + 1


def _month_after(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
