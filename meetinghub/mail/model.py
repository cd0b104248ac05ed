"""What the outbox tells others about a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetinghub.mail.message import Owed
from meetinghub.mail.states import Event, State


@dataclass(frozen=True, slots=True)
class Try:
    """One worker's hold on one mail. ``token`` proves the hold; ``message_id`` is empty before the first hand-over."""

    number: int
    token: str
    mail: Owed
    message_id: str
    dated: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended. ``code`` and ``answer`` are the SMTP server's; None = it gave none."""

    event: Event
    code: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a mail's history; ``by`` is a worker's name or an account's."""

    at: datetime
    event: Event
    code: int | None
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail for reading. ``held_by`` is the number of an earlier one that must go out first, None = none."""

    number: int
    kind: str
    owed: Owed
    owed_at: datetime
    state: State
    due_at: datetime | None
    message_id: str
    tries: int
    lost: int
    repeats: int
    settled_at: datetime | None
    problem: str
    held_by: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a mail stands, without what it says. ``repeats``: how often it was sent again because nobody knew whether
    it had arrived."""

    number: int
    key: str
    recipient: str
    state: State
    due_at: datetime | None
    tries: int
    repeats: int
    settled_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class ServerTrouble:
    """Why the SMTP server takes nothing at all."""

    problem: str
    since: datetime
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class ReturnBox:
    """How far a mailbox was read: ``uid`` is the last mail's within ``validity``; ``problem``: why not further."""

    validity: int
    uid: int
    read_at: datetime
    problem: str = ""
