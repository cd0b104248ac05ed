"""What facts say of a meeting's minutes: their editions, the tasks they give, and what those concerned answered.

``segment``, ``task`` and ``committee`` are numbers of rows; texts stay in rows that are never changed, and the
edition's ``digest`` binds the fact to them. ``owners`` and ``owner`` are written ``committee:12``, ``department:3``,
``person:55``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class MinutesPublished(Payload):
    """``edition`` counts from 1; ``segments`` are those it says anew; ``reason`` why it corrects the one before."""

    kind: ClassVar = FactKind.MINUTES_PUBLISHED
    edition: int
    segments: tuple[int, ...]
    digest: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MinutesAcknowledged(Payload):
    """A committee has taken note of an edition, or (``taken`` false) takes that back."""

    kind: ClassVar = FactKind.MINUTES_ACKNOWLEDGED
    committee: int
    edition: int
    taken: bool


@dataclass(frozen=True, slots=True)
class TaskGiven(Payload):
    """``due``: an ISO date in Shanghai, empty when there is none."""

    kind: ClassVar = FactKind.TASK_GIVEN
    task: int
    segment: int
    due: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskChanged(Payload):
    """A later edition gives the same task to others, or until another day: as it stands now."""

    kind: ClassVar = FactKind.TASK_CHANGED
    task: int
    due: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskEnded(Payload):
    """A later edition no longer has it."""

    kind: ClassVar = FactKind.TASK_ENDED
    task: int


@dataclass(frozen=True, slots=True)
class TaskAnswered(Payload):
    """``answer``: ``read``, ``done``, or ``open`` for a second thought."""

    kind: ClassVar = FactKind.TASK_ANSWERED
    task: int
    owner: str
    answer: str
    note: str = ""
