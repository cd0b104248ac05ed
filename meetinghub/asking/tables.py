"""Tables of requests, their approval, declined rides, deputies and topics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class RequestRow(Row, table=True):
    """``draft`` is the wish as JSON; ``starts_at`` repeats its own meeting's start for lists and for expiry.

    ``assessed`` is what the rules said when it was submitted; ``meeting_id`` the meeting planned of it or ridden on.
    """

    __tablename__ = "meeting_request"
    __table_args__ = (
        Index("ix_meeting_request_state_starts_at", "state", "starts_at"),
        Index("ix_meeting_request_department_id_id", "department_id", "id"),
        Index("ix_meeting_request_updated_at_id", "updated_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(max_length=16)
    asked_by: str = Field(max_length=40, index=True)
    department_id: int = Field(foreign_key="department.id")
    title: str = Field(max_length=80)
    draft: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    round: int = Field(default=0)
    starts_at: datetime | None = None
    assessed: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="SET NULL")
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None
    decided_at: datetime | None = None


class DeclinedRideRow(Row, table=True):
    """A meeting that could have been ridden on, as it ranked when its asker declined all of them."""

    __tablename__ = "declined_ride"

    request_id: int = Field(foreign_key="meeting_request.id", primary_key=True, ondelete="CASCADE")
    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True, ondelete="CASCADE")
    place: int
    title: str = Field(max_length=80)
    starts_at: datetime
    coming: int
    newly: int
    free_minutes: int


class ApprovalStepRow(Row, table=True):
    """``round`` counts a request's submissions from 1."""

    __tablename__ = "approval_step"
    __table_args__ = (Index("ix_approval_step_office_decided_at", "office", "decided_at"),)

    request_id: int = Field(foreign_key="meeting_request.id", primary_key=True, ondelete="CASCADE")
    round: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    office: str = Field(max_length=16)
    due_at: datetime | None = None
    verdict: str | None = Field(default=None, max_length=16)
    decided_by: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=200)
    decided_at: datetime | None = None
    reminded_at: datetime | None = None


class ApprovalDeputyRow(Row, table=True):
    """``when_late``: only steps whose due time has passed."""

    __tablename__ = "approval_deputy"
    __table_args__ = (CheckConstraint("until > since", name="lasts"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(max_length=16)
    account: str = Field(max_length=40)
    since: datetime
    until: datetime = Field(index=True)
    when_late: bool = False
    named_by: str = Field(max_length=40)
    named_at: datetime


class TopicRow(Row, table=True):
    """What a committee asks a department to come and answer."""

    __tablename__ = "topic"
    __table_args__ = (Index("ix_topic_state_asked_at", "state", "asked_at"),)

    id: int | None = Field(default=None, primary_key=True)
    committee_id: int = Field(foreign_key="committee.id", index=True)
    department_id: int = Field(foreign_key="department.id")
    title: str = Field(max_length=80)
    text: str = Field(sa_type=Text)
    state: str = Field(max_length=16)
    asked_by: str = Field(max_length=40)
    asked_at: datetime
    taken_by: int | None = Field(default=None, foreign_key="department.id")
    taken_at: datetime | None = None
    answer: str = Field(default="", max_length=400)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", ondelete="SET NULL")
    closed_at: datetime | None = None
