"""Policies for calling meetings, and what is charged against them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quota_policy",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", AutoString(length=16), nullable=False),
        sa.Column("note", AutoString(length=200), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", AutoString(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("switched_on_by", AutoString(length=40), nullable=False),
        sa.Column("switched_on_at", UTCDateTime(), nullable=True),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_quota_policy")),
    )
    op.create_table(
        "quota_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(length=80), nullable=True),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("hold_expires_at", UTCDateTime(), nullable=True),
        sa.Column("series", AutoString(length=40), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("line", AutoString(length=40), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("exempt", AutoString(length=16), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("sites", "roles", "calls", "speeches")),
        sa.Column("policy", sa.Integer(), nullable=False),
        sa.Column("made_by", AutoString(length=40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_quota_charge_takes_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_charge")),
        sa.UniqueConstraint("key", name=op.f("uq_quota_charge_key")),
    )
    op.create_index(op.f("ix_quota_charge_series"), "quota_charge", ["series"])
    op.create_index(op.f("ix_quota_charge_meeting_id"), "quota_charge", ["meeting_id"])
    op.create_index(op.f("ix_quota_charge_starts_at"), "quota_charge", ["starts_at"])
    op.create_index("ix_quota_charge_department_id_starts_at", "quota_charge", ["department_id", "starts_at"])
    op.create_index("ix_quota_charge_line_starts_at", "quota_charge", ["line", "starts_at"])
    op.create_index("ix_quota_charge_state_hold_expires_at", "quota_charge", ["state", "hold_expires_at"])
    folded = op.create_table(
        "quota_folded",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_quota_folded_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_folded")),
    )
    op.bulk_insert(folded, [{"id": 1, "number": 0}])


def downgrade() -> None:
    op.drop_table("quota_folded")
    op.drop_table("quota_charge")
    op.drop_table("quota_policy")
