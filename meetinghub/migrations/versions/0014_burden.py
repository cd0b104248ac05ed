"""The burden account: sittings with their lines and rides, refusals, contests, calls; how a meeting is held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("meeting", sa.Column("mode", AutoString(length=12), server_default="video", nullable=False))
    _counted()
    _said()


def downgrade() -> None:
    for name in ("followed", "call", "contest", "refusal", "ride", "line", "sitting"):
        op.drop_table(f"burden_{name}")
    with op.batch_alter_table("meeting") as meeting:
        meeting.drop_column("mode")


def _counted() -> None:
    op.create_table(
        "burden_sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("host", AutoString(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("mode", AutoString(length=12), nullable=False),
        sa.Column("measured", sa.Boolean(), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("uncounted", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("sat", sa.Integer(), nullable=False),
        sa.Column("addressed", sa.Integer(), nullable=False),
        sa.Column("rides", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_burden_sitting_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_burden_sitting")),
        sa.UniqueConstraint("source", "number", name=op.f("uq_burden_sitting_source")),
    )
    op.create_index(op.f("ix_burden_sitting_day"), "burden_sitting", ["day"], unique=False)
    op.create_index("ix_burden_sitting_department_id_day", "burden_sitting", ["department_id", "day"], unique=False)
    op.create_index(op.f("ix_burden_sitting_month"), "burden_sitting", ["month"], unique=False)
    op.create_table(
        "burden_line",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("called", sa.Boolean(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("uncounted", sa.Boolean(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("sat", sa.Integer(), nullable=False),
        sa.Column("addressed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_burden_line_committee_id_committee")),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["burden_sitting.id"],
            name=op.f("fk_burden_line_sitting_id_burden_sitting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "committee_id", name=op.f("pk_burden_line")),
    )
    op.create_index("ix_burden_line_committee_id_day", "burden_line", ["committee_id", "day"], unique=False)
    op.create_table(
        "burden_ride",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_burden_ride_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["burden_sitting.id"],
            name=op.f("fk_burden_ride_sitting_id_burden_sitting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "department_id", name=op.f("pk_burden_ride")),
    )
    op.create_index("ix_burden_ride_department_id_day", "burden_ride", ["department_id", "day"], unique=False)
    op.create_table(
        "burden_refusal",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("committees", sa.Integer(), nullable=False),
        sa.Column("why", AutoString(length=16), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_burden_refusal_department_id_department")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_burden_refusal")),
    )
    op.create_index(op.f("ix_burden_refusal_day"), "burden_refusal", ["day"], unique=False)
    op.create_index("ix_burden_refusal_department_id_day", "burden_refusal", ["department_id", "day"], unique=False)
    followed = op.create_table(
        "burden_followed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_burden_followed_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_burden_followed")),
    )
    op.bulk_insert(followed, [{"id": 1, "number": 0}])


def _said() -> None:
    op.create_table(
        "burden_contest",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", AutoString(length=8), nullable=False),
        sa.Column("sitting_number", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("travelled", sa.Boolean(), nullable=True),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("contested_by", AutoString(length=40), nullable=False),
        sa.Column("contested_at", UTCDateTime(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", AutoString(length=200), nullable=False),
        sa.Column("decided_by", AutoString(length=40), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_burden_contest_committee_id_committee")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_burden_contest")),
    )
    op.create_index(op.f("ix_burden_contest_committee_id"), "burden_contest", ["committee_id"], unique=False)
    op.create_index(op.f("ix_burden_contest_decided_at"), "burden_contest", ["decided_at"], unique=False)
    op.create_index(
        "ix_burden_contest_source_sitting_number", "burden_contest", ["source", "sitting_number"], unique=False
    )
    op.create_table(
        "burden_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", AutoString(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("state", AutoString(length=12), nullable=False),
        sa.Column("logged_by", AutoString(length=40), nullable=False),
        sa.Column("logged_at", UTCDateTime(), nullable=False),
        sa.Column("answer", AutoString(length=200), nullable=False),
        sa.Column("answered_by", AutoString(length=40), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("decision", AutoString(length=200), nullable=False),
        sa.Column("decided_by", AutoString(length=40), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_burden_call_takes_time")),
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_burden_call_committee_id_committee")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_burden_call_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_burden_call")),
    )
    op.create_index("ix_burden_call_committee_id_day", "burden_call", ["committee_id", "day"], unique=False)
    op.create_index("ix_burden_call_department_id_state", "burden_call", ["department_id", "state"], unique=False)
