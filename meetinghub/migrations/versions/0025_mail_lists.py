"""The list that a mail belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail", sa.Column("list_id", AutoString(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("mail", "list_id")
