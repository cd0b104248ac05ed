"""Webhooks and their deliveries as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetinghub.ledger.fact import FactKind
from meetinghub.webhooks.states import Health, State


@dataclass(frozen=True, slots=True)
class Webhook:
    """``failing_since``: nothing was accepted since then; None: the last one was."""

    number: int
    url: str
    kinds: tuple[FactKind, ...]
    health: Health
    salt: str
    made_by: str
    made_at: datetime
    accepted_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """``status`` is the receiver's HTTP answer of the last try; None: there was none, and ``problem`` says why."""

    number: int
    webhook: int
    fact: int
    event: str
    body: str
    state: State
    owed_at: datetime
    due_at: datetime | None
    tries: int
    tried_at: datetime | None
    status: int | None
    problem: str

    @property
    def message(self) -> str:
        """By which receivers recognise a repeat."""
        return f"msg_{self.webhook}_{self.fact}"


@dataclass(frozen=True, slots=True)
class Try:
    """One worker's hold on one delivery."""

    delivery: Delivery
    token: str
    url: str
    salt: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended."""

    status: int | None
    problem: str = ""

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more of them."""
        return self.status == 410
