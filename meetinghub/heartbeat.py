"""Signs of life of processes that nobody talks to, kept in the database.

Real time, not the installation's clock: that one may have been set elsewhere for a demonstration.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Field
from sqlmodel import Session as Db

from meetinghub.rows import Row

WORKER = "worker"
EVERY = timedelta(seconds=2)


class HeartbeatRow(Row, table=True):
    """When a process last said that it is alive and what it was doing."""

    __tablename__ = "heartbeat"

    name: str = Field(max_length=40, primary_key=True)
    at: datetime
    detail: str = Field(max_length=200, default="")


def beat(db: Db, name: str, detail: str = "") -> None:
    """Say that ``name`` is alive."""
    row = db.get(HeartbeatRow, name) or HeartbeatRow(name=name, at=datetime.now(UTC))
    row.at, row.detail = datetime.now(UTC), detail
    db.add(row)


def age(db: Db, name: str) -> timedelta | None:
    """How long ``name`` has been silent; None when it never spoke."""
    row = db.get(HeartbeatRow, name)
    return datetime.now(UTC) - row.at if row else None
