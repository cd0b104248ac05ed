"""Series of meetings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("department", AutoString(length=80), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.JSON(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("made_by", AutoString(length=40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_meeting_series_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["follows"], ["meeting_series.id"], name=op.f("fk_meeting_series_follows_meeting_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint("follows", name=op.f("uq_meeting_series_follows")),
    )
    op.create_index(op.f("ix_meeting_series_request_id"), "meeting_series", ["request_id"], unique=False)
    op.create_table(
        "series_meeting",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_series_meeting_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name=op.f("fk_series_meeting_series_id_meeting_series")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_series_meeting")),
        sa.UniqueConstraint("series_id", "place", name=op.f("uq_series_meeting_series_id")),
    )


def downgrade() -> None:
    op.drop_table("series_meeting")
    op.drop_table("meeting_series")
