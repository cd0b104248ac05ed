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
    one rule, so that they can be kept with the request."""

    outcome: str
    approvers: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "approvers": list(self.approvers), "findings": [*map(dict, self.findings)]}


class Rides(Protocol):
    """The meetings that are planned."""

    def ranked(self, db: Db, wish: Wish, *, department: int, now: datetime) -> list[Ride]:
        """Those worth riding on, best first."""
        ...

    def on(self, db: Db, day: date) -> Sequence[Other]:
        """Those of one day, with the persons they call."""
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

    def approve(self, db: Db, request: Request, meeting: int, now: datetime, actor: str) -> None:
        """Turn the hold into a charge of the planned meeting."""
        ...

    def release(self, db: Db, request: Request, now: datetime, actor: str) -> None:
        """Give back what was held; nothing when there is no hold."""
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
