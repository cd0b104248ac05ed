"""What facts say of the ways in for programmes: personal tokens."""

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
