"""Tables of policies and charges. Usage is always counted from rows; no total is kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
from meetinghub.rows import Row


class PolicyRow(Row, table=True):
    """``rules`` is canonical JSON; only a draft's changes, and each change raises ``revision``."""

    __tablename__ = "quota_policy"

    number: int | None = Field(default=None, primary_key=True)
    status: str = Field(max_length=16)
    note: str = Field(max_length=200, default="")
    rules: str = Field(sa_type=Text)
    effective_from: date | None = None
    revision: int = 0
    created_by: str = Field(max_length=40)
    created_at: datetime
    changed_at: datetime
    switched_on_by: str = Field(max_length=40, default="")
    switched_on_at: datetime | None = None
    retired_at: datetime | None = None


class ChargeRow(Row, table=True):
    """``key``: whoever asked finds its charge again by it. ``segment_id``: the agenda item that a ride is."""

    __tablename__ = "quota_charge"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="takes_time"),
        Index("ix_quota_charge_department_id_starts_at", "department_id", "starts_at"),
        Index("ix_quota_charge_line_starts_at", "line", "starts_at"),
        Index("ix_quota_charge_state_hold_expires_at", "state", "hold_expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, max_length=80, unique=True)
    state: str = Field(max_length=16)
    hold_expires_at: datetime | None = None
    series: str = Field(max_length=40, default="", index=True)
    meeting_id: int | None = Field(default=None, index=True)
    segment_id: int | None = None
    title: str = Field(max_length=80, default="")
    department_id: int | None = None
    line: str = Field(max_length=40, default="")
    starts_at: datetime = Field(index=True)
    minutes: int
    persons: int = 0
    own: bool
    exempt: str = Field(max_length=16, default="")
    sites: list[int] = Field(sa_column=Column(JSON, nullable=False))
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    calls: list[str] = Field(sa_column=Column(JSON, nullable=False))
    speeches: list[int] = Field(sa_column=Column(JSON, nullable=False))
    policy: int = 0
    made_by: str = Field(max_length=40, default="")
    made_at: datetime


class FoldedRow(Row, table=True):
    """One row: the newest fact about meetings that charges already follow."""

    __tablename__ = "quota_folded"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    number: int = Field(default=0, sa_column=Column(NUMBER, nullable=False))
