"""Working days: years with where their table comes from, and the days that differ from their weekday."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workday_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("source", AutoString(length=200), nullable=False),
        sa.Column("url", AutoString(length=300), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("added_by", AutoString(length=40), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_workday_year")),
    )
    op.create_table(
        "workday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", AutoString(length=8), nullable=False),
        sa.Column("name", AutoString(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["year"], ["workday_year.year"], name=op.f("fk_workday_year_workday_year"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday")),
    )
    op.create_index(op.f("ix_workday_year"), "workday", ["year"])


def downgrade() -> None:
    op.drop_table("workday")
    op.drop_table("workday_year")
