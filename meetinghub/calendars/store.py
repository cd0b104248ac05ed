"""Queries about feeds; rows become frozen values here."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub.calendars.model import Feed, Kind, Scope
from meetinghub.calendars.tables import CalendarFeedRow


def feeds(db: Db, account: int) -> list[Feed]:
    """Those of an account that still work, oldest first."""
    rows = db.exec(
        select(CalendarFeedRow)
        .where(CalendarFeedRow.account_id == account, col(CalendarFeedRow.revoked_at).is_(None))
        .order_by(col(CalendarFeedRow.id))
    )
    return [_feed(row) for row in rows]


def feed(db: Db, digest: str) -> Feed | None:
    """The one with that address unless it was revoked."""
    row = db.exec(
        select(CalendarFeedRow).where(CalendarFeedRow.digest == digest, col(CalendarFeedRow.revoked_at).is_(None))
    ).first()
    return None if row is None else _feed(row)


def add_feed(db: Db, *, digest: str, account: int, scope: Scope, language: str, now: datetime) -> Feed:
    row = CalendarFeedRow(
        digest=digest,
        account_id=account,
        kind=scope.kind.value,
        subject=scope.subject,
        language=language,
        made_at=now,
    )
    db.add(row)
    db.flush()
    return _feed(row)


def revoke(db: Db, account: int, scope: Scope, now: datetime) -> list[int]:
    """End the account's feeds of one scope; their numbers."""
    changed = (
        update(CalendarFeedRow)
        .where(
            col(CalendarFeedRow.account_id) == account,
            col(CalendarFeedRow.kind) == scope.kind.value,
            col(CalendarFeedRow.subject) == scope.subject,
            col(CalendarFeedRow.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
    return list(db.execute(changed.returning(col(CalendarFeedRow.id))).scalars())


def note_fetch(db: Db, number: int, now: datetime) -> None:
    db.exec(update(CalendarFeedRow).where(col(CalendarFeedRow.id) == number).values(fetched_at=now))


def _feed(row: CalendarFeedRow) -> Feed:
    assert row.id is not None
    return Feed(
        id=row.id,
        account=row.account_id,
        scope=Scope(Kind(row.kind), row.subject),
        language=row.language,
        made_at=row.made_at,
        fetched_at=row.fetched_at,
    )
