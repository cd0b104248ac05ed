"""The weekly work notice: items, issues and what they froze, deliveries, answers, offers, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _issues()
    _items()
    _revisions()
    _frozen()
    _answers()
    _offers()
    _settings()


def _issues() -> None:
    op.create_table(
        "notice_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(length=12), nullable=False),
        sa.Column("state", AutoString(length=12), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("send_at", UTCDateTime(), nullable=True),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("approved_by", AutoString(length=40), nullable=False),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("told_deputy_at", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["notice_issue.id"], name=op.f("fk_notice_issue_corrects_id_notice_issue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_issue")),
        sa.UniqueConstraint("year", "week", "part", name=op.f("uq_notice_issue_year")),
    )
    op.create_index("ix_notice_issue_state_send_at", "notice_issue", ["state", "send_at"], unique=False)
    op.create_table(
        "notice_issue_page",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.JSON(), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_notice_issue_page_committee_id_committee")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["notice_issue.id"], name=op.f("fk_notice_issue_page_issue_id_notice_issue")
        ),
        sa.PrimaryKeyConstraint("issue_id", "committee_id", name=op.f("pk_notice_issue_page")),
    )
    op.create_index(op.f("ix_notice_issue_page_committee_id"), "notice_issue_page", ["committee_id"], unique=False)


def _items() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(length=12), nullable=False),
        sa.Column("origin", AutoString(length=12), nullable=False),
        sa.Column("origin_ref", sa.Integer(), nullable=True),
        sa.Column("title", AutoString(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", AutoString(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", AutoString(length=5), nullable=False),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("link_kind", AutoString(length=8), nullable=False),
        sa.Column("link_target", AutoString(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("reason", AutoString(length=200), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("written_by", AutoString(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", AutoString(length=40), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_notice_department_id_department")),
        sa.ForeignKeyConstraint(["into_id"], ["notice.id"], name=op.f("fk_notice_into_id_notice")),
        sa.ForeignKeyConstraint(["issue_id"], ["notice_issue.id"], name=op.f("fk_notice_issue_id_notice_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("origin", "origin_ref", name=op.f("uq_notice_origin")),
    )
    op.create_index("ix_notice_department_id_state", "notice", ["department_id", "state"], unique=False)
    op.create_index(op.f("ix_notice_into_id"), "notice", ["into_id"], unique=False)
    op.create_index("ix_notice_issue_id_position", "notice", ["issue_id", "position"], unique=False)


def _revisions() -> None:
    op.create_table(
        "notice_revision",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("by", AutoString(length=40), nullable=False),
        sa.Column("of_host", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_revision_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "revision", name=op.f("pk_notice_revision")),
    )
    op.create_table(
        "notice_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(length=120), nullable=False),
        sa.Column("ending", AutoString(length=8), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("digest", AutoString(length=64), nullable=False),
        sa.Column("added_by", AutoString(length=40), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_file_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_file")),
    )
    op.create_index(op.f("ix_notice_file_notice_id"), "notice_file", ["notice_id"], unique=False)


def _frozen() -> None:
    op.create_table(
        "notice_issue_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("department_ids", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["notice_issue_item.id"], name=op.f("fk_notice_issue_item_corrects_id_notice_issue_item")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["notice_issue.id"], name=op.f("fk_notice_issue_item_issue_id_notice_issue")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_issue_item_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_issue_item")),
        sa.UniqueConstraint("issue_id", "notice_id", name=op.f("uq_notice_issue_item_issue_id")),
    )
    op.create_index(op.f("ix_notice_issue_item_due_on"), "notice_issue_item", ["due_on"], unique=False)
    op.create_index(op.f("ix_notice_issue_item_notice_id"), "notice_issue_item", ["notice_id"], unique=False)
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("address", AutoString(length=254), nullable=False),
        sa.Column("name", AutoString(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("mail_key", AutoString(length=200), nullable=False),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_notice_delivery_committee_id_committee")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["notice_issue.id"], name=op.f("fk_notice_delivery_issue_id_notice_issue")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_delivery_person_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("issue_id", "committee_id", "address", name=op.f("uq_notice_delivery_issue_id")),
        sa.UniqueConstraint("mail_key", name=op.f("uq_notice_delivery_mail_key")),
    )
    op.create_index(op.f("ix_notice_delivery_committee_id"), "notice_delivery", ["committee_id"], unique=False)


def _answers() -> None:
    op.create_table(
        "notice_answer",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("answer", AutoString(length=8), nullable=False),
        sa.Column("note", AutoString(length=200), nullable=False),
        sa.Column("by", AutoString(length=254), nullable=False),
        sa.Column("via", AutoString(length=8), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_notice_answer_committee_id_committee")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["notice_issue_item.id"], name=op.f("fk_notice_answer_item_id_notice_issue_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "committee_id", name=op.f("pk_notice_answer")),
    )
    op.create_index(op.f("ix_notice_answer_committee_id"), "notice_answer", ["committee_id"], unique=False)
    op.create_table(
        "notice_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(length=400), nullable=False),
        sa.Column("asked_by", AutoString(length=254), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answer", AutoString(length=800), nullable=False),
        sa.Column("answered_by", AutoString(length=40), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["committee.id"], name=op.f("fk_notice_question_committee_id_committee")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["notice_issue_item.id"], name=op.f("fk_notice_question_item_id_notice_issue_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_question")),
    )
    op.create_index(op.f("ix_notice_question_item_id"), "notice_question", ["item_id"], unique=False)


def _offers() -> None:
    op.create_table(
        "notice_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(length=12), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("answered_by", AutoString(length=40), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(segment_id IS NULL) <> (item_id IS NULL)", name=op.f("ck_notice_offer_one_subject")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_notice_offer_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["notice_issue_item.id"], name=op.f("fk_notice_offer_item_id_notice_issue_item")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_offer_notice_id_notice"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_notice_offer_segment_id_segment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_offer")),
        sa.UniqueConstraint("item_id", name=op.f("uq_notice_offer_item_id")),
        sa.UniqueConstraint("segment_id", name=op.f("uq_notice_offer_segment_id")),
    )
    op.create_index("ix_notice_offer_department_id_state", "notice_offer", ["department_id", "state"], unique=False)


def _settings() -> None:
    op.create_table(
        "notice_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("deputy", AutoString(length=40), nullable=False),
        sa.Column("deadline_days", sa.Integer(), nullable=False),
        sa.Column("deadline", AutoString(length=5), nullable=False),
        sa.Column("warn", AutoString(length=5), nullable=False),
        sa.Column("send", AutoString(length=5), nullable=False),
        sa.Column("remind", AutoString(length=5), nullable=False),
        sa.Column("unapproved", AutoString(length=8), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("paused_by", AutoString(length=40), nullable=False),
        sa.Column("paused_at", UTCDateTime(), nullable=True),
        sa.Column("pause_reason", AutoString(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["department.id"], name=op.f("fk_notice_settings_host_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_settings")),
    )


def downgrade() -> None:
    for table in (
        "notice_settings",
        "notice_offer",
        "notice_question",
        "notice_answer",
        "notice_delivery",
        "notice_issue_item",
        "notice_file",
        "notice_revision",
        "notice",
        "notice_issue_page",
        "notice_issue",
    ):
        op.drop_table(table)
