"""Several questions in one way to the server and back.

The server answers one after the other, each as of its own beginning, as if they came singly: what stands behind a
question that waits for a lock sees what was written meanwhile. With SQLite there is no way to save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, Dialect, Select, TextClause
from sqlalchemy.exc import OperationalError

Processor = Callable[[Any], Any] | None
"""What turns a value into what the driver takes, or what it gives into the value; None: nothing has to."""


class Question(NamedTuple):
    """``of`` holds no list of unknown length (IN), and is kept by whoever asks it again: it is spelt once."""

    of: Select[Any] | TextClause
    values: Mapping[str, object] = {}


class _Spelt(NamedTuple):
    text: str
    given: Mapping[str, Any]
    """By name: what the question itself holds."""
    bind: Mapping[str, Processor]
    found: tuple[Processor, ...]


def answers(connection: Connection, questions: Sequence[Question]) -> list[Sequence[Sequence[Any]]]:
    """The rows that each finds, in the order of the questions; they belong to the connection's transaction."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        return [connection.execute(of, dict(values)).all() for of, values in questions]
    try:
        with driver.pipeline():
            asked = [_send(driver, question, connection.dialect) for question in questions]
        return [_rows(cursor, spelt) for cursor, spelt in asked]
    except psycopg.OperationalError as error:
        raise OperationalError(None, None, error) from error


def _send(driver: psycopg.Connection[Any], question: Question, dialect: Dialect) -> tuple[psycopg.Cursor[Any], _Spelt]:
    spelt = _spelt(question.of, dialect)
    values = {**spelt.given, **question.values}
    for name, processor in spelt.bind.items():
        if processor is not None:
            values[name] = processor(values[name])
    return driver.execute(spelt.text, values or None), spelt


def _rows(cursor: psycopg.Cursor[Any], spelt: _Spelt) -> Sequence[Sequence[Any]]:
    found = cursor.fetchall()
    if not any(spelt.found):
        return found
    return [
        [value if process is None else process(value) for value, process in zip(row, spelt.found, strict=True)]
        for row in found
    ]


@lru_cache(100)
def _spelt(of: Select[Any] | TextClause, dialect: Dialect) -> _Spelt:
    compiled = of.compile(dialect=dialect)
    text = str(compiled)
    if "POSTCOMPILE" in text:
        raise ValueError(f"{text} is put together anew for each list")
    binds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    columns = of.selected_columns if isinstance(of, Select) else ()
    found = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return _Spelt(text, compiled.params, binds, found)
