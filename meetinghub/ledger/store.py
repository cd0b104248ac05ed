"""Writing and reading facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, insert
from sqlmodel import Session, col, select, update

from meetinghub.ledger import payloads  # noqa: F401  (so that every kind can be read)
from meetinghub.ledger.fact import Fact, NewFact, decode, encode
from meetinghub.ledger.tables import FactRow, LedgerHeadRow


def take(session: Session) -> int:
    """Become the only writer until this transaction ends; the number of the newest fact.

    Read what a decision rests on after this, or somebody else may write in between (PostgreSQL reads what is committed
    at each statement; SQLite's transaction began as a writing one).
    """
    result = session.execute(update(LedgerHeadRow).values(number=LedgerHeadRow.number))
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise RuntimeError("the ledger has no head: migrate first")
    return session.exec(select(LedgerHeadRow.number)).one()


def append(
    session: Session, facts: Sequence[NewFact], *, meeting_id: int | None, at: datetime, actor: str
) -> tuple[Fact, ...]:
    """Write ``facts`` in this order and return them; those whose key is taken already are left out."""
    head = take(session)
    keys = [fact.key for fact in facts if fact.key is not None]
    known = set(session.exec(select(FactRow.key).where(col(FactRow.key).in_(keys)))) if keys else set()
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
        session.execute(insert(FactRow), rows)
        session.execute(update(LedgerHeadRow).values(number=head))
    return tuple(written)


def of_meeting(session: Session, meeting_id: int, *, after: int = 0) -> list[Fact]:
    """A meeting's facts with a number above ``after``, oldest first."""
    query = (
        select(FactRow).where(FactRow.meeting_id == meeting_id, FactRow.number > after).order_by(col(FactRow.number))
    )
    return [_fact(row) for row in session.exec(query)]


def _fact(row: FactRow) -> Fact:
    return Fact(row.number, row.meeting_id, row.at, row.actor, decode(row.kind, row.version, row.payload))
