"""Weekly merge plans and their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merge_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("made_by", AutoString(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("meetings", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_plan")),
    )
    op.create_index(op.f("ix_merge_plan_made_at"), "merge_plan", ["made_at"], unique=False)
    op.create_table(
        "merge_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("host_meeting_id", sa.Integer(), nullable=False),
        sa.Column("ride", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("attendances_before", sa.Integer(), nullable=False),
        sa.Column("attendances_after", sa.Integer(), nullable=False),
        sa.Column("seated_before", sa.Integer(), nullable=False),
        sa.Column("seated_after", sa.Integer(), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("accepted_by", AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["merge_plan.id"], name=op.f("fk_merge_row_plan_id_merge_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_row")),
    )
    op.create_index(op.f("ix_merge_row_plan_id"), "merge_row", ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("merge_row")
    op.drop_table("merge_plan")
