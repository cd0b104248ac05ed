"""The table of kept read-outs, whose rows are items by now, goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("notice_draft")


def downgrade() -> None:
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
