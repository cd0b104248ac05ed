"""Tables of merge plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class MergePlanRow(Row, table=True):
    __tablename__ = "merge_plan"

    id: int | None = Field(default=None, primary_key=True)
    made_at: datetime = Field(index=True)
    made_by: str = Field(max_length=40, default="")
    first_day: date
    last_day: date
    meetings: int
    before: int
    after: int
    at_least: int


class MergeRowRow(Row, table=True):
    """``parts``: the meetings in the order of the sitting, each with what it was when this was proposed."""

    __tablename__ = "merge_row"

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="merge_plan.id", ondelete="CASCADE", index=True)
    host_meeting_id: int
    ride: bool
    parts: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    attendances_before: int
    attendances_after: int
    seated_before: int
    seated_after: int
    accepted_at: datetime | None = None
    accepted_by: str = Field(max_length=40, default="")
