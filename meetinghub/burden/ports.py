"""What the account needs of others; joined in the roots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.burden.counting import Held
from meetinghub.burden.figures import Baseline
from meetinghub.burden.model import Sitting


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was refused: what it asked for."""

    department: int
    title: str
    minutes: int
    committees: int


class Meetings(Protocol):
    """Meetings that were held, and requests for others."""

    def held(self, db: Db, meeting: int) -> Held | None:
        """None while its attendance sheet is not sealed."""
        ...

    def imported(self, db: Db, number: int) -> Sitting | None:
        """A meeting of imported history; None when it was taken back."""
        ...

    def taking(self, db: Db, number: int) -> tuple[bool, Sequence[int]]:
        """Whether a taking counts, and the numbers of its meetings."""
        ...

    def asked(self, db: Db, request: int) -> Asked | None: ...


class Workdays(Protocol):
    def is_working(self, day: date, /) -> bool: ...

    def between(self, a: date, b: date, /) -> int:
        """Working days after ``a`` up to and including ``b``."""
        ...

    def confirmed(self, year: int, /) -> bool: ...


class Calendar(Protocol):
    def workdays(self, db: Db) -> Workdays: ...

    def source(self, db: Db, year: int) -> str:
        """Where the year's table is from; empty while there is none."""
        ...


class Surveys(Protocol):
    def baselines(self, db: Db) -> Sequence[Baseline]:
        """Newest period first."""
        ...
