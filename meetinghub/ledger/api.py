"""What facts say of the ways in and out for programmes: personal tokens and webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class TokenMade(Payload):
    kind: ClassVar = FactKind.TOKEN_MADE
    token: int
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRevoked(Payload):
    kind: ClassVar = FactKind.TOKEN_REVOKED
    token: int


@dataclass(frozen=True, slots=True)
class WebhookRegistered(Payload):
    """``events`` are kinds of facts. Its address may hold a secret and is not said."""

    kind: ClassVar = FactKind.WEBHOOK_REGISTERED
    webhook: int
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebhookResumed(Payload):
    kind: ClassVar = FactKind.WEBHOOK_RESUMED
    webhook: int


@dataclass(frozen=True, slots=True)
class WebhookStopped(Payload):
    """``why``: ``paused`` by a person; ``failing`` for too long; ``gone``: its receiver wants no more."""

    kind: ClassVar = FactKind.WEBHOOK_STOPPED
    webhook: int
    why: str


@dataclass(frozen=True, slots=True)
class WebhookRemoved(Payload):
    kind: ClassVar = FactKind.WEBHOOK_REMOVED
    webhook: int
