"""Every figure is recomputed from the rows it is made of, over random accounts, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db

from meetinghub.burden import store, sums
from meetinghub.burden.figures import Figure, Totals
from meetinghub.burden.model import Line, Refusal, Ride, Share, Sitting, Source
from meetinghub.burden.rows import Entry, View
from meetinghub.db import Database
from meetinghub.people.tables import CommitteeRow, DepartmentRow, StreetOfficeRow

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 20)
COMMITTEES, DEPARTMENTS, ROLES = (1, 2, 3), (1, 2), ("secretary", "line_worker", "")
VIEWS = [
    View(committee, department, role)
    for committee, department in ((None, None), (1, None), (None, 1))
    for role in (None, "secretary", "line_worker")
]
SHARES = st.builds(
    lambda persons, trips, sat, addressed: Share(persons, min(trips, persons), sat, min(addressed, sat)),
    st.integers(1, 4), st.integers(0, 4), st.integers(0, 9000), st.integers(0, 9000),
)  # fmt: skip


@st.composite
def sittings(draw: st.DrawFn, number: int) -> Sitting:
    source = draw(st.sampled_from((Source.MEETING, Source.MEETING, Source.IMPORT, Source.CALL)))
    day = draw(st.dates(FIRST - timedelta(days=20), LAST + timedelta(days=20)))
    lines = []
    for committee in sorted(draw(st.sets(st.sampled_from(COMMITTEES)))):
        roles = draw(st.dictionaries(st.sampled_from(ROLES), SHARES, max_size=3))
        attended = bool(roles) or draw(st.booleans())
        lines.append(Line(committee, True, attended, attended and not roles, roles))
    host = draw(st.sampled_from((*DEPARTMENTS, None)))
    others = [each for each in DEPARTMENTS if each != host]
    rides = [Ride(each, draw(st.integers(1, 3)), 60) for each in sorted(draw(st.sets(st.sampled_from(others))))]
    return Sitting(
        source=source,
        number=number,
        day=day,
        starts_at=datetime(day.year, day.month, day.day, 6, tzinfo=UTC),
        seconds=draw(st.integers(60, 9000)),
        title=draw(st.sampled_from(("例会", "消防", "100%"))),
        host=f"科室{host}",
        department=host,
        mode="video",
        measured=source is Source.MEETING,
        lines=tuple(lines),
        rides=tuple(rides) if source is Source.MEETING else (),
    )


@st.composite
def accounts(draw: st.DrawFn) -> list[Sitting]:
    return [draw(sittings(number)) for number in range(1, draw(st.integers(0, 6)) + 1)]


def of_view(sitting: Sitting, view: View) -> list[tuple[Line, Share]]:
    """The view's lines of a sitting and its share of each; none when the sitting is not the view's."""
    if view.department is not None and sitting.department != view.department:
        return []
    lines = [line for line in sitting.lines if line.attended and view.committee in (None, line.committee)]
    if view.role is None:
        return [(line, line.whole) for line in lines]
    return [(line, line.roles[view.role]) for line in lines if view.role in line.roles]


def is_row(sitting: Sitting, view: View) -> bool:
    if not FIRST <= sitting.day <= LAST or (view.department is not None and sitting.department != view.department):
        return False
    return bool(of_view(sitting, view)) or (view.committee is None and view.role is None)


def by_hand(account: list[Sitting], view: View) -> Totals:
    rows = [each for each in account if is_row(each, view)]
    calls = [each for each in rows if each.source is Source.CALL]
    shares = [(each, share) for each in rows for _, share in of_view(each, view)]
    rides = sum(ride.items for each in rows for ride in each.rides)
    if view.department is not None:
        within = [each for each in account if FIRST <= each.day <= LAST]
        rides = sum(ride.items for each in within for ride in each.rides if ride.department == view.department)
    uncounted = sum(line.uncounted for each in rows for line, _ in of_view(each, view)) if view.role is None else 0
    return Totals(
        sittings=len(rows) - len(calls),
        calls=len(calls),
        attendances=len(shares),
        call_attendances=sum(len(of_view(each, view)) for each in calls),
        uncounted=uncounted,
        rides=rides,
        whole=sum((share for _, share in shares), Share()),
        measured=sum((share for each, share in shares if each.measured), Share()),
    )


@pytest.fixture
def kept(database: Database) -> Callable[[list[Sitting]], Database]:
    """Puts an account in place of whatever was there."""

    def units(db: Db) -> None:
        db.add(StreetOfficeRow(id=1, name="清河湾街道"))
        db.flush()
        for number in DEPARTMENTS:
            db.add(DepartmentRow(id=number, street_office_id=1, name=f"科室{number}", line="", position=number))
        for number in COMMITTEES:
            name = f"居委会{number}"
            db.add(CommitteeRow(id=number, street_office_id=1, seat=number, name=name, full_name=name, phone=""))

    def keep(account: list[Sitting]) -> Database:
        def write(db: Db) -> None:
            store.forget(db)
            for each in account:
                store.put(db, each)

        database.write_now(write)
        return database

    database.write_now(units)
    return keep


few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
Keep = Callable[[list[Sitting]], Database]


@few
@given(account=accounts())
def test_every_sum_of_every_view_is_that_of_its_rows(kept: Keep, account: list[Sitting]) -> None:
    database = kept(account)
    for view in VIEWS:
        assert database.read_now(sums.totals, view, FIRST, LAST) == by_hand(account, view), view


@few
@given(account=accounts(), figure=st.sampled_from([each for each in Figure if each is not Figure.REFUSED]))
def test_the_rows_of_a_figure_add_up_to_it(kept: Keep, account: list[Sitting], figure: Figure) -> None:
    database = kept(account)
    adds: dict[Figure, Callable[[Entry], int]] = {
        Figure.ATTENDANCES: lambda row: row.attendances,
        Figure.DAILY: lambda row: row.attendances,
        Figure.RIDES: lambda row: row.rides,
        Figure.ADDRESSED: lambda row: row.share.addressed,
        Figure.SITTINGS: lambda row: 1,
        Figure.MINUTES: lambda row: row.share.sat,
        Figure.TRIPS: lambda row: row.share.trips,
        Figure.CALLS: lambda row: 1,
    }
    for view in VIEWS:
        expected = by_hand(account, view)
        whole: dict[Figure, int] = {
            Figure.ATTENDANCES: expected.attendances,
            Figure.DAILY: expected.attendances,
            Figure.RIDES: expected.rides,
            Figure.ADDRESSED: expected.measured.addressed,
            Figure.SITTINGS: expected.sittings,
            Figure.MINUTES: expected.whole.sat,
            Figure.TRIPS: expected.whole.trips,
            Figure.CALLS: expected.calls,
        }
        if figure is Figure.RIDES and view.department is not None and view.role is not None:
            continue  # a department's rides are in sittings that others called: roles say nothing of them
        rows, count = database.read_now(partial(sums.entries, limit=100), view, FIRST, LAST, figure)
        assert len(rows) == count
        assert sum(adds[figure](row) for row in rows) == whole[figure], view


@few
@given(account=accounts())
def test_months_and_departments_add_up_to_the_whole(kept: Keep, account: list[Sitting]) -> None:
    database = kept(account)
    for view in (each for each in VIEWS if each.department is None):
        whole = by_hand(account, view)
        months = database.read_now(sums.months, view, FIRST, LAST)
        assert sum(month.attendances for month in months.values()) == whole.attendances
        assert sum(month.calls for month in months.values()) == whole.call_attendances
        for number, month in months.items():
            own = [each for each in account if each.month == number]
            assert month.attendances == by_hand(own, view).attendances
        found = database.read_now(sums.departments, view, FIRST, LAST)
        assert sum(each.attendances for each in found) == whole.attendances
        assert sum(each.sittings for each in found) == whole.sittings
        assert sum((each.measured for each in found), Share()) == whole.measured
        if view.role is None:
            assert sum(each.rides for each in found) == whole.rides


def test_rows_are_found_by_any_text_and_turned_page_by_page(kept: Keep) -> None:
    share = {"secretary": Share(1, 0, 60, 60)}
    line = Line(1, True, True, roles=share)
    one = Sitting(
        Source.MEETING, 1, FIRST, datetime(2026, 1, 5, tzinfo=UTC), 60, "100%", "科室1", 1, "video", True, (line,)
    )
    later = one.starts_at + timedelta(days=1)
    database = kept([one, replace(one, number=2, title="消防", starts_at=later), replace(one, number=3, title="100人")])

    def read(**options: Any) -> tuple[list[int], int]:
        wanted = partial(sums.entries, view=View(), first=FIRST, last=LAST, figure=Figure.SITTINGS, **options)
        rows, count = database.read_now(wanted)
        return [row.number for row in rows], count

    assert read() == ([2, 3, 1], 3)
    assert read(text="0%") == ([1], 1)
    assert read(offset=1, limit=1) == ([3], 3)
    assert read(text="没有") == ([], 0)


def test_refusals_are_listed_and_counted_by_who_said_no(kept: Keep) -> None:
    database = kept([])
    now = datetime(2026, 2, 1, tzinfo=UTC)
    one = Refusal(7, date(2026, 2, 1), now, 1, None, "宣讲会", 60, 3, "rules", ("1:calls",))
    other = replace(one, number=8, department=2, why="leader", rules=(), reason="下次")

    def write(db: Db) -> None:
        for each in (one, other, one):
            store.put_refusal(db, each)

    database.write_now(write)
    assert database.read_now(sums.refusals, View(), FIRST, LAST) == [other, one]
    assert database.read_now(sums.count_refusals, View(), FIRST, LAST) == {"rules": 1, "leader": 1}
    assert database.read_now(sums.refusals, View(department=1), FIRST, LAST) == [one]
    assert database.read_now(sums.refusals, View(committee=1), FIRST, LAST) == []
