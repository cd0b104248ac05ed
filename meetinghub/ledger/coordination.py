"""What facts of coordinating meetings say: requests, approval, deputies, topics. Numbers are those of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class RequestSubmitted(Payload):
    """``round`` counts its submissions from 1; ``outcome`` is what the rules said; ``starts_at``: its meeting."""

    kind: ClassVar = FactKind.REQUEST_SUBMITTED
    request: int
    round: int
    department: int
    outcome: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class RidesDeclined(Payload):
    """``meetings`` are the numbers, best first, of those that could have been ridden on."""

    kind: ClassVar = FactKind.REQUEST_RIDES_DECLINED
    request: int
    meetings: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RequestStepDecided(Payload):
    """``verdict``: ``approve``, ``return`` or ``refuse``; the fact's actor decided, perhaps as a deputy."""

    kind: ClassVar = FactKind.REQUEST_STEP_DECIDED
    request: int
    round: int
    office: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequestApproved(Payload):
    """Its meeting was planned in the same transaction."""

    kind: ClassVar = FactKind.REQUEST_APPROVED
    request: int
    meeting: int


@dataclass(frozen=True, slots=True)
class RequestWithdrawn(Payload):
    kind: ClassVar = FactKind.REQUEST_WITHDRAWN
    request: int


@dataclass(frozen=True, slots=True)
class RequestExpired(Payload):
    """The wished day came and nobody had decided."""

    kind: ClassVar = FactKind.REQUEST_EXPIRED
    request: int


@dataclass(frozen=True, slots=True)
class RequestRode(Payload):
    """Its minutes were claimed in another department's meeting."""

    kind: ClassVar = FactKind.REQUEST_RODE
    request: int
    meeting: int
    minutes: int


@dataclass(frozen=True, slots=True)
class RequestKeptAsNotice(Payload):
    kind: ClassVar = FactKind.REQUEST_KEPT_AS_NOTICE
    request: int


@dataclass(frozen=True, slots=True)
class DeputyNamed(Payload):
    """``when_late``: for steps whose due time has passed, and no others."""

    kind: ClassVar = FactKind.DEPUTY_NAMED
    version: ClassVar = 2
    office: str
    account: str
    since: datetime
    until: datetime
    when_late: bool = False

    @classmethod
    def upgrade(cls, version: int, values: dict[str, Any]) -> dict[str, Any] | None:
        """Version 1 knew deputies of every step only."""
        return {**values, "when_late": False} if version == 1 else None


@dataclass(frozen=True, slots=True)
class DeputyEnded(Payload):
    kind: ClassVar = FactKind.DEPUTY_ENDED
    office: str
    account: str


@dataclass(frozen=True, slots=True)
class TopicAsked(Payload):
    kind: ClassVar = FactKind.TOPIC_ASKED
    topic: int
    committee: int
    department: int


@dataclass(frozen=True, slots=True)
class TopicTaken(Payload):
    kind: ClassVar = FactKind.TOPIC_TAKEN
    topic: int
    department: int


@dataclass(frozen=True, slots=True)
class TopicScheduled(Payload):
    """It stands on the agenda of a meeting that this department holds."""

    kind: ClassVar = FactKind.TOPIC_SCHEDULED
    topic: int
    department: int
    meeting: int
    minutes: int


@dataclass(frozen=True, slots=True)
class TopicAnswered(Payload):
    kind: ClassVar = FactKind.TOPIC_ANSWERED
    topic: int


@dataclass(frozen=True, slots=True)
class TopicWithdrawn(Payload):
    kind: ClassVar = FactKind.TOPIC_WITHDRAWN
    topic: int
