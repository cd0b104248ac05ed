"""Documents of segments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=120), nullable=False),
        sa.Column("ending", AutoString(length=8), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("added_by", AutoString(length=40), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("removed_by", AutoString(length=40), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_document_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_document_segment_id_segment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["document.id"], name=op.f("fk_document_group_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("group_id", "version", name=op.f("uq_document_group_id")),
    )
    op.create_index(op.f("ix_document_meeting_id"), "document", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_document_segment_id"), "document", ["segment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("document")
