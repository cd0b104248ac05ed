"""Tables of calendar feeds and invitations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
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


class InvitationRow(Row, table=True):
    """What one address was last told of a meeting, and what it answered.

    ``told`` is :meth:`meetinghub.calendars.itip.Told.dumps`; ``standing`` false: they need not come any more.
    ``answered_for`` is the start that the answer was given for.
    """

    __tablename__ = "invitation"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    address: str = Field(max_length=254, primary_key=True)
    name: str = Field(max_length=80)
    unit: bool
    heads: int
    committee_id: int | None = Field(default=None, foreign_key="committee.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    uid: str = Field(max_length=255)
    sequence: int
    standing: bool
    told: str = Field(sa_type=Text)
    told_at: datetime
    answer: str = Field(max_length=16, default="")
    reason: str = Field(max_length=200, default="")
    deputy: str = Field(max_length=80, default="")
    answered_at: datetime | None = None
    answered_for: datetime | None = None


class InvitingRow(Row, table=True):
    """How far a meeting's invitations follow its facts: ``through`` is the newest fact that was looked at."""

    __tablename__ = "inviting"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    through: int = Field(sa_column=Column(NUMBER, nullable=False))
    looked_at: datetime
