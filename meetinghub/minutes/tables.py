"""Minutes: drafts, editions and what they say, tasks and what their owners answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class MinutesDraftRow(Row, table=True):
    """``tasks``: objects of text, owners (names as typed) and due (ISO date or empty)."""

    __tablename__ = "minutes_draft"

    segment_id: int = Field(foreign_key="segment.id", primary_key=True, ondelete="CASCADE")
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    text: str = Field(sa_type=Text)
    decisions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    tasks: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    revision: int
    saved_by: str = Field(max_length=40)
    saved_at: datetime


class MinutesEditionRow(Row, table=True):
    """Never changed once written; ``digest`` stands in the ledger too."""

    __tablename__ = "minutes_edition"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    number: int = Field(primary_key=True)
    reason: str = Field(max_length=200)
    digest: str = Field(max_length=64)
    published_by: str = Field(max_length=40)
    published_at: datetime = Field(index=True)


class MinutesSegmentRow(Row, table=True):
    """What an edition says anew of one segment; never changed."""

    __tablename__ = "minutes_segment"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    edition: int = Field(primary_key=True)
    segment_id: int = Field(foreign_key="segment.id", primary_key=True, ondelete="CASCADE")
    text: str = Field(sa_type=Text)
    decisions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class MinutesTakenRow(Row, table=True):
    """A committee has taken note of an edition."""

    __tablename__ = "minutes_taken"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    committee_id: int = Field(foreign_key="committee.id", primary_key=True, index=True)
    edition: int
    taken_by: str = Field(max_length=40)
    taken_at: datetime


class TaskRow(Row, table=True):
    """``edition`` gave it; ``ended`` is the one that no longer has it."""

    __tablename__ = "task"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    segment_id: int = Field(foreign_key="segment.id", ondelete="CASCADE")
    text: str = Field(max_length=400)
    due_on: date | None = None
    edition: int
    ended: int | None = None


class TaskOwnerRow(Row, table=True):
    """``committee_id`` or ``department_id`` answers for it; ``person_id`` when one of its people was named."""

    __tablename__ = "task_owner"
    __table_args__ = (
        CheckConstraint("(committee_id IS NULL) <> (department_id IS NULL)", name="one_unit"),
        Index("ix_task_owner_committee_id_answer", "committee_id", "answer"),
        Index("ix_task_owner_department_id_answer", "department_id", "answer"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True, ondelete="CASCADE")
    committee_id: int | None = Field(default=None, foreign_key="committee.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    name: str = Field(max_length=120)
    answer: str = Field(max_length=8, default="open")
    note: str = Field(max_length=200, default="")
    answered_by: str = Field(max_length=40, default="")
    answered_at: datetime | None = None
