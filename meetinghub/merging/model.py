"""A merge plan as it was proposed; meetings are named by their numbers, for their titles and times may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ProposedPart:
    """One meeting in a joint sitting. ``anyway``: of its ``persons``, those who come for another part, too.

    ``starts_at`` is when it was planned for; a meeting that was moved since makes the row out of date.
    """

    meeting: int
    starts_at: datetime
    minutes: int
    persons: int
    anyway: int


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """``parts`` in the order of the sitting, which is at the ``host``'s time and place. ``ride``: the host is held
    anyway. Attendances and person-minutes are those of what would move and, unless it is a ride, of the host."""

    id: int
    host: int
    ride: bool
    parts: tuple[ProposedPart, ...]
    attendances_before: int
    attendances_after: int
    seated_before: int
    seated_after: int
    accepted_at: datetime | None = None
    accepted_by: str = ""

    @property
    def saved(self) -> int:
        return self.attendances_before - self.attendances_after

    @property
    def meetings(self) -> tuple[int, ...]:
        return tuple(part.meeting for part in self.parts)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Attendances of all meetings from ``first`` to ``last``: as planned, as proposed, and the least possible.

    ``made_by`` is an account's name, empty when it was made by itself. ``meetings``: how many were looked at.
    """

    id: int
    made_at: datetime
    made_by: str
    first: date
    last: date
    meetings: int
    before: int
    after: int
    at_least: int
    rows: Sequence[ProposedRow]
