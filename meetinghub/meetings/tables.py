"""Tables of planned meetings. How one went is in the ledger; the columns below ``state`` repeat it for lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
from meetinghub.rows import Row


class MeetingRow(Row, table=True):
    """``state``, ``starts_at``, ``ends_at`` and ``revision`` are written together with the facts they follow from.

    ``capacity_minutes`` is how long it may last with everything that is still claimed, 0 = as long as its agenda;
    ``claims_close_at`` null: by rule. ``called_at`` is when other departments were told of its free minutes,
    ``finalised_at`` when the host closed its agenda.
    """

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_state_starts_at", "state", "starts_at"),)

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=80)
    host_department_id: int | None = Field(default=None, foreign_key="department.id")
    host: str = Field(max_length=80)
    place: str = Field(max_length=80)
    phone: str = Field(max_length=32)
    chair: str = Field(max_length=40)
    count_in: int = Field(default=3)
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    line: str = Field(max_length=40, default="")
    announced_at: datetime  # the start as planned; starts_at follows postponing and the real start
    state: str = Field(max_length=16, default="planned")
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    revision: int = Field(default=0, sa_column=Column(NUMBER, nullable=False))
    capacity_minutes: int = 0
    claims_close_at: datetime | None = None
    called_at: datetime | None = None
    finalised_at: datetime | None = None
    mode: str = Field(max_length=12, default="video", sa_column_kwargs={"server_default": "video"})


class SegmentRow(Row, table=True):
    """``sites`` null: it concerns every site of the meeting; ``roles`` null: everybody the meeting is for."""

    __tablename__ = "segment"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("minutes > 0", name="takes_time"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", ondelete="CASCADE")
    position: int
    department_id: int | None = Field(default=None, foreign_key="department.id")
    department: str = Field(max_length=80)
    title: str = Field(max_length=80)
    speaker: str = Field(max_length=80, default="")
    minutes: int
    sites: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    roles: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    line: str = Field(max_length=40, default="")
    pinned: str = Field(max_length=8, default="")


class MeetingSiteRow(Row, table=True):
    """A committee that takes part, and who looks after its room in this meeting."""

    __tablename__ = "meeting_site"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    committee_id: int = Field(foreign_key="committee.id", primary_key=True)
    operator: str = Field(max_length=80, default="")
    phone: str = Field(max_length=32, default="")


class SeriesRow(Row, table=True):
    """``repeat`` is the recurrence as JSON, ``first`` the day it counts from, ``request_id`` what it was asked in."""

    __tablename__ = "meeting_series"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=80)
    department_id: int = Field(foreign_key="department.id")
    department: str = Field(max_length=80)
    request_id: int = Field(index=True)
    repeat: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    first: date
    follows: int | None = Field(default=None, foreign_key="meeting_series.id", unique=True)
    made_by: str = Field(max_length=40)
    made_at: datetime


class SeriesMeetingRow(Row, table=True):
    """A meeting's place in its series, from 1."""

    __tablename__ = "series_meeting"
    __table_args__ = (UniqueConstraint("series_id", "place"),)

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    series_id: int = Field(foreign_key="meeting_series.id")
    place: int
