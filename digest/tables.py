"""Items and their revisions, issues and what they froze, deliveries, answers, offers, settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class IssueRow(Row, table=True):
    """``digest`` is that of all its frozen content; ``told_at`` when the host office was told that nobody has approved,
    ``told_deputy_at`` the deputy."""

    __tablename__ = "notice_issue"
    __table_args__ = (
        UniqueConstraint("year", "week", "part"),
        Index("ix_notice_issue_state_send_at", "state", "send_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    year: int
    week: int
    part: int = Field(default=0)
    kind: str = Field(max_length=12)
    state: str = Field(max_length=12)
    corrects_id: int | None = Field(default=None, foreign_key="notice_issue.id")
    send_at: datetime | None = None
    digest: str = Field(default="", max_length=64)
    approved_by: str = Field(default="", max_length=40)
    approved_at: datetime | None = None
    told_at: datetime | None = None
    told_deputy_at: datetime | None = None
    sent_at: datetime | None = None


class NoticeRow(Row, table=True):
    """An item. ``audiences``: objects of committees (numbers or null), roles, line. ``issue_id``: on whose
    board it is."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_department_id_state", "department_id", "state"),
        Index("ix_notice_issue_id_position", "issue_id", "position"),
        UniqueConstraint("origin", "origin_ref"),
    )

    id: int | None = Field(default=None, primary_key=True)
    department_id: int = Field(foreign_key="department.id")
    state: str = Field(max_length=12)
    origin: str = Field(max_length=12)
    origin_ref: int | None = None
    title: str = Field(max_length=80)
    text: str = Field(sa_type=Text)
    kind: str = Field(max_length=12)
    due_on: date | None = None
    due_at: str = Field(default="", max_length=5)
    audiences: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    link_kind: str = Field(default="", max_length=8)
    link_target: str = Field(default="", max_length=300)
    revision: int
    position: int = Field(default=0)
    issue_id: int | None = Field(default=None, foreign_key="notice_issue.id")
    reason: str = Field(default="", max_length=200)
    into_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    written_by: str = Field(max_length=40)
    created_at: datetime
    updated_by: str = Field(max_length=40)
    updated_at: datetime
    submitted_at: datetime | None = None


class NoticeRevisionRow(Row, table=True):
    """What an item said once: written when it is submitted and when the host office saves a change; never changed."""

    __tablename__ = "notice_revision"

    notice_id: int = Field(foreign_key="notice.id", primary_key=True, ondelete="CASCADE")
    revision: int = Field(primary_key=True)
    wording: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    by: str = Field(max_length=40)
    of_host: bool
    at: datetime


class NoticeFileRow(Row, table=True):
    """An attachment; its content lies on the shelf under ``digest``."""

    __tablename__ = "notice_file"

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=120)
    ending: str = Field(max_length=8)
    bytes: int
    digest: str = Field(max_length=64)
    added_by: str = Field(max_length=40)
    added_at: datetime


class IssueItemRow(Row, table=True):
    """An item as it was frozen; never changed. ``wording``, ``departments`` (names) and ``files`` say all of it."""

    __tablename__ = "notice_issue_item"
    __table_args__ = (UniqueConstraint("issue_id", "notice_id"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="notice_issue.id")
    notice_id: int = Field(foreign_key="notice.id", index=True)
    position: int
    wording: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    departments: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    department_ids: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    files: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    due_on: date | None = Field(default=None, index=True)
    corrects_id: int | None = Field(default=None, foreign_key="notice_issue_item.id")
    searched: str = Field(sa_type=Text)
    """Title, text and departments, folded for the search of the archive."""


class IssuePageRow(Row, table=True):
    """What one committee gets of an issue, as it was frozen; never changed."""

    __tablename__ = "notice_issue_page"

    issue_id: int = Field(foreign_key="notice_issue.id", primary_key=True)
    committee_id: int = Field(foreign_key="committee.id", primary_key=True, index=True)
    page: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str = Field(max_length=64)


class DeliveryRow(Row, table=True):
    """An issue to one address; the mail under ``mail_key`` tells what became of it."""

    __tablename__ = "notice_delivery"
    __table_args__ = (UniqueConstraint("issue_id", "committee_id", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="notice_issue.id")
    committee_id: int = Field(foreign_key="committee.id", index=True)
    address: str = Field(max_length=254)
    name: str = Field(max_length=80)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    mail_key: str = Field(max_length=200, unique=True)
    queued_at: datetime


class NoticeAnswerRow(Row, table=True):
    """What a committee last answered to an item: ``read`` or ``done``."""

    __tablename__ = "notice_answer"

    item_id: int = Field(foreign_key="notice_issue_item.id", primary_key=True)
    committee_id: int = Field(foreign_key="committee.id", primary_key=True, index=True)
    answer: str = Field(max_length=8)
    note: str = Field(default="", max_length=200)
    by: str = Field(max_length=254)
    via: str = Field(max_length=8)
    at: datetime


class NoticeQuestionRow(Row, table=True):
    """A committee's question about an item, and its department's answer."""

    __tablename__ = "notice_question"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="notice_issue_item.id", index=True)
    committee_id: int = Field(foreign_key="committee.id")
    text: str = Field(max_length=400)
    asked_by: str = Field(max_length=254)
    asked_at: datetime
    answer: str = Field(default="", max_length=800)
    answered_by: str = Field(default="", max_length=40)
    answered_at: datetime | None = None


class NoticeOfferRow(Row, table=True):
    """A segment that was only read out (offered to its department as an item), or an item that was queried so often
    that a meeting's topic is offered. ``state``: offered, taken, declined."""

    __tablename__ = "notice_offer"
    __table_args__ = (
        CheckConstraint("(segment_id IS NULL) <> (item_id IS NULL)", name="one_subject"),
        Index("ix_notice_offer_department_id_state", "department_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    segment_id: int | None = Field(default=None, foreign_key="segment.id", unique=True, ondelete="CASCADE")
    item_id: int | None = Field(default=None, foreign_key="notice_issue_item.id", unique=True)
    department_id: int = Field(foreign_key="department.id")
    state: str = Field(max_length=12)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", ondelete="SET NULL")
    offered_at: datetime
    answered_by: str = Field(default="", max_length=40)
    answered_at: datetime | None = None


class NoticeSettingsRow(Row, table=True):
    """One row, number 1."""

    __tablename__ = "notice_settings"

    id: int | None = Field(default=None, primary_key=True)
    host_id: int | None = Field(default=None, foreign_key="department.id")
    deputy: str = Field(default="", max_length=40)
    deadline_days: int
    deadline: str = Field(max_length=5)
    warn: str = Field(max_length=5)
    send: str = Field(max_length=5)
    remind: str = Field(max_length=5)
    unapproved: str = Field(max_length=8)
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    paused_by: str = Field(default="", max_length=40)
    paused_at: datetime | None = None
    pause_reason: str = Field(default="", max_length=200)
    revision: int
