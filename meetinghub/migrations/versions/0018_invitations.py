"""Invitations by mail, and how far each meeting's follow its facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("address", AutoString(length=254), nullable=False),
        sa.Column("name", AutoString(length=80), nullable=False),
        sa.Column("unit", sa.Boolean(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("uid", AutoString(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("answer", AutoString(length=16), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("deputy", AutoString(length=80), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_for", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_invitation_committee_id_committee")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_invitation_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_invitation_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "address", name=op.f("pk_invitation")),
    )
    op.create_table(
        "inviting",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("through", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_inviting_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_inviting")),
    )


def downgrade() -> None:
    op.drop_table("inviting")
    op.drop_table("invitation")
