"""Requests for meetings: drafts, declined rides, approval and deputies; topics of committees; kept notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _requests()
    _approval()
    _topics()


def downgrade() -> None:
    op.drop_table("notice_draft")
    op.drop_table("topic")
    op.drop_table("approval_deputy")
    op.drop_table("approval_step")
    op.drop_table("declined_ride")
    op.drop_table("meeting_request")


def _requests() -> None:
    op.create_table(
        "meeting_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("asked_by", AutoString(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("assessed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meeting_request_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_request_meeting_id_meeting"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_request")),
    )
    op.create_index(op.f("ix_meeting_request_asked_by"), "meeting_request", ["asked_by"], unique=False)
    op.create_index("ix_meeting_request_department_id_id", "meeting_request", ["department_id", "id"], unique=False)
    op.create_index("ix_meeting_request_state_starts_at", "meeting_request", ["state", "starts_at"], unique=False)
    op.create_table(
        "declined_ride",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("coming", sa.Integer(), nullable=False),
        sa.Column("newly", sa.Integer(), nullable=False),
        sa.Column("free_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_declined_ride_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["meeting_request.id"],
            name=op.f("fk_declined_ride_request_id_meeting_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "meeting_id", name=op.f("pk_declined_ride")),
    )


def _approval() -> None:
    op.create_table(
        "approval_step",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("office", AutoString(length=16), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", AutoString(length=16), nullable=True),
        sa.Column("decided_by", AutoString(length=40), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["meeting_request.id"],
            name=op.f("fk_approval_step_request_id_meeting_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "round", "position", name=op.f("pk_approval_step")),
    )
    op.create_index("ix_approval_step_office_decided_at", "approval_step", ["office", "decided_at"], unique=False)
    op.create_table(
        "approval_deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", AutoString(length=16), nullable=False),
        sa.Column("account", AutoString(length=40), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("named_by", AutoString(length=40), nullable=False),
        sa.Column("named_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_approval_deputy_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_deputy")),
    )
    op.create_index(op.f("ix_approval_deputy_until"), "approval_deputy", ["until"], unique=False)


def _topics() -> None:
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("asked_by", AutoString(length=40), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", UTCDateTime(), nullable=True),
        sa.Column("answer", AutoString(length=400), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_topic_committee_id_committee")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_topic_department_id_department")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_topic_meeting_id_meeting"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["department.id"], name=op.f("fk_topic_taken_by_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    op.create_index(op.f("ix_topic_committee_id"), "topic", ["committee_id"], unique=False)
    op.create_index("ix_topic_state_asked_at", "topic", ["state", "asked_at"], unique=False)
    op.create_table(
        "notice_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("committees", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("line", AutoString(length=40), nullable=False),
        sa.Column("kept_by", AutoString(length=40), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_notice_draft_claim_id_claim"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_notice_draft_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["meeting_request.id"],
            name=op.f("fk_notice_draft_request_id_meeting_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_draft")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_notice_draft_claim_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_notice_draft_request_id")),
    )
    op.create_index(op.f("ix_notice_draft_department_id"), "notice_draft", ["department_id"], unique=False)
