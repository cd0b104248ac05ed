"""All queries about kept answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session as Db
from sqlmodel import col, delete, update

from meetinghub.ids import AccountId
from meetinghub.repeats.tables import AnswerRow


@dataclass(frozen=True, slots=True)
class Answer:
    """``repeated``: it was given before, and nothing was done this time."""

    status: int
    headers: dict[str, str]
    body: str
    repeated: bool = False


def begin(db: Db, account: AccountId, key: str, fingerprint: str, now: datetime) -> bool:
    """Whether the key was free; on PostgreSQL this waits for whoever is at work under the same one."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"account_id": account, "key": key, "fingerprint": fingerprint, "at": now}
    statement = insert(AnswerRow).values(**values, status=0, headers={}, body="").on_conflict_do_nothing()
    return db.execute(statement.returning(col(AnswerRow.key))).first() is not None


def keep(db: Db, account: AccountId, key: str, answer: Answer) -> None:
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    db.exec(update(AnswerRow).where(col(AnswerRow.account_id) == account, col(AnswerRow.key) == key).values(**values))


def kept(db: Db, account: AccountId, key: str) -> tuple[str, Answer] | None:
    """What was asked under the key, as its fingerprint, and what was answered."""
    row = db.get(AnswerRow, (account, key), populate_existing=True)
    return None if row is None else (row.fingerprint, Answer(row.status, row.headers, row.body, repeated=True))


def forget(db: Db, *, before: datetime) -> None:
    db.exec(delete(AnswerRow).where(col(AnswerRow.at) <= before))


def forget_one(db: Db, account: AccountId, key: str, *, before: datetime) -> None:
    old = col(AnswerRow.at) <= before
    db.exec(delete(AnswerRow).where(col(AnswerRow.account_id) == account, col(AnswerRow.key) == key, old))
