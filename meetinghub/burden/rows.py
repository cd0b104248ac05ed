"""What is read of the account: whose it is, and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from meetinghub.burden.model import Share, Source


@dataclass(frozen=True, slots=True)
class View:
    """Whose account: the street's (neither), one committee's, or what one department called. ``role``: of those who sat
    there, only these."""

    committee: int | None = None
    department: int | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a view: what this sitting adds to each figure."""

    id: int
    source: Source
    number: int
    day: date
    starts_at: datetime
    seconds: int
    title: str
    host: str
    department: int | None
    mode: str
    measured: bool
    called: int
    attendances: int
    uncounted: int
    rides: int
    share: Share

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def untold(self) -> bool:
        """It is not known how many sat there, nor how long in all or who travelled; that is not none."""
        return self.uncounted > 0 and not self.share.persons


@dataclass(frozen=True, slots=True)
class Month:
    """``calls``: the part of ``attendances`` that was outside the system. Not ``known``: from before the account began,
    when nobody counted."""

    month: int
    attendances: int
    calls: int
    known: bool = True


@dataclass(frozen=True, slots=True)
class OfDepartment:
    """What one department (None: none of ours) called and brought along; ``calls`` outside the system."""

    department: int | None
    sittings: int = 0
    calls: int = 0
    rides: int = 0
    attendances: int = 0
    whole: Share = field(default_factory=Share)
    measured: Share = field(default_factory=Share)
    uncounted: int = 0

    @property
    def untold(self) -> bool:
        """As an :class:`Entry`'s."""
        return self.uncounted > 0 and not self.whole.persons
