"""Tables of webhooks and what they are owed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlalchemy.types import JSON
from sqlmodel import Field

from meetinghub.ledger.tables import NUMBER
from meetinghub.rows import Row


class WebhookRow(Row, table=True):
    """``told`` is the newest fact that has become deliveries, or was none of its business."""

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(max_length=500)
    kinds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    health: str = Field(max_length=16)
    salt: str = Field(max_length=32)
    told: int = Field(sa_column=Column(NUMBER, nullable=False))
    made_by: str = Field(max_length=40)
    made_at: datetime
    accepted_at: datetime | None = None
    failing_since: datetime | None = None


class DeliveryRow(Row, table=True):
    """``claim`` names one try of one worker: whoever does not hold it cannot write its end."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "fact"),
        Index("ix_webhook_delivery_state_due_at", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", ondelete="CASCADE")
    fact: int = Field(sa_column=Column(NUMBER, nullable=False))
    event: str = Field(max_length=64)
    body: str = Field(sa_type=Text)
    state: str = Field(max_length=16)
    owed_at: datetime = Field(index=True)
    due_at: datetime | None = None
    claim: str = Field(default="", max_length=32)
    lease_until: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None
    status: int | None = None
    problem: str = Field(default="", max_length=300)
