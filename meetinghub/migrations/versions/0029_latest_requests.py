"""Requests are listed by their latest change: an index leads there."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_meeting_request_updated_at_id", "meeting_request", ["updated_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_meeting_request_updated_at_id", table_name="meeting_request")
