"""What surveys counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("meetings", sa.Integer(), nullable=False),
        sa.Column("meetings_for_all", sa.Integer(), nullable=False),
        sa.Column("committees", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(length=200), nullable=False),
        sa.Column("url", AutoString(length=300), nullable=False),
        sa.Column("file", AutoString(length=200), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", AutoString(length=40), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", AutoString(length=40), nullable=False),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_survey_baseline_period")),
        sa.CheckConstraint(
            "meetings_for_all >= 0 AND meetings_for_all <= meetings", name=op.f("ck_survey_baseline_counts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_baseline")),
    )
    op.create_table(
        "survey_baseline_department",
        sa.Column("baseline_id", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("meetings", sa.Integer(), nullable=False),
        sa.Column("meetings_for_all", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["baseline_id"],
            ["survey_baseline.id"],
            name=op.f("fk_survey_baseline_department_baseline_id_survey_baseline"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_survey_baseline_department_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("baseline_id", "name", name=op.f("pk_survey_baseline_department")),
    )


def downgrade() -> None:
    op.drop_table("survey_baseline_department")
    op.drop_table("survey_baseline")
