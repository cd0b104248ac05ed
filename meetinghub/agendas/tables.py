"""Claims of other departments to minutes of a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class ClaimRow(Row, table=True):
    """``roles`` null: everybody the meeting is for. ``segment_id`` is set while it is on the agenda."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_meeting_id_state", "meeting_id", "state"),
        CheckConstraint("minutes > 0", name="takes_time"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", ondelete="CASCADE")
    department_id: int = Field(foreign_key="department.id", index=True)
    department: str = Field(max_length=80)
    title: str = Field(max_length=80)
    speaker: str = Field(max_length=80, default="")
    minutes: int
    kind: str = Field(max_length=16)
    roles: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    line: str = Field(max_length=40, default="")
    state: str = Field(max_length=16)
    claimed_by: str = Field(max_length=40)
    claimed_at: datetime
    decided_by: str = Field(max_length=40, default="")
    decided_at: datetime | None = None
    reason: str = Field(max_length=200, default="")
    segment_id: int | None = Field(default=None, foreign_key="segment.id", ondelete="SET NULL")
