"""What facts say of history that was brought in: meetings held before, and what a survey counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class ImportTaken(Payload):
    """Meetings held before were taken from a file. Days are ISO 8601 in Shanghai, digests SHA-256 (hexadecimal):
    ``digest`` of the file, ``rows`` of the canonical JSON of the meetings taken."""

    kind: ClassVar = FactKind.IMPORT_TAKEN
    taking: int
    file: str
    digest: str
    meetings: int
    first_day: str
    last_day: str
    rows: str


@dataclass(frozen=True, slots=True)
class ImportTakenBack(Payload):
    """All of its meetings count no more."""

    kind: ClassVar = FactKind.IMPORT_TAKEN_BACK
    taking: int
    meetings: int
    reason: str


@dataclass(frozen=True, slots=True)
class BaselineSet(Payload):
    """A survey counts. ``departments`` are ``meetings:for_all:name``, ``digest`` that of the file they came from."""

    kind: ClassVar = FactKind.BASELINE_SET
    baseline: int
    period_from: str
    period_to: str
    meetings: int
    meetings_for_all: int
    committees: int
    source: str
    departments: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class BaselineWithdrawn(Payload):
    """It counts no more: taken back, or another one stands for its period."""

    kind: ClassVar = FactKind.BASELINE_WITHDRAWN
    baseline: int
