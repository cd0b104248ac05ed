"""Surveys as people put them in and take them back, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.baselines import store
from meetinghub.baselines.model import Baseline, DepartmentCount, overlapping, problems
from meetinghub.baselines.service import Baselines
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound
from meetinghub.ledger.tables import FactRow
from meetinghub.people.tables import DepartmentRow, StreetOfficeRow

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SURVEY = Baseline(0, date(2024, 1, 1), date(2024, 6, 30), 282, 274, 33, "2024 年上半年会议调研")
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


class Now:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def surveys(database: Database) -> Baselines:
    return Baselines(database, Now())


def kinds(database: Database) -> list[str]:
    return database.read_now(lambda db: list(db.exec(select(FactRow.kind).order_by(col(FactRow.number)))))


def a_department(database: Database) -> int:
    def write(db: Db) -> int:
        office = StreetOfficeRow(id=1, name="街道")
        db.add(office)
        db.flush()
        row = DepartmentRow(street_office_id=1, name="城管科", line="城管", position=1)
        db.add(row)
        db.flush()
        assert row.id is not None
        return row.id

    return database.write_now(write)


async def test_a_survey_is_kept_as_it_was_typed_with_who_and_when(database: Database, surveys: Baselines) -> None:
    known = a_department(database)
    counts = (DepartmentCount("城管科", known, 40, 38), DepartmentCount("原文教科", None, 20, 20))
    number = await surveys.put(
        replace(SURVEY, departments=counts), by="coordinator", file="survey.csv", digest="ab" * 32
    )
    (one,) = await surveys.kept()
    assert one.baseline == replace(SURVEY, id=number, departments=counts)
    assert (one.provenance.added_at, one.provenance.added_by) == (NOW, "coordinator")
    assert (one.provenance.file, one.withdrawn_at) == ("survey.csv", None)
    assert database.read_now(store.baselines) == (one.baseline,)
    assert kinds(database) == ["baseline:set"]


async def test_a_survey_of_the_same_period_takes_the_place_of_the_one_before(
    database: Database, surveys: Baselines
) -> None:
    first = await surveys.put(SURVEY, by="coordinator")
    second = await surveys.put(replace(SURVEY, meetings=290), by="admin")
    assert [each.id for each in database.read_now(store.baselines)] == [second]
    gone = next(each for each in await surveys.kept() if each.baseline.id == first)
    assert (gone.withdrawn_at, gone.withdrawn_by) == (NOW, "admin")
    assert kinds(database) == ["baseline:set", "baseline:withdrawn", "baseline:set"]


async def test_periods_that_share_days_are_refused_and_nothing_is_written(
    database: Database, surveys: Baselines
) -> None:
    await surveys.put(SURVEY, by="coordinator")
    with pytest.raises(Invalid) as refused:
        await surveys.put(replace(SURVEY, period_to=date(2024, 12, 31)), by="coordinator")
    assert refused.value.fields == {"period_from": "baseline.overlaps"}
    await surveys.put(replace(SURVEY, period_from=date(2024, 7, 1), period_to=date(2024, 12, 31)), by="coordinator")
    assert [each.period_from for each in database.read_now(store.baselines)] == [date(2024, 7, 1), date(2024, 1, 1)]


async def test_taking_a_survey_back_twice_is_one_fact(database: Database, surveys: Baselines) -> None:
    number = await surveys.put(SURVEY, by="coordinator")
    await surveys.withdraw(number, by="admin")
    await surveys.withdraw(number, by="admin")
    assert database.read_now(store.baselines) == ()
    assert kinds(database) == ["baseline:set", "baseline:withdrawn"]
    with pytest.raises(NotFound):
        await surveys.withdraw(number + 1, by="admin")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"period_to": date(2023, 12, 31)}, "period_to"),
        ({"period_to": date(2026, 6, 30)}, "period_to"),
        ({"meetings": 0}, "meetings"),
        ({"meetings_for_all": 283}, "meetings_for_all"),
        ({"meetings_for_all": -1}, "meetings_for_all"),
        ({"committees": 0}, "committees"),
        ({"departments": (DepartmentCount("城管科", None, 300, 0),)}, "departments"),
        ({"departments": (DepartmentCount("城管科", None, 3, 4),)}, "departments"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(changed: dict[str, object], field: str) -> None:
    assert list(problems(replace(SURVEY, **changed))) == [field]  # type: ignore[arg-type]


def test_the_seed_s_own_figures_are_fine() -> None:
    assert problems(SURVEY) == {}
    assert SURVEY.days == 182


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 400))
def test_two_periods_overlap_when_a_day_is_in_both_and_they_are_not_the_same(
    a: date, long: int, b: date, other: int
) -> None:
    one = replace(SURVEY, period_from=a, period_to=a + timedelta(long))
    two = replace(SURVEY, period_from=b, period_to=b + timedelta(other))
    days = {a + timedelta(each) for each in range(long + 1)}
    shared = any(b + timedelta(each) in days for each in range(other + 1))
    assert (overlapping(one, (two,)) is not None) == (shared and (a, long) != (b, other))
