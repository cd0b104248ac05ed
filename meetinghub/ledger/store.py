"""Writing and reading facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, or_, select
from sqlmodel import Session, SQLModel

from meetinghub.ledger import (  # noqa: F401  (so that every kind can be read)
    addresses,
    agendas,
    api,
    burden,
    calendars,
    coordination,
    documents,
    driver,
    imports,
    merging,
    minutes,
    notices,
    payloads,
    quotas,
    series,
    workdays,
)
from meetinghub.ledger.canonical import normal
from meetinghub.ledger.chain import link, row
from meetinghub.ledger.fact import Fact, FactKind, NewFact, decode, encode, utc_text
from meetinghub.ledger.tables import FactRow, LedgerHeadRow
from meetinghub.together import Question, answers

_FACT = SQLModel.metadata.tables[FactRow.__tablename__]
_HEAD = SQLModel.metadata.tables[LedgerHeadRow.__tablename__]

_READ = select(*(_FACT.c[name] for name in ("number", "meeting_id", "at", "actor", "kind", "version", "payload")))
NO_HEAD = "the ledger has no head: migrate first"
_HELD = "ledger_head"
"""Where a session remembers the head that its transaction holds."""


@dataclass(frozen=True, slots=True)
class _Head:
    """Number and hash of the newest fact, as long as ``since`` lasts: the transaction and the savepoint within it."""

    since: tuple[object, object]
    number: int
    hash: bytes


def take(session: Session) -> int:
    """Become the only writer until this transaction ends; the number of the newest fact.

    Read what a decision rests on after this, or somebody else may write in between (PostgreSQL reads what is committed
    at each statement; SQLite's transaction began as a writing one).
    """
    return _take(session).number


def take_and_ask(session: Session, *questions: Question) -> list[Sequence[Sequence[Any]]]:
    """:func:`take`, and the rows that each question finds after it, together."""
    if _held(session) is not None:
        return answers(session.connection(), questions)
    found, rows = driver.take_and_ask(session.connection(), questions)
    _hold(session, found)
    return rows


def append(
    session: Session, facts: Sequence[NewFact], *, meeting_id: int | None, at: datetime, actor: str
) -> tuple[Fact, ...]:
    """Write ``facts`` in this order and return them as they will be read; those whose key is taken are left out.

    ``ValueError`` for a fact that has no canonical form.
    """
    if at.utcoffset() is None:
        raise ValueError("a fact's time names no time zone")
    held = _take(session)
    number, prev = held.number, held.hash
    actor, moment = normal(actor), utc_text(at)
    keys = [None if fact.key is None else normal(fact.key) for fact in facts]
    named = [key for key in keys if key is not None]
    known = driver.known(session.connection(), named) if named else set[str]()
    written: list[Fact] = []
    rows: list[driver.FactValues] = []
    for fact, key in zip(facts, keys, strict=True):
        if key is not None:
            if key in known:
                continue
            known.add(key)
        number += 1
        kind, version, text = fact.payload.kind.value, fact.payload.version, encode(fact.payload)
        hashed = link(prev, row(number, meeting_id, kind, version, moment, actor, key, text))
        rows.append(driver.FactValues(number, meeting_id, kind, version, at, actor, text, key, prev, hashed))
        payload = fact.payload if text.isascii() else decode(kind, version, text)
        written.append(Fact(number, meeting_id, at, actor, payload))
        prev = hashed
    if rows:
        driver.add(session.connection(), rows)
        _hold(session, (number, prev))
    return tuple(written)


def head(session: Session) -> tuple[int, bytes]:
    """Number and hash of the newest fact."""
    found = session.execute(select(_HEAD.c.number, _HEAD.c.hash)).one_or_none()
    if found is None:
        raise RuntimeError(NO_HEAD)
    return found.number, found.hash


def hash_of(session: Session, number: int) -> bytes:
    """The hash of a fact that is there."""
    found: bytes = session.execute(select(_FACT.c.hash).where(_FACT.c.number == number)).scalar_one()
    return found


def of_meeting(session: Session, meeting_id: int, *, after: int = 0) -> list[Fact]:
    """A meeting's facts with a number above ``after``, oldest first."""
    of = _FACT.c.meeting_id == meeting_id
    return _facts(session, _READ.where(of, _FACT.c.number > after).order_by(_FACT.c.number))


def of_kinds(
    session: Session, kinds: Sequence[FactKind], *, after: int | ScalarSelect[int] = 0, most: int | None = None
) -> list[Fact]:
    """All facts of some kinds with a number above ``after``, oldest first, or the first ``most`` of them."""
    if isinstance(after, int):
        return _facts(session, _of_kinds(tuple(kinds), None, most), {"after": after})
    return _facts(session, _of_kinds(tuple(kinds), after, most))


def any_of_kinds(kinds: Sequence[FactKind], *, after: ScalarSelect[int]) -> Question:
    """Finds rows when there are such facts with a number above ``after``."""
    # No LIMIT: it would lead PostgreSQL to read the ledger from its beginning until it finds one.
    return Question(_of_kinds(tuple(kinds), after, None).with_only_columns(_FACT.c.number).order_by(None))


@lru_cache
def _of_kinds(kinds: tuple[FactKind, ...], after: ScalarSelect[int] | None, most: int | None) -> Select[Any]:
    # Not IN: its list is put into the statement anew whenever it is run.
    of = or_(*(_FACT.c.kind == kind.value for kind in kinds))
    query = _READ.where(of, _FACT.c.number > (bindparam("after") if after is None else after)).order_by(_FACT.c.number)
    return query if most is None else query.limit(most)


def _facts(session: Session, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Fact]:
    return [
        Fact(number, of, at, actor, decode(kind, version, payload))
        for number, of, at, actor, kind, version, payload in session.connection().execute(query, values).all()
    ]


def _take(session: Session) -> _Head:
    """The head; asked for once in a transaction, and again on either side of a savepoint, which may be taken back."""
    held = _held(session)
    return _hold(session, driver.take(session.connection())) if held is None else held


def _held(session: Session) -> _Head | None:
    held = session.info.get(_HELD)
    return held if isinstance(held, _Head) and held.since == _now(session) else None


def _hold(session: Session, found: tuple[int, bytes] | None) -> _Head:
    if found is None:
        raise RuntimeError(NO_HEAD)
    held = session.info[_HELD] = _Head(_now(session), *found)
    return held


def _now(session: Session) -> tuple[object, object]:
    return session.get_transaction(), session.get_nested_transaction()
