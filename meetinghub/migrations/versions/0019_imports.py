"""Meetings held before, brought in from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", AutoString(length=200), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", AutoString(length=40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
        sa.UniqueConstraint("digest", name=op.f("uq_import_draft_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_taking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", AutoString(length=200), nullable=False),
        sa.Column("format", AutoString(length=8), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("rows", AutoString(length=64), nullable=False),
        sa.Column("meetings", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("taken_by", AutoString(length=40), nullable=False),
        sa.Column("taken_back_at", UTCDateTime(), nullable=True),
        sa.Column("taken_back_by", AutoString(length=40), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_taking")),
    )
    op.create_index(op.f("ix_import_taking_digest"), "import_taking", ["digest"], unique=False)
    op.create_table(
        "held_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taking_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("uid", AutoString(length=255), nullable=False),
        sa.Column("title", AutoString(length=200), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("department_name", AutoString(length=80), nullable=False),
        sa.Column("line", AutoString(length=40), nullable=False),
        sa.Column("committees", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("mode", AutoString(length=16), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("place", AutoString(length=80), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_held_meeting_takes_time")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_held_meeting_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["taking_id"], ["import_taking.id"], name=op.f("fk_held_meeting_taking_id_import_taking")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_meeting")),
    )
    op.create_index(op.f("ix_held_meeting_starts_at"), "held_meeting", ["starts_at"], unique=False)
    op.create_index(op.f("ix_held_meeting_taking_id"), "held_meeting", ["taking_id"], unique=False)
    op.create_index(op.f("ix_held_meeting_uid"), "held_meeting", ["uid"], unique=False)
    op.create_index(
        "ix_held_meeting_department_id_starts_at", "held_meeting", ["department_id", "starts_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("held_meeting")
    op.drop_table("import_taking")
    op.drop_table("import_draft")
