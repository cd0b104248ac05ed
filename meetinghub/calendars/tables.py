"""Tables of calendar feeds."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from meetinghub.rows import Row


class CalendarFeedRow(Row, table=True):
    """``digest`` is SHA-256 of what stands in the address: whoever reads the table cannot fetch a feed."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=16)
    subject: str = Field(max_length=80)
    language: str = Field(max_length=8)
    made_at: datetime
    revoked_at: datetime | None = None
    fetched_at: datetime | None = None
