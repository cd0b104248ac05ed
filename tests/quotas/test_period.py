"""Periods are those of the calendar in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotas.period import Period, bounds, local_day, moments, week_of_month

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(("period", "first", "after"), [
    (Period.DAY, date(2026, 11, 26), date(2026, 11, 27)), (Period.WEEK, date(2026, 11, 23), date(2026, 11, 30)),
    (Period.MONTH, date(2026, 11, 1), date(2026, 12, 1)), (Period.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
    (Period.HALF_YEAR, date(2026, 7, 1), date(2027, 1, 1)), (Period.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
])  # fmt: skip
def test_a_period_runs_from_its_first_day_until_before_the_next(period: Period, first: date, after: date) -> None:
    assert bounds(period, date(2026, 11, 26)) == (first, after)


@given(DAYS, st.sampled_from(Period))
def test_periods_cover_every_day_once(day: date, period: Period) -> None:
    first, after = bounds(period, day)
    assert first <= day < after
    assert bounds(period, first) == bounds(period, after - timedelta(days=1)) == (first, after)
    assert bounds(period, after)[0] == after


def test_the_last_quarter_of_an_hour_of_a_month_in_shanghai_is_still_in_it() -> None:
    assert local_day(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert local_day(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == date(2026, 11, 1)
    assert moments(date(2026, 11, 1), date(2026, 12, 1)) == (
        datetime(2026, 10, 31, 16, tzinfo=UTC),
        datetime(2026, 11, 30, 16, tzinfo=UTC),
    )


@given(DAYS)
def test_a_week_of_the_month_begins_on_a_monday_and_is_numbered_by_it(day: date) -> None:
    number = week_of_month(day)
    monday = day - timedelta(days=day.weekday())
    assert {week_of_month(monday + timedelta(days=distance)) for distance in range(7)} == {number}
    mondays = [each for each in range(1, monday.day + 1) if date(monday.year, monday.month, each).weekday() == 0]
    assert number == len(mondays)
