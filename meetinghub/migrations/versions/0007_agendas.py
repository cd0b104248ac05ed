"""The agenda before the meeting: claims, capacity, deadlines, whom a segment concerns; where mails to units go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MEETING = ("finalised_at", "called_at", "claims_close_at", "capacity_minutes")
SEGMENT = ("pinned", "line", "roles")


def upgrade() -> None:
    op.add_column("meeting", sa.Column("capacity_minutes", sa.Integer(), nullable=False, server_default="0"))
    for name in ("claims_close_at", "called_at", "finalised_at"):
        op.add_column("meeting", sa.Column(name, UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE meeting SET capacity_minutes = "
        "(SELECT COALESCE(SUM(minutes), 0) FROM segment WHERE segment.meeting_id = meeting.id)"
    )
    op.add_column("segment", sa.Column("roles", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("segment", sa.Column("line", AutoString(length=40), nullable=False, server_default=""))
    op.add_column("segment", sa.Column("pinned", AutoString(length=8), nullable=False, server_default=""))
    for unit in ("department", "committee"):
        op.add_column(unit, sa.Column("mail", AutoString(length=254), nullable=False, server_default=""))
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("department", AutoString(length=80), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("speaker", AutoString(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("roles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("line", AutoString(length=40), nullable=False),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("claimed_by", AutoString(length=40), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", AutoString(length=40), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_claim_takes_time")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_claim_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_claim_department_id_department")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_claim_segment_id_segment"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_meeting_id_state", "claim", ["meeting_id", "state"])
    op.create_index(op.f("ix_claim_department_id"), "claim", ["department_id"])


def downgrade() -> None:
    op.drop_table("claim")
    for unit in ("department", "committee"):
        op.drop_column(unit, "mail")
    for name in SEGMENT:
        op.drop_column("segment", name)
    for name in MEETING:
        op.drop_column("meeting", name)
