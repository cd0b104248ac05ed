"""Indexes that lead to what lists show: requests by their latest change, facts of a kind from a number on.

PostgreSQL reads all facts of a kind to find those above a number when the number is not part of the index; SQLite's
indexes end with it anyway.
"""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_meeting_request_updated_at_id", "meeting_request", ["updated_at", "id"], unique=False)
    op.create_index("ix_fact_kind_number", "fact", ["kind", "number"], unique=False)
    op.drop_index("ix_fact_kind", table_name="fact")


def downgrade() -> None:
    op.create_index("ix_fact_kind", "fact", ["kind"], unique=False)
    op.drop_index("ix_fact_kind_number", table_name="fact")
    op.drop_index("ix_meeting_request_updated_at_id", table_name="meeting_request")
