"""A file as a table of texts, how its columns are to be read, and the meetings that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_MEETINGS = 1_000
"""Meetings of one taking: they are written in one transaction, for which everybody else who writes waits."""
LONGEST_CELL = 500
"""Characters of a cell that are kept; what is longer ends in an ellipsis."""


class Field(StrEnum):
    """What a column may hold, in the order in which the page asks for it."""

    TITLE = "title"
    DATE = "date"
    START = "start"
    END = "end"
    MINUTES = "minutes"
    DEPARTMENT = "department"
    COMMITTEES = "committees"
    ROLES = "roles"
    LINE = "line"
    MODE = "mode"
    KIND = "kind"
    PLACE = "place"
    FILED = "filed"
    STATUS = "status"
    UID = "uid"


WORDS = (Field.DEPARTMENT, Field.COMMITTEES, Field.ROLES, Field.LINE, Field.MODE, Field.KIND)
"""Fields whose texts name something known; a text that names nothing can be explained once for all rows."""


class Mode(StrEnum):
    """How people took part; a file that does not say leaves it empty, which nobody measured."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    MIXED = "mixed"


class Kind(StrEnum):
    OWN = "own"
    RIDE = "ride"


@dataclass(frozen=True, slots=True)
class Table:
    """``rows[0]`` is row ``first`` of the file (1, or the first event). ``sheet`` is the sheet that was read and
    ``others`` those that were not. Every row has the same width."""

    format: str
    rows: tuple[tuple[str, ...], ...]
    sheet: str = ""
    others: tuple[str, ...] = ()
    encoding: str = ""

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person said of a table. ``heading`` is the row with the columns' names (counted from 1; 0: there is none),
    ``columns`` says where a field is (from 0), ``fixed`` what holds for rows whose cell is empty or not there, and
    ``words`` what a text of a field stands for: the value as :mod:`meetinghub.imports.register` writes it, or ``-`` for
    "of no account"."""

    heading: int = 1
    columns: Mapping[Field, int] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[Field, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` counts as the reader's programme does; ``field`` None: the row as a whole. ``code`` is a key of the
    catalogue, ``found`` what stood in the cell."""

    row: int
    field: Field | None
    code: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that was held. ``row`` is its (first) row in the file, ``department`` and ``committees`` are numbers of
    rows, ``filed_at`` when it was asked for (None: the file does not say), ``mode`` a :class:`Mode` or empty."""

    row: int
    title: str
    starts_at: datetime
    minutes: int
    department: int | None
    department_name: str
    committees: frozenset[int]
    roles: frozenset[str]
    line: str = ""
    mode: str = ""
    own: bool = True
    place: str = ""
    uid: str = ""
    filed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text of a field that names nothing known, and in how many rows it stands."""

    field: Field
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What becomes of a table under its settings. ``skipped`` are rows that say themselves that nothing was held, and
    ``merged`` how many rows were one meeting with an earlier row (one row for each committee)."""

    meetings: tuple[Held, ...]
    problems: tuple[Problem, ...]
    unknown: tuple[Unknown, ...]
    skipped: tuple[Problem, ...]
    merged: int
    rows: int

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})
