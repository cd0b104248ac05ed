"""Requests, topics and kept notices as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from meetinghub.asking.approval import ApprovalStep, current
from meetinghub.asking.request import EDITABLE, State
from meetinghub.asking.wish import Wish
from meetinghub.people.model import Account


@dataclass(frozen=True, slots=True)
class DeclinedRide:
    """``coming``: persons of the wish who would have been there anyway; ``newly`` those called only for it."""

    meeting_id: int
    place: int
    title: str
    starts_at: datetime
    coming: int
    newly: int
    free_minutes: int


@dataclass(frozen=True, slots=True)
class Request:
    """``assessed``: what the rules said at the last submission, as JSON; None before it."""

    id: int
    state: State
    asked_by: str
    department_id: int
    department: str
    wish: Wish
    round: int
    meeting_id: int | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    assessed: dict[str, Any] | None = None
    steps: tuple[ApprovalStep, ...] = ()
    """Of the last round."""
    earlier: tuple[ApprovalStep, ...] = ()
    """Decided steps of earlier rounds, oldest first."""
    rides: tuple[DeclinedRide, ...] = field(default=())

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def waits_for(self) -> ApprovalStep | None:
        return current(self.steps) if self.state is State.SUBMITTED else None

    def belongs_to(self, account: Account) -> bool:
        """A department's requests are its staff's; what one began, a colleague may finish."""
        return account.department is not None and account.department == self.department_id


class TopicState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OLD = timedelta(days=7)
"""A topic that waited this long for anybody is pointed out."""


@dataclass(frozen=True, slots=True)
class Topic:
    id: int
    committee_id: int
    committee: str
    department_id: int
    department: str
    title: str
    text: str
    state: TopicState
    asked_by: str
    asked_at: datetime
    taken_by: int | None
    taker: str
    taken_at: datetime | None
    answer: str
    meeting_id: int | None
    closed_at: datetime | None

    def age(self, now: datetime) -> int:
        """Whole days it has waited, or had waited when it was closed."""
        return max(((self.closed_at or now) - self.asked_at).days, 0)

    def old(self, now: datetime) -> bool:
        return self.state is TopicState.OPEN and now - self.asked_at >= OLD
