"""What lists of sealed sheets are read from. All of it repeats facts, and is written together with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
from meetinghub.rows import Row


class AttendanceSheetRow(Row, table=True):
    """One per sealed meeting. ``sealed`` is the number of the sealing fact; ``checkpointed_at`` is null until a
    checkpoint that covers it was kept outside the database.

    The figures say of how many sites each word is said now; one that was late and left early counts under both.
    """

    __tablename__ = "attendance_sheet"

    meeting_id: int = Field(primary_key=True, foreign_key="meeting.id", ondelete="CASCADE")
    sealed: int = Field(sa_column=Column(NUMBER, nullable=False))
    sealed_at: datetime
    checkpointed_at: datetime | None = Field(default=None, index=True)
    asked: int
    present: int
    late: int
    left_early: int
    brief: int
    absent: int
    excused: int
    corrected: int
    headcount: int | None = Field(default=None)


class AttendanceRow(Row, table=True):
    """A site's line as it counts now: as sealed, or as corrected. ``late`` and ``left_early`` may both be true while
    ``status`` can name one only."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_committee_id_status", "committee_id", "status"),)

    meeting_id: int = Field(primary_key=True, foreign_key="meeting.id", ondelete="CASCADE")
    committee_id: int = Field(primary_key=True, foreign_key="committee.id")
    status: str | None = Field(default=None, max_length=16, index=True)  # null: asked for nothing
    late: bool
    left_early: bool
    headcount: int | None = Field(default=None)
    corrected: bool


class AttendanceCorrectionRow(Row, table=True):
    """``number`` is that of the proposing fact; ``decided_at`` is null while it waits for the second person."""

    __tablename__ = "attendance_correction"

    number: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    meeting_id: int = Field(foreign_key="meeting.id", ondelete="CASCADE", index=True)
    committee_id: int = Field(foreign_key="committee.id")
    proposed_by: str = Field(max_length=40)
    proposed_at: datetime
    decided_at: datetime | None = Field(default=None, index=True)
