"""Tables of meetings held before: files that are being worked on, what was taken of them, and the meetings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class ImportDraftRow(Row, table=True):
    """A file whose columns somebody is assigning. ``cells`` is its table (JSON, zlib), ``settings`` what was said so
    far, ``revision`` counts changes. Deleted when it is taken, thrown away, or forgotten."""

    __tablename__ = "import_draft"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a number of a draft that is gone names no other

    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(max_length=200)
    digest: str = Field(max_length=64, unique=True)
    cells: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    settings: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    rows: int
    revision: int = 0
    made_by: str = Field(max_length=40)
    made_at: datetime
    changed_at: datetime


class ImportTakingRow(Row, table=True):
    """``rows`` is SHA-256 of the canonical JSON of what was taken. ``known``: rows that were there already,
    ``left_out``: rows with problems that somebody chose to do without, ``skipped``: rows that say nothing was held."""

    __tablename__ = "import_taking"

    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(max_length=200)
    format: str = Field(max_length=8)
    digest: str = Field(max_length=64, index=True)
    rows: str = Field(max_length=64)
    meetings: int
    known: int
    left_out: int
    skipped: int
    first_day: date
    last_day: date
    taken_at: datetime
    taken_by: str = Field(max_length=40)
    taken_back_at: datetime | None = None
    taken_back_by: str = Field(max_length=40, default="")
    reason: str = Field(max_length=200, default="")


class HeldMeetingRow(Row, table=True):
    """It counts unless its taking was taken back. ``row`` is its place in the file."""

    __tablename__ = "held_meeting"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="takes_time"),
        Index("ix_held_meeting_department_id_starts_at", "department_id", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    taking_id: int = Field(foreign_key="import_taking.id", index=True)
    row: int
    uid: str = Field(max_length=255, default="", index=True)
    title: str = Field(max_length=200)
    starts_at: datetime = Field(index=True)
    minutes: int
    department_id: int | None = Field(default=None, foreign_key="department.id")
    department_name: str = Field(max_length=80)
    line: str = Field(max_length=40)
    committees: list[int] = Field(sa_column=Column(JSON, nullable=False))
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    mode: str = Field(max_length=16)
    own: bool
    place: str = Field(max_length=80)
    filed_at: datetime | None = None
    persons: int
