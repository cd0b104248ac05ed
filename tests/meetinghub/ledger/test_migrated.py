"""Facts written before they were bound to one another become a chain, and can be taken apart again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from meetinghub import migrations
from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.verify import Whole, verify

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def old_facts(db: Session, count: int) -> None:
    """As the version before wrote them, one in Unicode's form D."""
    insert = text(
        "INSERT INTO fact (number, meeting_id, kind, version, at, actor, payload, key) "
        "VALUES (:number, 7, 'meeting:hand:raised', 1, :at, 'chair', :payload, :key)"
    )
    for number in range(1, count + 1):
        topic = f"cafe\u0301 {number} 经费" if number == 2 else f"cafe {number} 经费"
        payload = f'{{"site":"site-01","topic":"{topic}"}}'
        at = "2026-11-26 06:00:00.000000" if db.get_bind().dialect.name == "sqlite" else "2026-11-26T06:00:00Z"
        db.execute(
            insert, {"number": number, "at": at, "payload": payload, "key": f"k{number}" if number % 2 else None}
        )
    db.execute(text("UPDATE ledger_head SET number = :number"), {"number": count})


@pytest.mark.parametrize("count", [0, 3, 1001])
def test_facts_that_exist_are_chained_in_their_order(database: Database, count: int) -> None:
    url = database.url.render_as_string(hide_password=False)
    migrations.downgrade(url, "0002")
    database.write_now(old_facts, count)
    migrations.upgrade(url, "0003")
    assert database.read_now(verify) == Whole(*database.read_now(store.head))
    assert database.read_now(store.head)[0] == count
    if count:
        topics = [fact.payload.topic for fact in database.read_now(store.of_meeting, 7)]  # type: ignore[attr-defined]
        assert topics[1] == "café 2 经费"
        with pytest.raises(DBAPIError, match="never changed"):
            database.write_now(lambda db: db.execute(text("DELETE FROM fact")))
    database.write_now(store.append, [NewFact(p.MeetingStarted())], meeting_id=1, at=NOW, actor="")
    assert database.read_now(verify) == Whole(count + 1, database.read_now(store.head)[1])


def test_without_the_chain_facts_are_guarded_as_before(database: Database) -> None:
    database.write_now(store.append, [NewFact(p.MeetingStarted())], meeting_id=1, at=NOW, actor="")
    migrations.downgrade(database.url.render_as_string(hide_password=False), "0002")
    for statement in ("UPDATE fact SET actor = ''", "DELETE FROM fact", "UPDATE ledger_head SET number = 0"):
        with pytest.raises(DBAPIError, match=r"never changed|only grows"):
            database.write_now(lambda db, statement=statement: db.execute(text(statement)))  # type: ignore[misc]
