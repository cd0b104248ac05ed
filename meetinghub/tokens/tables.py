"""The table of personal tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.rows import Row


class TokenRow(Row, table=True):
    """``digest`` is SHA-256 of the secret; ``begins`` its first characters."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    digest: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=60)
    begins: str = Field(max_length=16)
    scopes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_from: str = Field(default="", max_length=64)
    revoked_at: datetime | None = None
