"""Minutes, their editions, tasks and what is answered to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _editions()
    _tasks()


def _editions() -> None:
    op.create_table(
        "minutes_draft",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("tasks", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", AutoString(length=40), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        _to("minutes_draft", "segment_id", "segment", cascade=True),
        _to("minutes_draft", "meeting_id", "meeting", cascade=True),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_minutes_draft")),
    )
    op.create_index(op.f("ix_minutes_draft_meeting_id"), "minutes_draft", ["meeting_id"], unique=False)
    op.create_table(
        "minutes_edition",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("published_by", AutoString(length=40), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        _to("minutes_edition", "meeting_id", "meeting", cascade=True),
        sa.PrimaryKeyConstraint("meeting_id", "number", name=op.f("pk_minutes_edition")),
    )
    op.create_index(op.f("ix_minutes_edition_published_at"), "minutes_edition", ["published_at"], unique=False)
    op.create_table(
        "minutes_segment",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        _to("minutes_segment", "meeting_id", "meeting", cascade=True),
        _to("minutes_segment", "segment_id", "segment", cascade=True),
        sa.PrimaryKeyConstraint("meeting_id", "edition", "segment_id", name=op.f("pk_minutes_segment")),
    )
    op.create_table(
        "minutes_taken",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("taken_by", AutoString(length=40), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        _to("minutes_taken", "meeting_id", "meeting", cascade=True),
        _to("minutes_taken", "committee_id", "committee"),
        sa.PrimaryKeyConstraint("meeting_id", "committee_id", name=op.f("pk_minutes_taken")),
    )
    op.create_index(op.f("ix_minutes_taken_committee_id"), "minutes_taken", ["committee_id"], unique=False)


def _tasks() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(length=400), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        _to("task", "meeting_id", "meeting", cascade=True),
        _to("task", "segment_id", "segment", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_meeting_id"), "task", ["meeting_id"], unique=False)
    op.create_table(
        "task_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", AutoString(length=120), nullable=False),
        sa.Column("answer", AutoString(length=8), nullable=False),
        sa.Column("note", AutoString(length=200), nullable=False),
        sa.Column("answered_by", AutoString(length=40), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(committee_id IS NULL) <> (department_id IS NULL)", name=op.f("ck_task_owner_one_unit")),
        _to("task_owner", "task_id", "task", cascade=True),
        _to("task_owner", "committee_id", "committee"),
        _to("task_owner", "department_id", "department"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_task_owner_person_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_owner")),
    )
    op.create_index(op.f("ix_task_owner_task_id"), "task_owner", ["task_id"], unique=False)
    for unit in ("committee_id", "department_id"):
        op.create_index(op.f(f"ix_task_owner_{unit}_answer"), "task_owner", [unit, "answer"], unique=False)


def _to(table: str, column: str, other: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE" if cascade else None)


def downgrade() -> None:
    for table in ("task_owner", "task", "minutes_taken", "minutes_segment", "minutes_edition", "minutes_draft"):
        op.drop_table(table)
