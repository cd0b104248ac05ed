"""Periods as addresses name them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.burden import periods
from meetinghub.burden.periods import Kind, before, free, month_of, named, offered

DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(("name", "first", "last", "number"), [
    ("2026-10", date(2026, 10, 1), date(2026, 10, 31), 10),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 2),
    ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), 3),
    ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), 2),
    ("2026", date(2026, 1, 1), date(2026, 12, 31), 1),
])  # fmt: skip
def test_a_name_says_a_span_of_days(name: str, first: date, last: date, number: int) -> None:
    found = named(name)
    assert found is not None
    assert (found.first, found.last, found.name, found.number) == (first, last, name, number)


@pytest.mark.parametrize("name", ["", "2026-13", "2026-00", "2026-Q5", "2026-H3", "1999", "26-10", "2026-1", "free"])
def test_what_names_no_period_is_none(name: str) -> None:
    assert named(name) is None


def test_a_free_period_has_both_its_days_and_an_end() -> None:
    found = free("2026-03-05", "2026-03-05")
    assert found is not None
    assert (found.first, found.last, found.kind, found.name) == (date(2026, 3, 5), date(2026, 3, 5), Kind.FREE, "")
    for first, last in (("x", "2026-03-05"), ("2026-03-06", "2026-03-05"), ("2020-01-01", "2026-01-01"),
                        ("1999-01-01", "1999-02-01"), ("2026-02-30", "2026-03-01")):  # fmt: skip
        assert free(first, last) is None


@given(DAYS)
def test_whatever_is_offered_can_be_asked_for_by_its_name(today: date) -> None:
    found = offered(today)
    assert [named(each.name) for each in found] == found
    assert sum(each.first <= today <= each.last for each in found) == 4


@given(DAYS)
def test_the_period_before_ends_where_this_one_begins(today: date) -> None:
    for each in offered(today):
        earlier = before(each)
        assert earlier.kind is each.kind
        assert earlier.last + timedelta(days=1) == each.first
    free_one = free(today.isoformat(), (today + timedelta(days=9)).isoformat())
    assert free_one is not None
    assert (before(free_one).first, before(free_one).last) == (today - timedelta(days=10), today - timedelta(days=1))


def test_a_running_period_ends_today_and_one_to_come_has_its_first_day() -> None:
    found = month_of(date(2026, 11, 22))
    assert found.until(date(2026, 11, 22)) == date(2026, 11, 22)
    assert found.until(date(2026, 12, 22)) == date(2026, 11, 30)
    assert found.until(date(2026, 10, 22)) == date(2026, 11, 1)


def test_months_are_counted_back_over_the_year() -> None:
    assert periods.months(date(2026, 2, 3), 4) == [202511, 202512, 202601, 202602]
