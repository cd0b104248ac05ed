"""What asking needs of others: who already meets, what the rules say, which days are worked. Joined in the roots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlmodel import Session as Db

from meetinghub.asking.approval import ApprovalStep
from meetinghub.asking.conflicts import Other
from meetinghub.asking.model import Request
from meetinghub.asking.riding import Ride
from meetinghub.asking.wish import Wish
from meetinghub.people.model import Account

GRANTED, NEEDS_APPROVAL, REFUSED = "granted", "needs_approval", "refused"


@dataclass(frozen=True, slots=True)
class Assessed:
    """``outcome``: one of the three above; ``approvers`` the offices that must say yes; ``findings`` as JSON, each for
    one rule, so that they can be kept with the request. ``each``: of a series, what is said of every occurrence, by
    date; then the rest is the gravest of them, for each rule."""

    outcome: str
    approvers: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    each: tuple[AssessedOccurrence, ...] = ()

    def as_json(self) -> dict[str, Any]:
        said = {"outcome": self.outcome, "approvers": list(self.approvers), "findings": [*map(dict, self.findings)]}
        return {**said, "each": [one.as_json() for one in self.each]} if self.each else said


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """Planned meetings of a series that go elsewhere (numbers → starts), fall away, and times that come to it.
    ``covered``: offices that said yes to it already."""

    moved: Mapping[int, datetime]
    dropped: Sequence[int] = ()
    added: Sequence[datetime] = ()
    covered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AssessedOccurrence:
    """``findings`` only of rules that it breaks. ``better``: where its day is off or a rule forbids meetings on it,
    the next that is neither, nor another occurrence's."""

    starts_at: datetime
    outcome: str
    findings: tuple[Mapping[str, Any], ...] = ()
    better: date | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "outcome": self.outcome,
            "findings": [*map(dict, self.findings)],
            "better": self.better and self.better.isoformat(),
        }


class Rides(Protocol):
    """The meetings that are planned."""

    def ranked(self, db: Db, wish: Wish, *, department: int, now: datetime) -> list[Ride]:
        """Those worth riding on, best first."""
        ...

    def on(self, db: Db, days: Sequence[date]) -> Mapping[date, Sequence[Other]]:
        """Those of each of these days, with the persons they call."""
        ...

    def claim(self, db: Db, request: Request, *, meeting: int, by: Account, now: datetime) -> None:
        """Claim the wish's minutes within the caller's transaction; raises :class:`Refused` when they are gone."""
        ...


class Rules(Protocol):
    """The policy in force. A request's hold is found by its number."""

    def look(self, db: Db, request: Request, now: datetime) -> Assessed:
        """What the rules would say now; nothing is held."""
        ...

    def hold(self, db: Db, request: Request, now: datetime, actor: str) -> Assessed:
        """Count, assess and, unless refused, hold, all within the caller's writing transaction."""
        ...

    def approve(
        self, db: Db, request: Request, planned: Sequence[tuple[datetime, int]], now: datetime, actor: str
    ) -> None:
        """Turn the hold into a charge of the planned meeting, or those of a series into one of each, by its start."""
        ...

    def release(self, db: Db, request: Request, now: datetime, actor: str) -> None:
        """Give back what was held; nothing when there is no hold."""
        ...


class SeriesRules(Rules, Protocol):
    """The same for series that are planned."""

    def reschedule(
        self, db: Db, request: Request, wanted: Rescheduling, now: datetime, actor: str
    ) -> tuple[Assessed, Mapping[datetime, str]]:
        """Charge it as wanted, or, when a rule refuses or asks for an office that is not covered, leave everything as
        it was. What is added is held under the names that come back."""
        ...

    def commit(self, db: Db, meetings: Mapping[str, int], now: datetime, actor: str) -> None:
        """Turn what is held under these names into charges of the planned meetings."""
        ...

    def next_day(self, db: Db, day: date) -> date | None:
        """The next working day after ``day`` on which no rule forbids meetings."""
        ...

    def free(self, db: Db, day: date) -> bool:
        """Whether ``day`` is such a day."""
        ...


class Post(Protocol):
    """Mails about requests, owed in the caller's transaction."""

    def ask(self, db: Db, found: Request, now: datetime) -> None:
        """Everybody who may decide its current step; nothing when nobody has to."""
        ...

    def decided(self, db: Db, found: Request, step: ApprovalStep, now: datetime) -> None:
        """The department: what was decided in this step."""
        ...

    def expired(self, db: Db, found: Request, now: datetime) -> None:
        """The department: nobody decided in time."""
        ...


class Workdays(Protocol):
    def is_working(self, day: date, /) -> bool: ...

    def add(self, day: date, n: int, /) -> date: ...


class Calendar(Protocol):
    def workdays(self, db: Db) -> Workdays:
        """The table of working days as it stands."""
        ...
