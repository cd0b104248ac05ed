"""The statements that every fact needs, handed to the driver as they are.

Each act in a meeting is a transaction of its own with a fact or two; put together by SQLAlchemy, its statements take
longer than the database does. They run in the caller's transaction on the caller's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from meetinghub.together import Question, answers

AT_ONCE = 500
"""Keys looked for with one statement."""


class FactValues(NamedTuple):
    """A row of ``fact`` in the order of its columns."""

    number: int
    meeting_id: int | None
    kind: str
    version: int
    at: datetime
    actor: str
    payload: str
    key: str | None
    prev: bytes
    hash: bytes


_COLUMNS = ", ".join(FactValues._fields)
_TAKE = "SELECT number, hash FROM ledger_head"
_TAKE_LOCKED = f"{_TAKE} FOR UPDATE"
_LOCK = text(_TAKE_LOCKED)
_ADD = f"INSERT INTO fact ({_COLUMNS}) VALUES ({', '.join('?' * len(FactValues._fields))})"
_ADVANCE = "UPDATE ledger_head SET number = ?, hash = ?"
_ADD_AND_ADVANCE = (
    f"WITH added AS ({_ADD} RETURNING number, hash) "
    "UPDATE ledger_head SET number = added.number, hash = added.hash FROM added"
)
"""Both in one way to the server and back. The head is moved by what was added, so its guard sees the fact."""


def take(connection: Connection) -> tuple[int, bytes] | None:
    """The head, locked until the transaction ends; None where there is none."""
    # SQLite's transaction has been the only writing one since it began.
    rows = _run(connection, _TAKE if _is_sqlite(connection) else _TAKE_LOCKED, ())
    return (rows[0][0], bytes(rows[0][1])) if rows else None


def take_and_ask(
    connection: Connection, questions: Sequence[Question]
) -> tuple[tuple[int, bytes] | None, list[Sequence[Sequence[Any]]]]:
    """:func:`take`, and the answers to ``questions`` as they are once it is locked."""
    if _is_sqlite(connection):
        return take(connection), answers(connection, questions)
    rows, *found = answers(connection, (Question(_LOCK), *questions))
    return ((rows[0][0], bytes(rows[0][1])) if rows else None), found


def known(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Which of ``keys`` are written already."""
    found = set[str]()
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found.update(key for (key,) in _run(connection, _wanted(len(some)), tuple(some)))
    return found


def add(connection: Connection, rows: Sequence[FactValues]) -> None:
    """Write ``rows``, of which there is at least one, and move the head to the last of them."""
    if _is_sqlite(connection):
        with _told(_ADD):
            _driver(connection).executemany(_ADD, [(*row[:4], _stored(row.at), *row[5:]) for row in rows])
    elif len(rows) == 1:
        connection.exec_driver_sql(_spelt(_ADD_AND_ADVANCE), tuple(rows[0]))
        return
    else:
        connection.exec_driver_sql(_spelt(_ADD), [tuple(row) for row in rows])
    _run(connection, _ADVANCE, (rows[-1].number, rows[-1].hash))


def _run(connection: Connection, statement: str, values: tuple[object, ...]) -> list[Any]:
    """What ``statement`` finds, all of it."""
    if not _is_sqlite(connection):
        result = connection.exec_driver_sql(_spelt(statement), values)
        return list(result) if result.returns_rows else []
    with _told(statement):
        return _driver(connection).execute(statement, values).fetchall()


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@contextmanager
def _told(statement: str) -> Iterator[None]:
    """What the driver raises, as everybody else hears it."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OperationalError(statement, None, error) from error


def _stored(moment: datetime) -> str:
    """As SQLAlchemy keeps moments in SQLite."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@cache
def _spelt(statement: str) -> str:
    """With psycopg's placeholders."""
    return statement.replace("?", "%s")


@lru_cache(AT_ONCE)
def _wanted(count: int) -> str:
    return f"SELECT key FROM fact WHERE key IN ({', '.join('?' * count)})"
