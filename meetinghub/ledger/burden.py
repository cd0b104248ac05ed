"""What facts say of the burden account: lines that committees contest, calls outside the system. Numbers are rows'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class BurdenContested(Payload):
    """Committee ``committee`` says what its line of a sitting (``source`` and ``number``) should be; None: as it is."""

    kind: ClassVar = FactKind.BURDEN_CONTESTED
    source: str
    number: int
    committee: int
    attended: bool | None
    persons: int | None
    travelled: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class BurdenContestDecided(Payload):
    """``contest`` is the number of the fact that is decided."""

    kind: ClassVar = FactKind.BURDEN_CONTEST_DECIDED
    contest: int
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CallLogged(Payload):
    """A committee was called by a department outside the system. ``day`` is a date (ISO 8601) in Shanghai."""

    kind: ClassVar = FactKind.CALL_LOGGED
    call: int
    committee: int
    department: int
    day: str
    minutes: int
    persons: int
    in_person: bool


@dataclass(frozen=True, slots=True)
class CallAnswered(Payload):
    """The department named says whether it called."""

    kind: ClassVar = FactKind.CALL_ANSWERED
    call: int
    confirmed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CallDecided(Payload):
    """The coordinator's office on a call that the department denies: ``upheld`` counts, the rest is struck out."""

    kind: ClassVar = FactKind.CALL_DECIDED
    call: int
    upheld: bool
    reason: str
