"""What the burden account's figures are summed from stands in one index; the account is counted anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SUMMED = ["measured", "attended", "uncounted", "rides", "persons", "trips", "sat", "addressed"]


def upgrade() -> None:
    _forget()
    op.drop_index("ix_burden_sitting_day", "burden_sitting")
    op.drop_index("ix_burden_sitting_month", "burden_sitting")
    grouped = ["day", "month", "source", "department_id"]
    op.create_index("ix_burden_sitting_figures", "burden_sitting", [*grouped, *SUMMED])
    op.create_index("ix_burden_ride_day", "burden_ride", ["day", "department_id", "items", "sitting_id"])
    _lines(
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(length=8), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("measured", sa.Boolean(), nullable=False),
        sa.Column("rides", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_burden_line_department_id_department")
        ),
    )
    op.create_index("ix_burden_line_figures", "burden_line", ["committee_id", *grouped, *SUMMED])


def downgrade() -> None:
    _forget()
    op.drop_index("ix_burden_sitting_figures", "burden_sitting")
    op.drop_index("ix_burden_ride_day", "burden_ride")
    op.create_index(op.f("ix_burden_sitting_day"), "burden_sitting", ["day"])
    op.create_index(op.f("ix_burden_sitting_month"), "burden_sitting", ["month"])
    _lines()
    op.create_index("ix_burden_line_committee_id_day", "burden_line", ["committee_id", "day"])


def _forget() -> None:
    """The worker makes all of it again from facts."""
    for name in ("ride", "line", "sitting", "refusal"):
        op.execute(f"DELETE FROM burden_{name}")
    op.execute("UPDATE burden_followed SET number = 0")


def _lines(*columns: sa.Column[object] | sa.ForeignKeyConstraint) -> None:
    op.drop_table("burden_line")
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
        *columns,
        sa.ForeignKeyConstraint(["committee_id"], ["committee.id"], name=op.f("fk_burden_line_committee_id_committee")),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["burden_sitting.id"],
            name=op.f("fk_burden_line_sitting_id_burden_sitting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sitting_id", "committee_id", name=op.f("pk_burden_line")),
    )
