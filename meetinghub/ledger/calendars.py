"""What facts say of calendars: feeds made and ended, invitations, answers. Names and addresses stay in rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class FeedMade(Payload):
    """``scope`` is what it shows, such as ``committee:12``."""

    kind: ClassVar = FactKind.FEED_MADE
    feed: int
    scope: str


@dataclass(frozen=True, slots=True)
class FeedRevoked(Payload):
    kind: ClassVar = FactKind.FEED_REVOKED
    feed: int
