"""Reads the whole ledger once, in order and in one view of the database, and holds it against its chain.

Memory does not grow with the ledger. ``ranges.py`` does the same on several cores.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlmodel import Session

from meetinghub.ledger.audit import BadFact, Stored, Walk, Watched, Wrong, conclude, explain

BATCH = 2000
UNREADABLE = (sqlite3.DatabaseError, psycopg.DataError, psycopg.InternalError)
"""What reading a damaged database raises."""

_SQLITE = "SELECT number, meeting_id, kind, version, at, actor, key, payload, prev, hash FROM fact"
_POSTGRESQL = """
SELECT number, meeting_id, kind, version,
    CASE WHEN at >= '0001-01-01 00:00Z' AND at < '9999-12-31 00:00Z'
    THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') END,
    actor, key, payload, prev, hash
FROM fact
"""

_GUARDS = {"fact_follows", "ledger_head_follows", "ledger_head_no_insert"}  # migration 0003
_GUARDS_SQLITE = _GUARDS | {"fact_no_update", "fact_no_delete", "ledger_head_no_delete"}
_GUARDS_POSTGRESQL = _GUARDS | {"fact_no_change", "fact_no_truncate"}
_ENABLED = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"


@dataclass(frozen=True, slots=True)
class Whole:
    """The ledger has so many facts, each as it was written; ``head`` is the hash of the newest."""

    facts: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Contradicted:
    """Facts up to ``facts`` form a chain, but not the one that a checkpoint of ``at_number`` facts saw.

    ``at_number`` above ``facts``: the end was cut off.
    """

    at_number: int
    facts: int


def verify(session: Session, watched: Watched | None = None) -> Whole | BadFact | Contradicted:
    """Follow the chain from the first fact to the head.

    ``watched`` maps numbers of facts to the beginnings of hashes that checkpoints saw there. Read it before this
    begins, or facts may be missing that were only written later. The session must not have been used in its
    transaction before.
    """
    shelf = Rows(session)
    walk = Walk(watched or {})
    try:
        return _verify(walk, shelf, watched or {})
    except UNREADABLE:
        return BadFact(walk.number + 1, None, Wrong.UNREADABLE)
    finally:
        shelf.close()


def _verify(walk: Walk, shelf: Rows, watched: Watched) -> Whole | BadFact | Contradicted:
    batches = shelf.all()
    while not walk.contradicted and (batch := next(batches, None)):
        if bad := walk.on(batch):
            stored, wrong = bad
            return explain(stored, walk, shelf) if wrong is None else stored.bad(wrong)
    return at_end(walk, shelf, watched)


def at_end(walk: Walk, shelf: Rows, watched: Watched) -> Whole | BadFact | Contradicted:
    """What a walk over all facts found without meeting a bad one: head and checkpoints have the last word."""
    if walk.contradicted:
        return Contradicted(walk.number, walk.number)
    if bad_end := conclude(walk, shelf):
        return bad_end
    cut = [number for number in watched if number > walk.number]
    return Contradicted(min(cut), walk.number) if cut else Whole(walk.number, walk.hash)


def missing_guards(session: Session) -> list[str]:
    """Names of the triggers that should refuse changes and are not there, or are switched off."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else _ENABLED
    found = {name for (name,) in session.connection().exec_driver_sql(query)}
    return sorted((_GUARDS_SQLITE if sqlite else _GUARDS_POSTGRESQL) - found)


class Rows:
    """The facts of one view of the database, read below the ORM: a million rows are not turned into objects."""

    def __init__(self, session: Session) -> None:
        self._is_sqlite = session.get_bind().dialect.name == "sqlite"
        view = {} if self._is_sqlite else {"isolation_level": "REPEATABLE READ"}
        connection = session.connection(execution_options=view).connection.driver_connection
        self._connection: Any = connection
        self._select, self._mark = (_SQLITE, "?") if self._is_sqlite else (_POSTGRESQL, "%s")

    def all(self) -> Iterator[list[tuple[Any, ...]]]:
        """Batches in the order of numbers."""
        after = -(2**63)
        try:
            for batch in self.between(after):
                after = batch[-1][0]
                yield batch
        except sqlite3.OperationalError:  # a text that is not UTF-8: read on so that the walk meets it
            self._connection.text_factory = _tolerant
            yield from self.between(after)

    def close(self) -> None:
        if self._is_sqlite:
            self._connection.text_factory = str

    def between(self, after: int, until: int | None = None) -> Iterator[list[tuple[Any, ...]]]:
        """Batches of the facts above ``after`` and up to ``until``, None: to the end, be it a number or not."""
        where, values = f"WHERE number > {self._mark}", [after]
        if until is not None:
            where, values = f"{where} AND number <= {self._mark}", [after, until]
        with self._cursor("facts") as cursor:
            cursor.execute(f"{self._select} {where} ORDER BY number", values)
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def last(self) -> int | None:
        """The highest number; None when there is no fact, or one with something that is no number."""
        with self._cursor() as cursor:
            cursor.execute("SELECT max(number) FROM fact")
            found = cursor.fetchone()[0]
        return found if type(found) is int else None

    def numbered(self, number: int) -> Sequence[Stored]:
        return self._where("number", number)

    def following(self, prev: bytes) -> Sequence[Stored]:
        return self._where("prev", prev)

    def hashed(self, of: bytes) -> Sequence[Stored]:
        return self._where("hash", of)

    def head(self) -> tuple[int, bytes] | None:
        with self._cursor() as cursor:
            cursor.execute("SELECT number, hash FROM ledger_head WHERE id = 1")
            row = cursor.fetchone()
        return None if row is None else (row[0], row[1])

    def _cursor(self, name: str | None = None) -> closing[Any]:
        """``name``: PostgreSQL keeps the result and hands it over in batches; SQLite always does."""
        if self._is_sqlite:
            return closing(self._connection.cursor())
        return closing(self._connection.cursor(*filter(None, [name]), binary=True))

    def _where(self, column: str, value: int | bytes) -> list[Stored]:
        with self._cursor() as cursor:
            cursor.execute(f"{self._select} WHERE {column} = {self._mark} ORDER BY number LIMIT 100", (value,))
            return [Stored._make(row) for row in cursor.fetchall()]


def _tolerant(text: bytes) -> str:
    return text.decode(errors="surrogateescape")
