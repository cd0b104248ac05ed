"""The years that come with the programme, held against another library and against the notice itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from meetinghub.db import Database
from meetinghub.workdays import store
from meetinghub.workdays.calendar import Kind, Source, Workdays
from meetinghub.workdays.festivals import LUNAR, festivals
from meetinghub.workdays.seed import seed

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(number) for number in range((date(year + 1, 1, 1) - first).days)]


@pytest.fixture
def seeded(database: Database) -> Workdays:
    database.write_now(seed, NOW)
    return database.read_now(store.workdays)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_another_library_agrees_on_every_day(seeded: Workdays, year: int) -> None:
    other = holidays.country_holidays("CN", years=year)
    assert seeded.confirmed(year)
    assert [day for day in days_of(year) if other.is_working_day(day) != seeded.is_working(day)] == []


def test_2026_is_as_the_state_council_announced_it(seeded: Workdays) -> None:
    off = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    made_up = {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20)}
    made_up.add(date(2026, 10, 10))
    rest = {date(2026, month, day) for month, first, last in off for day in range(first, last + 1)}
    for day in days_of(2026):
        expected = day in made_up or (day.weekday() < 5 and day not in rest)
        assert seeded.is_working(day) == expected, day
    why = seeded.why(date(2026, 2, 14))
    assert why is not None
    assert (why.kind, why.name) == (Kind.MAKE_UP, "春节")
    assert why.source.startswith("chinesecalendar 1.")


@pytest.mark.parametrize("year", sorted(LUNAR))
def test_festivals_of_years_to_come_fall_where_another_library_computes_them(year: int) -> None:
    other = holidays.country_holidays("CN", years=year, observed=False)
    assert set(festivals(year)) == {day for day in other if day.year == year}


@pytest.mark.parametrize("year", range(2008, 2027))
def test_qingming_falls_within_its_holiday(seeded: Workdays, year: int) -> None:
    (day,) = [day for day, name in festivals(year).items() if name == "清明节"]
    why = seeded.why(day)
    assert why is not None
    assert why.name == "清明"


def test_years_that_somebody_uploaded_are_left_alone(database: Database) -> None:
    own = store.Year(2026, True, "通知", "", NOW, "admin", {date(2026, 3, 2): Source(Kind.OFF, "换届", "通知")})
    database.write_now(store.put, own)
    added = database.write_now(seed, NOW)
    assert 2026 not in added
    assert database.write_now(seed, NOW) == []
    workdays = database.read_now(store.workdays)
    assert not workdays.is_working(date(2026, 3, 2))
    assert workdays.is_working(date(2026, 10, 1))


def test_a_years_new_table_takes_the_place_of_the_old(database: Database) -> None:
    first = store.Year(2027, False, "预计", "", NOW, "admin", {date(2027, 3, 1): Source(Kind.OFF, "甲", "预计")})
    second = store.Year(2027, True, "通知", "", NOW, "admin", {date(2027, 3, 2): Source(Kind.OFF, "乙", "通知")})
    database.write_now(store.put, first)
    assert not database.read_now(store.workdays).confirmed(2027)
    database.write_now(store.put, second)
    workdays = database.read_now(store.workdays)
    assert workdays.confirmed(2027)
    assert (workdays.is_working(date(2027, 3, 1)), workdays.is_working(date(2027, 3, 2))) == (True, False)
