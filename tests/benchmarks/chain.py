"""A ledger grown without the store's sessions: the same rows, guards and all, a million in half a minute."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meetinghub.ledger.chain import link, row

_ADD = (
    "INSERT INTO fact (number, meeting_id, kind, version, at, actor, payload, key, prev, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Written(NamedTuple):
    """``at`` as :func:`meetinghub.ledger.fact.utc_text` spells it; ``text`` is canonical."""

    meeting: int | None
    kind: str
    version: int
    at: str
    actor: str
    key: str | None
    text: str


class Chain:
    """Within the connection's transaction; :meth:`close` moves the head, without which nothing may be committed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.number, self._hash = connection.execute("SELECT number, hash FROM ledger_head").fetchone()

    def add(self, facts: Iterable[Written]) -> None:
        self._connection.executemany(_ADD, self._rows(facts))

    def close(self) -> None:
        self._connection.execute("UPDATE ledger_head SET number = ?, hash = ?", (self.number, self._hash))

    def _rows(self, facts: Iterable[Written]) -> Iterator[tuple[object, ...]]:
        number, prev = self.number, self._hash
        for meeting, kind, version, at, actor, key, text in facts:
            number += 1
            hashed = link(prev, row(number, meeting, kind, version, at, actor, key, text))
            stored = f"{at[:10]} {at[11:-1]}"
            yield number, meeting, kind, version, stored, actor, text, key, prev, hashed
            prev = hashed
        self.number, self._hash = number, prev
