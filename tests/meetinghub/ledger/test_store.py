"""Facts on both engines: numbered without a gap, written once, never changed."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlmodel import Session, select

from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.ledger import driver, store
from meetinghub.ledger import payloads as p
from meetinghub.ledger.chain import GENESIS
from meetinghub.ledger.fact import Fact, NewFact
from meetinghub.ledger.tables import FactRow

NOW = datetime(2026, 11, 26, 6, 0, 0, 123456, tzinfo=UTC)


def write(db: Session, *facts: NewFact, meeting_id: int | None = 1) -> tuple[Fact, ...]:
    return store.append(db, facts, meeting_id=meeting_id, at=NOW, actor="chair")


def numbers(db: Session) -> list[int]:
    return list(db.exec(select(FactRow.number).order_by(FactRow.number)))  # type: ignore[arg-type]


def test_what_is_written_is_read_back(database: Database) -> None:
    facts = (NewFact(p.MeetingStarted()), NewFact(p.HandRaised("site-12", "项目经费能不能跨年使用？")))
    written = database.write_now(write, *facts)
    assert [fact.number for fact in written] == [1, 2]
    assert database.read_now(store.of_meeting, 1) == list(written)
    assert database.read_now(store.of_meeting, 2) == []
    assert [fact.number for fact in database.read_now(lambda db: store.of_meeting(db, 1, after=1))] == [2]


def test_a_key_is_written_once_and_leaves_no_gap(database: Database) -> None:
    joined = NewFact(p.SiteJoined("site-01", "PA_1", "RM_1", NOW), key="RM_1:PA_1:joined")
    assert len(database.write_now(write, joined, joined)) == 1
    assert database.write_now(write, joined, NewFact(p.MeetingStarted()))[0].number == 2
    assert database.read_now(numbers) == [1, 2]


def test_a_transaction_that_fails_takes_its_number_back(database: Database) -> None:
    def fail(db: Session) -> None:
        write(db, NewFact(p.MeetingStarted()))
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(fail)
    assert database.write_now(write, NewFact(p.MeetingStarted()))[0].number == 1


def test_a_savepoint_that_is_taken_back_takes_its_numbers_back(database: Database) -> None:
    def attempt(db: Session) -> list[int]:
        written = [*write(db, NewFact(p.MeetingStarted()))]
        for kept in (False, True):
            savepoint = db.begin_nested()
            written += write(db, NewFact(p.HandRaised("site-12", str(kept))))
            savepoint.commit() if kept else savepoint.rollback()
        written += write(db, NewFact(p.MeetingEnded()))
        return [fact.number for fact in written]

    assert database.write_now(attempt) == [1, 2, 2, 3]
    assert database.read_now(numbers) == [1, 2, 3]


def test_many_keys_are_looked_for_a_part_at_a_time(database: Database) -> None:
    count = driver.AT_ONCE + 3
    several = [NewFact(p.HandRaised("site-12", str(number)), key=f"key:{number}") for number in range(count)]
    assert len(database.write_now(write, *several[1:-1])) == count - 2
    assert [fact.number for fact in database.write_now(write, *several)] == [count - 1, count]


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        database.write_now(
            store.append, [NewFact(p.MeetingStarted())], meeting_id=1, at=NOW.replace(tzinfo=None), actor=""
        )


def test_a_file_that_cannot_be_written_to_is_told_like_any_other_failure(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")

    def write_on_a_read_only_connection(db: Session) -> None:
        db.connection().exec_driver_sql("PRAGMA query_only = 1")
        write(db, NewFact(p.MeetingStarted()))

    with pytest.raises(Unavailable):
        database.write_now(write_on_a_read_only_connection)
    database.close()


def test_each_fact_is_bound_to_the_one_before_it(database: Database) -> None:
    assert database.read_now(store.head) == (0, GENESIS)
    database.write_now(write, NewFact(p.MeetingStarted()), NewFact(p.HandRaised("site-12", '"经费"'), key='说"'))
    database.write_now(write, NewFact(p.MeetingEnded()), meeting_id=None)
    rows = database.read_now(lambda db: [(row.prev, row.hash, row.number) for row in db.exec(select(FactRow))])
    assert [prev for prev, _, _ in rows] == [GENESIS, rows[0][1], rows[1][1]]
    assert database.read_now(store.head) == (3, rows[2][1])


def test_the_hash_is_that_of_the_row_as_any_serialiser_writes_it(database: Database) -> None:
    database.write_now(write, NewFact(p.HandRaised("site-12", '"经费"'), key='说"'))
    whole: dict[str, Any] = {
        "actor": "chair",
        "at": "2026-11-26T06:00:00.123456Z",
        "key": '说"',
        "kind": "meeting:hand:raised",
        "meeting": 1,
        "number": 1,
        "payload": {"site": "site-12", "topic": '"经费"'},
        "version": 1,
    }
    said = b"meetinghub ledger fact 1\0" + bytes(32) + rfc8785.dumps(whole)
    assert database.read_now(store.head) == (1, hashlib.sha256(said).digest())


def test_what_was_written_is_returned_as_it_will_be_read(database: Database) -> None:
    written = database.write_now(write, NewFact(p.HandRaised("site-12", "e\u0301")))
    assert written[0].payload == p.HandRaised("site-12", "\u00e9")
    assert database.read_now(store.of_meeting, 1) == list(written)


def test_a_key_has_one_spelling(database: Database) -> None:
    started = p.MeetingStarted()
    assert len(database.write_now(write, NewFact(started, key="e\u0301"), NewFact(started, key="\u00e9"))) == 1
    assert database.write_now(write, NewFact(started, key="e\u0301")) == ()


def test_a_clock_that_goes_back_changes_nothing_in_the_order(database: Database) -> None:
    for seconds in (0, -3600, 5, -7200):
        at = NOW + timedelta(seconds=seconds)
        database.write_now(store.append, [NewFact(p.MeetingStarted())], meeting_id=1, at=at, actor="")
    facts = database.read_now(store.of_meeting, 1)
    assert [fact.number for fact in facts] == [1, 2, 3, 4]
    assert [(fact.at - NOW).total_seconds() for fact in facts] == [0, -3600, 5, -7200]


def test_twenty_writers_at_once_leave_no_gap_and_lose_nothing(database: Database) -> None:
    def many(writer: int) -> None:
        for turn in range(10):
            database.write_now(
                write,
                NewFact(p.HandRaised(f"site-{writer:02d}", str(turn))),
                NewFact(p.HandLowered(f"site-{writer:02d}", False), key=f"{writer}:{turn}"),
                meeting_id=writer,
            )

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(many, range(1, 21)))
    assert database.read_now(numbers) == list(range(1, 401))
    for writer in range(1, 21):
        facts = database.read_now(store.of_meeting, writer)
        assert [fact.payload for fact in facts if isinstance(fact.payload, p.HandRaised)] == [
            p.HandRaised(f"site-{writer:02d}", str(turn)) for turn in range(10)
        ]


def test_decisions_over_the_same_facts_are_made_one_after_the_other(database: Database) -> None:
    def raise_unless_three(_: int) -> None:
        def decide(db: Session) -> None:
            store.take(db)
            if len(store.of_meeting(db, 1)) < 3:
                write(db, NewFact(p.MeetingStarted()))

        database.write_now(decide)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(raise_unless_three, range(20)))
    assert database.read_now(numbers) == [1, 2, 3]


def test_without_its_head_the_ledger_takes_nothing(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with empty.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ledger_head (id INTEGER, number INTEGER, hash BLOB)")
    with pytest.raises(RuntimeError, match="migrate first"):
        empty.write_now(store.take)
    with pytest.raises(RuntimeError, match="migrate first"):
        empty.read_now(store.head)
    empty.close()
