"""All queries about working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete, func, select

from meetinghub.workdays.calendar import Kind, Source, Workdays
from meetinghub.workdays.tables import WorkdayRow, WorkdayYearRow

_KINDS = {each.value: each for each in Kind}


@dataclass(frozen=True, slots=True)
class Year:
    """A year's table and where it comes from."""

    year: int
    confirmed: bool
    source: str
    url: str
    added_at: datetime
    added_by: str
    days: Mapping[date, Source]


def workdays(db: Db) -> Workdays:
    """The table as this transaction sees it: some forty days a year."""
    known = years(db)
    days = {day: source for year in known for day, source in year.days.items()}
    return Workdays(days, [year.year for year in known if year.confirmed])


def years(db: Db) -> list[Year]:
    """Newest first."""
    rows = {row.year: row for row in db.exec(select(WorkdayYearRow))}
    days: dict[int, dict[date, Source]] = {year: {} for year in rows}
    # Columns, not rows as objects: there are hundreds, and nearly every page asks.
    found = db.exec(
        select(col(WorkdayRow.day), col(WorkdayRow.kind), col(WorkdayRow.name), col(WorkdayRow.year)).order_by(
            col(WorkdayRow.day)
        )
    )
    for day, kind, name, year in found:
        days[year][day] = Source(_KINDS[kind], name, rows[year].source, rows[year].url)
    return [
        Year(year, row.confirmed, row.source, row.url, row.added_at, row.added_by, days[year])
        for year, row in sorted(rows.items(), reverse=True)
    ]


def stamp(db: Db) -> tuple[int, datetime | None]:
    """Changes whenever a year's table does."""
    found = db.exec(select(func.count(), func.max(WorkdayYearRow.added_at))).one()
    return int(found[0]), found[1]


def put(db: Db, year: Year) -> None:
    """Set a year's table in place of what was known of it, and of the days it names."""
    db.exec(delete(WorkdayRow).where((col(WorkdayRow.year) == year.year) | col(WorkdayRow.day).in_(list(year.days))))
    row = WorkdayYearRow(
        year=year.year,
        confirmed=year.confirmed,
        source=year.source,
        url=year.url,
        added_at=year.added_at,
        added_by=year.added_by,
    )
    db.merge(row)
    db.flush()
    db.add_all(
        WorkdayRow(day=day, kind=source.kind.value, name=source.name, year=year.year)
        for day, source in year.days.items()
    )
    db.flush()
