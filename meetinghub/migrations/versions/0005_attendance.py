"""Sealed sheets, for lists: which meetings are sealed, how each site stands, which corrections wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIGURES = ("asked", "present", "late", "left_early", "brief", "absent", "excused", "corrected")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attendance_sheet",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("sealed", NUMBER, nullable=False),
        sa.Column("sealed_at", UTCDateTime(), nullable=False),
        sa.Column("checkpointed_at", UTCDateTime(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in FIGURES),
        sa.Column("headcount", sa.Integer(), nullable=True),
        _of_a_meeting("attendance_sheet"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_attendance_sheet")),
    )
    op.create_index(op.f("ix_attendance_sheet_checkpointed_at"), "attendance_sheet", ["checkpointed_at"])
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("status", AutoString(length=16), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("left_early", sa.Boolean(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        _of_a_meeting("attendance"),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_attendance_committee_id_committee")),
        sa.PrimaryKeyConstraint("meeting_id", "committee_id", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_status"), "attendance", ["status"])
    op.create_index("ix_attendance_committee_id_status", "attendance", ["committee_id", "status"])
    op.create_table(
        "attendance_correction",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", AutoString(length=40), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        _of_a_meeting("attendance_correction"),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_attendance_correction_committee_id_committee")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_attendance_correction")),
    )
    op.create_index(op.f("ix_attendance_correction_meeting_id"), "attendance_correction", ["meeting_id"])
    op.create_index(op.f("ix_attendance_correction_decided_at"), "attendance_correction", ["decided_at"])


def downgrade() -> None:
    op.drop_table("attendance_correction")
    op.drop_table("attendance")
    op.drop_table("attendance_sheet")


def _of_a_meeting(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_meeting_id_meeting")
    return sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=name, ondelete="CASCADE")
