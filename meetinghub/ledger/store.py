"""Writing and reading facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Result, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from meetinghub.ledger import (  # noqa: F401  (so that every kind can be read)
    agendas,
    api,
    burden,
    calendars,
    coordination,
    imports,
    merging,
    minutes,
    payloads,
    quotas,
    workdays,
)
from meetinghub.ledger.canonical import normal
from meetinghub.ledger.chain import link, row
from meetinghub.ledger.fact import Fact, FactKind, NewFact, decode, encode, utc_text
from meetinghub.ledger.tables import FactRow, LedgerHeadRow

_FACT = SQLModel.metadata.tables[FactRow.__tablename__]
_HEAD = SQLModel.metadata.tables[LedgerHeadRow.__tablename__]

# Put together once: on SQLite building them anew costs more than running them.
_TAKE = select(_HEAD.c.number, _HEAD.c.hash).with_for_update()  # SQLite: the transaction has been the only writer
_ADVANCE = update(_HEAD).values(number=bindparam("new_number"), hash=bindparam("new_hash"))
_KNOWN = select(_FACT.c.key).where(_FACT.c.key.in_(bindparam("keys", expanding=True)))
_ADD = insert(_FACT)


def take(session: Session) -> int:
    """Become the only writer until this transaction ends; the number of the newest fact.

    Read what a decision rests on after this, or somebody else may write in between (PostgreSQL reads what is committed
    at each statement; SQLite's transaction began as a writing one).
    """
    return _take(session.connection())[0]


def append(
    session: Session, facts: Sequence[NewFact], *, meeting_id: int | None, at: datetime, actor: str
) -> tuple[Fact, ...]:
    """Write ``facts`` in this order and return them as they will be read; those whose key is taken are left out.

    ``ValueError`` for a fact that has no canonical form.
    """
    connection = session.connection()
    head, prev = _take(connection)
    actor, moment = normal(actor), utc_text(at)
    keys = [None if fact.key is None else normal(fact.key) for fact in facts]
    known = _known(connection, keys)
    written: list[Fact] = []
    rows: list[dict[str, object]] = []
    for fact, key in zip(facts, keys, strict=True):
        if key is not None and key in known:
            continue
        known.add(key)
        head += 1
        kind, version, text = fact.payload.kind.value, fact.payload.version, encode(fact.payload)
        hashed = link(prev, row(head, meeting_id, kind, version, moment, actor, key, text))
        rows.append(
            {
                "number": head,
                "meeting_id": meeting_id,
                "kind": kind,
                "version": version,
                "at": at,
                "actor": actor,
                "payload": text,
                "key": key,
                "prev": prev,
                "hash": hashed,
            }
        )
        payload = fact.payload if text.isascii() else decode(kind, version, text)
        written.append(Fact(head, meeting_id, at, actor, payload))
        prev = hashed
    if rows:
        connection.execute(_ADD, rows)
        connection.execute(_ADVANCE, {"new_number": head, "new_hash": prev})
    return tuple(written)


def head(session: Session) -> tuple[int, bytes]:
    """Number and hash of the newest fact."""
    return _of(session.execute(select(_HEAD.c.number, _HEAD.c.hash)))


def hash_of(session: Session, number: int) -> bytes:
    """The hash of a fact that is there."""
    found: bytes = session.execute(select(_FACT.c.hash).where(_FACT.c.number == number)).scalar_one()
    return found


def of_meeting(session: Session, meeting_id: int, *, after: int = 0) -> list[Fact]:
    """A meeting's facts with a number above ``after``, oldest first."""
    fact = _FACT.c
    query = (
        select(fact.number, fact.meeting_id, fact.at, fact.actor, fact.kind, fact.version, fact.payload)
        .where(fact.meeting_id == meeting_id, fact.number > after)
        .order_by(fact.number)
    )
    return [
        Fact(number, of, at, actor, decode(kind, version, payload))
        for number, of, at, actor, kind, version, payload in session.execute(query)
    ]


def of_kinds(session: Session, kinds: Sequence[FactKind], *, after: int = 0, most: int | None = None) -> list[Fact]:
    """All facts of some kinds with a number above ``after``, oldest first, or the first ``most`` of them."""
    fact = _FACT.c
    query = (
        select(fact.number, fact.meeting_id, fact.at, fact.actor, fact.kind, fact.version, fact.payload)
        .where(fact.number > after, fact.kind.in_([kind.value for kind in kinds]))
        .order_by(fact.number)
        .limit(most)
    )
    return [
        Fact(number, of, at, actor, decode(kind, version, payload))
        for number, of, at, actor, kind, version, payload in session.execute(query)
    ]


def _take(connection: Connection) -> tuple[int, bytes]:
    return _of(connection.execute(_TAKE))


def _of(found: Result[Any]) -> tuple[int, bytes]:
    head = found.one_or_none()
    if head is None:
        raise RuntimeError("the ledger has no head: migrate first")
    return head.number, head.hash


def _known(connection: Connection, keys: Sequence[str | None]) -> set[str | None]:
    """Which of ``keys`` are written already."""
    named = [key for key in keys if key is not None]
    return set(connection.scalars(_KNOWN, {"keys": named})) if named else set()
