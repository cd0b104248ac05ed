"""The outbox: mails that are owed, what became of each, and whether the SMTP server answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(length=200), nullable=False),
        sa.Column("kind", AutoString(length=40), nullable=False),
        sa.Column("recipient", AutoString(length=254), nullable=False),
        sa.Column("recipient_name", AutoString(length=80), nullable=False),
        sa.Column("reply_to", AutoString(length=254), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "text", "html", "calendar")),
        sa.Column("order_key", AutoString(length=255), nullable=False),
        sa.Column("owed_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("not_after", UTCDateTime(), nullable=True),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("claim", AutoString(length=32), nullable=False),
        sa.Column("claimed_by", AutoString(length=80), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("handed_over_at", UTCDateTime(), nullable=True),
        sa.Column("message_id", AutoString(length=320), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("tries", "lost", "repeats")),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    op.create_index("ix_mail_state_due_at", "mail", ["state", "due_at"])
    op.create_index("ix_mail_order_key_recipient_id", "mail", ["order_key", "recipient", "id"])
    op.create_index(op.f("ix_mail_kind"), "mail", ["kind"])
    op.create_index(op.f("ix_mail_recipient"), "mail", ["recipient"])
    op.create_table(
        "mail_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("event", AutoString(length=16), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mail_event_mail_id_mail"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_event")),
    )
    op.create_index(op.f("ix_mail_event_mail_id"), "mail_event", ["mail_id"])
    op.create_table(
        "mail_server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("tried_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_server_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server")),
    )


def downgrade() -> None:
    op.drop_table("mail_server")
    op.drop_table("mail_event")
    op.drop_table("mail")
