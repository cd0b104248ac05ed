"""Arithmetic of working days, against counting one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.workdays.calendar import Kind, Source, Workdays, day_of
from meetinghub.workdays.festivals import LUNAR

OFF, MAKE_UP = Source(Kind.OFF, "春节", "公告"), Source(Kind.MAKE_UP, "春节", "公告")
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
SPECIAL = st.dictionaries(DAYS, st.sampled_from([OFF, MAKE_UP]), max_size=60)
YEARS = st.sets(st.integers(2025, 2029))


@given(SPECIAL, YEARS, DAYS, st.integers(-80, 80))
def test_counting_back_gives_what_was_added(days: dict[date, Source], years: set[int], day: date, n: int) -> None:
    workdays = Workdays(days, years)
    there = workdays.add(day, n)
    assert workdays.between(day, there) == n
    assert n == 0 or workdays.is_working(there)


@given(SPECIAL, YEARS, DAYS, DAYS)
def test_between_counts_the_days_after_the_first_up_to_the_last(
    days: dict[date, Source], years: set[int], a: date, b: date
) -> None:
    workdays = Workdays(days, years)
    first, last = sorted([a, b])
    every = [first + timedelta(number) for number in range((last - first).days + 1)]
    worked = [day for day in every if workdays.is_working(day)]
    if a <= b:
        assert workdays.between(a, b) == sum(day > a for day in worked)
    else:
        assert workdays.between(a, b) == -sum(day < a for day in worked)


@given(SPECIAL, YEARS, DAYS)
def test_the_nearest_working_day_is_the_day_itself_or_the_next(
    days: dict[date, Source], years: set[int], day: date
) -> None:
    workdays = Workdays(days, years)
    later, earlier = workdays.on_or_after(day), workdays.on_or_before(day)
    assert earlier <= day <= later
    assert workdays.is_working(later)
    assert workdays.is_working(earlier)
    assert workdays.is_working(day) == (earlier == day == later)
    skipped = [earlier + timedelta(number) for number in range(1, (later - earlier).days)]
    assert not any(workdays.is_working(between) for between in skipped)


def test_a_table_rules_over_weekdays_and_festivals() -> None:
    monday, sunday = date(2027, 2, 8), date(2027, 1, 31)
    workdays = Workdays({monday: MAKE_UP, sunday: MAKE_UP}, set())
    assert workdays.is_working(monday)  # 春节 by its date, but the table knows better
    assert workdays.is_working(sunday)
    assert workdays.why(sunday) == MAKE_UP


def test_an_unconfirmed_year_knows_its_festivals_and_says_that_it_knows_no_more() -> None:
    workdays = Workdays({}, {2026})
    assert not workdays.confirmed(2027)
    assert workdays.why(date(2027, 2, 5)) == Source(Kind.OFF, "春节", "")
    assert workdays.is_working(date(2027, 2, 10))  # nobody has announced yet which days are moved
    assert workdays.why(date(2026, 10, 1)) is None  # a confirmed year's table is the whole truth


def test_before_and_after_the_known_moons_weekdays_and_the_common_calendar_decide() -> None:
    workdays = Workdays({}, set())
    far = max(LUNAR) + 1
    assert not workdays.is_working(date(far, 10, 1))
    assert workdays.is_working(next(date(far, 2, day) for day in range(1, 8) if date(far, 2, day).weekday() == 0))


@pytest.mark.parametrize(("hour", "day"), [(15, date(2026, 11, 23)), (16, date(2026, 11, 24))])
def test_a_day_begins_at_midnight_in_shanghai(hour: int, day: date) -> None:
    assert day_of(datetime(2026, 11, 23, hour, tzinfo=UTC)) == day
