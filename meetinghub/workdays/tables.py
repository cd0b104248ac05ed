"""Tables of working days: years with where their table comes from, and the days in it."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from meetinghub.rows import Row


class WorkdayYearRow(Row, table=True):
    """``source`` names the notice or programme, ``added_by`` an account (empty: the release step)."""

    __tablename__ = "workday_year"

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    confirmed: bool
    source: str = Field(max_length=200)
    url: str = Field(max_length=300)
    added_at: datetime
    added_by: str = Field(max_length=40)


class WorkdayRow(Row, table=True):
    """A day that is off, or a weekend day that is worked. ``year`` is the year whose notice names it."""

    __tablename__ = "workday"

    day: date = Field(primary_key=True)
    kind: str = Field(max_length=8)
    name: str = Field(max_length=40)
    year: int = Field(foreign_key="workday_year.year", index=True, ondelete="CASCADE")
