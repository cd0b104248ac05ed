"""Documents put to segments. Their content lies on the shelf, under ``digest``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from meetinghub.rows import Row


class DocumentRow(Row, table=True):
    """One version; ``group_id`` is the first version's number, its own for a first one."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("group_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    segment_id: int = Field(foreign_key="segment.id", index=True, ondelete="CASCADE")
    group_id: int | None = Field(default=None, foreign_key="document.id")
    version: int
    name: str = Field(max_length=120)
    ending: str = Field(max_length=8)
    bytes: int
    digest: str = Field(max_length=64)
    added_by: str = Field(max_length=40)
    added_at: datetime
    removed_by: str = Field(default="", max_length=40)
    removed_at: datetime | None = None
    reason: str = Field(default="", max_length=200)
