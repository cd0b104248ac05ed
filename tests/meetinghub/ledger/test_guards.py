"""Every way in which a database lets rows be changed, tried on the facts of both engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store
from meetinghub.ledger.fact import NewFact

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
COLUMNS = "number, meeting_id, kind, version, at, actor, payload, key, prev, hash"
ROW = "{number}, 9, 'meeting:ended', 1, '2026-11-26 06:00:00.000000', 'x', '{{}}', {key}, {prev}, {hash}"
NEWEST = "(SELECT hash FROM fact ORDER BY number DESC LIMIT 1)"


@pytest.fixture
def ledger(database: Database) -> Database:
    """Three facts, the second with the key ``once``."""
    facts = [NewFact(p.MeetingStarted()), NewFact(p.HandRaised("site-01", ""), key="once"), NewFact(p.MeetingEnded())]
    database.write_now(store.append, facts, meeting_id=1, at=NOW, actor="chair")
    return database


def facts(db: Session) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(text(f"SELECT {COLUMNS} FROM fact ORDER BY number"))]


def heads(db: Session) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(text("SELECT id, number, hash FROM ledger_head"))]


def refused(ledger: Database, statement: str) -> str:
    """Why the database refuses ``statement``, after which everything is as it was."""
    before = ledger.read_now(lambda db: (facts(db), heads(db)))
    with pytest.raises(DBAPIError) as caught:
        ledger.write_now(lambda db: db.execute(text(statement)))
    assert ledger.read_now(lambda db: (facts(db), heads(db))) == before
    return str(caught.value.orig)


def inserting(verb: str, engine: str, *, number: str, key: str = "NULL", prev: str = NEWEST, tail: str = "") -> str:
    hashed = "zeroblob(32)" if engine == "sqlite" else "decode(repeat('00', 32), 'hex')"
    prev = hashed if prev == "first" else prev
    return f"{verb} INTO fact ({COLUMNS}) VALUES ({ROW.format(number=number, key=key, prev=prev, hash=hashed)}) {tail}"


def engine(ledger: Database) -> str:
    return "sqlite" if ledger.is_sqlite else "postgresql"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET actor = 'somebody else'",
        "UPDATE fact SET payload = '{}' WHERE number = 3",
        "UPDATE fact SET number = 4 WHERE number = 3",
        "DELETE FROM fact",
        "DELETE FROM fact WHERE number = 3",
    ],
)
def test_a_fact_is_never_changed_or_deleted(ledger: Database, statement: str) -> None:
    assert "never changed or deleted" in refused(ledger, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_head",
        "UPDATE ledger_head SET number = 0",
        "UPDATE ledger_head SET number = 2, hash = (SELECT hash FROM fact WHERE number = 2)",
        "UPDATE ledger_head SET hash = (SELECT hash FROM fact WHERE number = 2)",
        "UPDATE ledger_head SET number = 4",
        "UPDATE ledger_head SET id = 2",
        "INSERT INTO ledger_head SELECT 2, number, hash FROM ledger_head",
    ],
)
def test_the_head_is_the_newest_fact_and_nothing_else(ledger: Database, statement: str) -> None:
    assert "only grows" in refused(ledger, statement)


@pytest.mark.parametrize("number", ["1", "3", "5", "0", "-1"])
def test_a_fact_stands_nowhere_but_at_the_end(ledger: Database, number: str) -> None:
    assert "follows the newest" in refused(ledger, inserting("INSERT", engine(ledger), number=number))


def test_a_fact_follows_the_newest_and_no_other(ledger: Database) -> None:
    for prev in ("first", "(SELECT hash FROM fact WHERE number = 2)"):
        assert "follows the newest" in refused(ledger, inserting("INSERT", engine(ledger), number="4", prev=prev))


def test_sqlite_replaces_no_fact_by_number_by_key_or_by_what_it_follows(ledger: Database) -> None:
    if not ledger.is_sqlite:
        return
    for verb in ("REPLACE", "INSERT OR REPLACE"):
        assert "follows the newest" in refused(ledger, inserting(verb, "sqlite", number="2"))
        assert "follows the newest" in refused(ledger, inserting(verb, "sqlite", number="NULL"))
        assert "follows the newest" in refused(ledger, inserting(verb, "sqlite", number="4", key="'once'"))
        assert "follows the newest" in refused(ledger, inserting(verb, "sqlite", number="4", prev="first"))
    assert "never changed" in refused(ledger, "UPDATE OR REPLACE fact SET number = 2 WHERE number = 3")
    assert "only grows" in refused(ledger, "REPLACE INTO ledger_head SELECT 1, 2, hash FROM fact WHERE number = 2")


def test_an_upsert_changes_no_fact(ledger: Database) -> None:
    for column in ("number", "key", "prev"):
        tail = f"ON CONFLICT ({column}) DO UPDATE SET actor = 'x'"
        for number in ("2", "4"):
            if number == "4" and column != "key":
                continue
            said = refused(ledger, inserting("INSERT", engine(ledger), number=number, key="'once'", tail=tail))
            assert "follows the newest" in said or "never changed" in said
    head = (
        "INSERT INTO ledger_head SELECT 1, 0, hash FROM fact WHERE number = 1 ON CONFLICT (id) DO UPDATE SET number = 0"
    )
    assert "only grows" in refused(ledger, head)


@pytest.mark.postgres
def test_postgresql_empties_neither_table(ledger: Database) -> None:
    if ledger.is_sqlite:
        return
    assert "never changed" in refused(ledger, "TRUNCATE fact")
    assert "only grows" in refused(ledger, "TRUNCATE ledger_head")
    assert "never changed" in refused(ledger, "TRUNCATE fact, ledger_head CASCADE")


@pytest.mark.postgres
def test_postgresql_merges_into_no_fact(ledger: Database) -> None:
    if ledger.is_sqlite:
        return
    merge = (
        "MERGE INTO fact USING (SELECT 2 AS number) AS other ON fact.number = other.number "
        "WHEN MATCHED THEN {} WHEN NOT MATCHED THEN DO NOTHING"
    )
    assert "never changed" in refused(ledger, merge.format("UPDATE SET actor = 'x'"))
    assert "never changed" in refused(ledger, merge.format("DELETE"))


@pytest.mark.postgres
def test_a_role_that_may_only_add_can_append_and_cannot_take_guards_away(ledger: Database) -> None:
    if ledger.is_sqlite:
        return

    def grant(db: Session) -> None:
        db.execute(text("DROP ROLE IF EXISTS adder"))
        db.execute(text("CREATE ROLE adder"))
        db.execute(text("GRANT SELECT, INSERT ON fact TO adder"))
        db.execute(text("GRANT SELECT, UPDATE ON ledger_head TO adder"))

    def add(db: Session) -> None:
        db.execute(text("SET LOCAL ROLE adder"))
        store.append(db, [NewFact(p.MeetingStarted())], meeting_id=2, at=NOW, actor="")

    def misuse(db: Session, statement: str) -> None:
        db.execute(text("SET LOCAL ROLE adder"))
        db.execute(text(statement))

    ledger.write_now(grant)
    ledger.write_now(add)
    assert len(ledger.read_now(facts)) == 4
    for statement in (
        "DROP TRIGGER fact_no_change ON fact",
        "TRUNCATE fact",
        "DELETE FROM fact",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
            ledger.write_now(misuse, statement)
    ledger.write_now(lambda db: db.execute(text("DROP OWNED BY adder; DROP ROLE adder")))
