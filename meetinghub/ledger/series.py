"""What facts say of series: meetings asked for together that come back by a rule. Numbers are those of the rows.

That a meeting of one was put off, cancelled or planned is said of that meeting, as of any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class SeriesPlanned(Payload):
    """``rule`` is the RRULE of RFC 5545; ``meetings`` in the order of their dates."""

    kind: ClassVar = FactKind.SERIES_PLANNED
    series: int
    request: int
    department: int
    rule: str
    meetings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeriesChanged(Payload):
    """From the meeting ``since`` on it follows ``rule`` as series ``following``, which is ``series`` itself when
    nothing lies before. ``rule`` empty: one meeting only went elsewhere."""

    kind: ClassVar = FactKind.SERIES_CHANGED
    series: int
    following: int
    since: int
    rule: str
    moved: tuple[int, ...]
    cancelled: tuple[int, ...]
    added: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SeriesCancelled(Payload):
    """``meetings`` of it were called off."""

    kind: ClassVar = FactKind.SERIES_CANCELLED
    series: int
    meetings: tuple[int, ...]
    reason: str
