"""Tables of surveys. A row is never changed but to say that it counts no more."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from meetinghub.rows import Row


class BaselineRow(Row, table=True):
    __tablename__ = "survey_baseline"
    __table_args__ = (
        CheckConstraint("period_from <= period_to", name="period"),
        CheckConstraint("meetings_for_all >= 0 AND meetings_for_all <= meetings", name="counts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    period_from: date
    period_to: date
    meetings: int
    meetings_for_all: int
    committees: int
    source: str = Field(max_length=200)
    url: str = Field(max_length=300, default="")
    file: str = Field(max_length=200, default="")
    digest: str = Field(max_length=64, default="")
    added_at: datetime
    added_by: str = Field(max_length=40)
    withdrawn_at: datetime | None = None
    withdrawn_by: str = Field(max_length=40, default="")


class BaselineDepartmentRow(Row, table=True):
    """``name`` is as the survey wrote it."""

    __tablename__ = "survey_baseline_department"

    baseline_id: int = Field(foreign_key="survey_baseline.id", primary_key=True, ondelete="CASCADE")
    name: str = Field(max_length=80, primary_key=True)
    position: int
    department_id: int | None = Field(default=None, foreign_key="department.id")
    meetings: int
    meetings_for_all: int
