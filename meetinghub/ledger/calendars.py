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


@dataclass(frozen=True, slots=True)
class InvitationsSent(Payload):
    """Mails were owed: to how many who are new, whose time, place or part changed, who need not come any more."""

    kind: ClassVar = FactKind.INVITATIONS_SENT
    invited: int
    changed: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class InvitationAnswered(Payload):
    """By the link in a mail, which nobody signs in for. ``answer``: accepted, tentative, declined or deputy;
    ``committee`` and ``department`` are 0 when the address is of neither."""

    kind: ClassVar = FactKind.INVITATION_ANSWERED
    answer: str
    committee: int
    department: int
