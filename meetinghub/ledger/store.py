"""Writing and reading facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel

from meetinghub.ledger import payloads  # noqa: F401  (so that every kind can be read)
from meetinghub.ledger.fact import Fact, NewFact, decode, encode
from meetinghub.ledger.tables import FactRow, LedgerHeadRow

_FACT = SQLModel.metadata.tables[FactRow.__tablename__]
_HEAD = SQLModel.metadata.tables[LedgerHeadRow.__tablename__]


def take(session: Session) -> int:
    """Become the only writer until this transaction ends; the number of the newest fact.

    Read what a decision rests on after this, or somebody else may write in between (PostgreSQL reads what is committed
    at each statement; SQLite's transaction began as a writing one).
    """
    locked = update(_HEAD).values(number=_HEAD.c.number).returning(_HEAD.c.number)
    number: int | None = session.execute(locked).scalar_one_or_none()
    if number is None:
        raise RuntimeError("the ledger has no head: migrate first")
    return number


def append(
    session: Session, facts: Sequence[NewFact], *, meeting_id: int | None, at: datetime, actor: str
) -> tuple[Fact, ...]:
    """Write ``facts`` in this order and return them; those whose key is taken already are left out."""
    head = take(session)
    keys = [fact.key for fact in facts if fact.key is not None]
    known = set(session.scalars(select(_FACT.c.key).where(_FACT.c.key.in_(keys)))) if keys else set()
    written: list[Fact] = []
    rows: list[dict[str, object]] = []
    for fact in facts:
        if fact.key is not None and fact.key in known:
            continue
        known.add(fact.key)
        head += 1
        written.append(Fact(head, meeting_id, at, actor, fact.payload))
        rows.append(
            {
                "number": head,
                "meeting_id": meeting_id,
                "kind": fact.payload.kind.value,
                "version": fact.payload.version,
                "at": at,
                "actor": actor,
                "payload": encode(fact.payload),
                "key": fact.key,
            }
        )
    if rows:
        session.execute(insert(_FACT), rows)
        session.execute(update(_HEAD).values(number=head))
    return tuple(written)


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
