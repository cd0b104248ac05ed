"""The table of answers that are kept for whoever asks again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class AnswerRow(Row, table=True):
    """One act under a key of its asker's choice. ``fingerprint`` is SHA-256 of what was asked."""

    __tablename__ = "api_answer"

    account_id: int = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    key: str = Field(max_length=200, primary_key=True)
    fingerprint: str = Field(max_length=64)
    at: datetime = Field(index=True)
    status: int
    headers: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    body: str = Field(sa_type=Text)
