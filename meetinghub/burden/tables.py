"""Tables of the burden account. Sittings, lines, rides and refusals repeat facts and can be made again from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
from meetinghub.rows import Row

_SUMMED = ("measured", "attended", "uncounted", "rides", "persons", "trips", "sat", "addressed")
"""What pages sum up stands in one index with what it is grouped by: they read that and no row."""


class SittingRow(Row, table=True):
    """One sitting with the sums of its lines, so that the street's figures need not read them.

    ``month`` is 202611 for November 2026. ``attended`` are committees, ``sat`` and ``addressed`` person-seconds;
    ``roles``: role → committees that sent somebody of it, persons, trips, sat, addressed.
    """

    __tablename__ = "burden_sitting"
    __table_args__ = (
        UniqueConstraint("source", "number"),
        Index("ix_burden_sitting_department_id_day", "department_id", "day"),
        Index("ix_burden_sitting_figures", "day", "month", "source", "department_id", *_SUMMED),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=8)
    number: int
    day: date
    month: int
    starts_at: datetime
    seconds: int
    title: str = Field(max_length=80)
    host: str = Field(max_length=80)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    mode: str = Field(max_length=12)
    measured: bool
    called: int
    attended: int
    uncounted: int
    persons: int
    trips: int
    sat: int
    addressed: int
    rides: int
    roles: dict[str, list[int]] = Field(sa_column=Column(JSON, nullable=False))


class LineRow(Row, table=True):
    """One committee at one sitting, with what of the sitting its sums are grouped by. ``roles``: role → persons, trips,
    sat, addressed."""

    __tablename__ = "burden_line"
    __table_args__ = (
        Index("ix_burden_line_figures", "committee_id", "day", "month", "source", "department_id", *_SUMMED),
    )

    sitting_id: int = Field(foreign_key="burden_sitting.id", primary_key=True, ondelete="CASCADE")
    committee_id: int = Field(foreign_key="committee.id", primary_key=True)
    day: date
    month: int
    source: str = Field(max_length=8)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    measured: bool
    rides: int
    called: bool
    attended: bool
    uncounted: bool
    persons: int
    trips: int
    sat: int
    addressed: int
    roles: dict[str, list[int]] = Field(sa_column=Column(JSON, nullable=False))


class RideRow(Row, table=True):
    __tablename__ = "burden_ride"
    __table_args__ = (
        Index("ix_burden_ride_department_id_day", "department_id", "day"),
        Index("ix_burden_ride_day", "day", "department_id", "items", "sitting_id"),
    )

    sitting_id: int = Field(foreign_key="burden_sitting.id", primary_key=True, ondelete="CASCADE")
    department_id: int = Field(foreign_key="department.id", primary_key=True)
    day: date
    items: int
    seconds: int


class RefusalRow(Row, table=True):
    """A wish for a meeting that came to nothing: ``why`` is ``rules`` (``rules`` then names them) or the office whose
    approver refused it, with ``reason``. ``number`` is the fact's."""

    __tablename__ = "burden_refusal"
    __table_args__ = (Index("ix_burden_refusal_department_id_day", "department_id", "day"),)

    number: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    day: date = Field(index=True)
    at: datetime
    department_id: int | None = Field(default=None, foreign_key="department.id")
    request_id: int | None = None
    title: str = Field(max_length=80)
    minutes: int
    committees: int
    why: str = Field(max_length=16)
    rules: list[str] = Field(sa_column=Column(JSON, nullable=False))
    reason: str = Field(max_length=200)


class ContestRow(Row, table=True):
    """``number`` is that of the fact by which a committee contested its line of a sitting; null: stays as it is."""

    __tablename__ = "burden_contest"
    __table_args__ = (Index("ix_burden_contest_source_sitting_number", "source", "sitting_number"),)

    number: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    source: str = Field(max_length=8)
    sitting_number: int
    committee_id: int = Field(foreign_key="committee.id", index=True)
    attended: bool | None = None
    persons: int | None = None
    travelled: bool | None = None
    reason: str = Field(max_length=200)
    contested_by: str = Field(max_length=40)
    contested_at: datetime
    accepted: bool | None = None
    answer: str = Field(max_length=200, default="")
    decided_by: str = Field(max_length=40, default="")
    decided_at: datetime | None = Field(default=None, index=True)


class CallRow(Row, table=True):
    """A committee was called outside the system. ``state``: see :mod:`meetinghub.burden.calls`."""

    __tablename__ = "burden_call"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="takes_time"),
        Index("ix_burden_call_department_id_state", "department_id", "state"),
        Index("ix_burden_call_committee_id_day", "committee_id", "day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    committee_id: int = Field(foreign_key="committee.id")
    department_id: int = Field(foreign_key="department.id")
    day: date
    subject: str = Field(max_length=80)
    minutes: int
    persons: int
    in_person: bool
    state: str = Field(max_length=12)
    logged_by: str = Field(max_length=40)
    logged_at: datetime
    answer: str = Field(max_length=200, default="")
    answered_by: str = Field(max_length=40, default="")
    answered_at: datetime | None = None
    decision: str = Field(max_length=200, default="")
    decided_by: str = Field(max_length=40, default="")
    decided_at: datetime | None = None


class FollowedRow(Row, table=True):
    """One row: the newest fact that the account already follows."""

    __tablename__ = "burden_followed"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    number: int = Field(default=0, sa_column=Column(NUMBER, nullable=False))
