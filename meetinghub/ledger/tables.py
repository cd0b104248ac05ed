"""The ledger's tables. A fact is only ever added: both engines refuse to change or delete one (migration 0003).

Hashes are bytes: with the index on ``prev`` a million facts hold three million of them, and hexadecimal text would
double that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Text
from sqlmodel import Field

from meetinghub.rows import Row

NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts rows with INTEGER keys only


class FactRow(Row, table=True):
    """``key``: whatever must be written once only names itself here. ``payload`` is canonical JSON text.

    ``prev`` is the hash of the fact before, ``hash`` this one's (``chain.py``). No two facts follow the same one.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_meeting_id_number", "meeting_id", "number"),
        Index("ix_fact_kind_number", "kind", "number"),
    )

    number: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    meeting_id: int | None = Field(default=None)
    kind: str = Field(max_length=64)
    version: int
    at: datetime
    actor: str = Field(max_length=40)
    payload: str = Field(sa_type=Text)
    key: str | None = Field(default=None, max_length=200, unique=True)
    prev: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LedgerHeadRow(Row, table=True):
    """One row: number and hash of the newest fact.

    Whoever changes it holds the ledger until its transaction ends, so facts are numbered in the order in which they
    become visible, without a gap.
    """

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    number: int = Field(sa_column=Column(NUMBER, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
