"""Paired PCs, and the codes of those that are to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("csrf", AutoString(length=64), nullable=False),
        sa.Column("address", AutoString(length=64), nullable=False),
        sa.Column("agent", AutoString(length=200), nullable=False),
        sa.Column("paired_at", UTCDateTime(), nullable=False),
        sa.Column("paired_by", AutoString(length=40), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("unpaired_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_device_committee_id_committee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("digest", name=op.f("uq_device_digest")),
    )
    op.create_index(op.f("ix_device_committee_id"), "device", ["committee_id"])
    op.create_table(
        "pairing",
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("code", AutoString(length=64), nullable=False),
        sa.Column("address", AutoString(length=64), nullable=False),
        sa.Column("agent", AutoString(length=200), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pairing")),
        sa.UniqueConstraint("code", name=op.f("uq_pairing_code")),
    )
    op.create_index(op.f("ix_pairing_address"), "pairing", ["address"])
    op.create_index(op.f("ix_pairing_asked_at"), "pairing", ["asked_at"])
    op.create_table(
        "pairing_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", AutoString(length=40), nullable=False),
        sa.Column("address", AutoString(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_failure")),
    )
    for column in ("account", "address", "at"):
        op.create_index(op.f(f"ix_pairing_failure_{column}"), "pairing_failure", [column])


def downgrade() -> None:
    op.drop_table("pairing_failure")
    op.drop_table("pairing")
    op.drop_table("device")
