"""Mail addresses of persons and accounts, addresses that died, the mailbox of returned mails, marks of approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ADDRESS = AutoString(length=254)


def upgrade() -> None:
    op.add_column("person", sa.Column("mail", ADDRESS, nullable=False, server_default=""))
    op.add_column("account", sa.Column("mail", ADDRESS, nullable=False, server_default=""))
    op.add_column("account", sa.Column("language", AutoString(length=8), nullable=False, server_default=""))
    op.add_column("approval_step", sa.Column("reminded_at", UTCDateTime(), nullable=True))
    op.add_column("approval_deputy", sa.Column("when_late", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "mail_dead_address",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_mail_dead_address_mail_id_mail"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_dead_address")),
    )
    op.create_table(
        "mail_return_box",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_return_box_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_return_box")),
    )
    op.create_index(op.f("ix_mail_message_id"), "mail", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_mail_message_id"), table_name="mail")
    op.drop_table("mail_return_box")
    op.drop_table("mail_dead_address")
    op.drop_column("approval_deputy", "when_late")
    op.drop_column("approval_step", "reminded_at")
    op.drop_column("account", "language")
    op.drop_column("account", "mail")
    op.drop_column("person", "mail")
