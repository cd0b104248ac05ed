"""A ledger in a database, damaged by somebody who holds it: what verify says, on both engines."""

from __future__ import annotations

import sqlite3
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store, verify
from meetinghub.ledger.audit import BadFact, Wrong
from meetinghub.ledger.chain import GENESIS
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.verify import Contradicted, Whole
from tests.meetinghub.ledger.tampering import COLUMNS, tamper

NOW = datetime(2026, 11, 26, 6, 0, 0, 123456, tzinfo=UTC)
COUNT = 12
ZERO = "decode(repeat('00', 32), 'hex')"


def fill(database: Database, count: int = COUNT, *, about: str = "k") -> Whole:
    for number in range(1, count + 1):
        fact = NewFact(
            p.HandRaised(f"site-{number:02d}", f"第 {number} 个问题"), key=f"{about}{number}" if number % 2 else None
        )
        at = NOW + timedelta(seconds=number)
        meeting = number % 3 or None
        database.write_now(store.append, [fact], meeting_id=meeting, at=at, actor="陈芳" if number % 4 else "")
    return Whole(*database.read_now(store.head))


def test_an_empty_ledger_is_whole(database: Database) -> None:
    assert database.read_now(verify.verify) == Whole(0, GENESIS)


def test_what_was_written_is_whole(database: Database) -> None:
    whole = fill(database)
    assert database.read_now(verify.verify) == whole
    assert database.read_now(verify.verify, {0: [GENESIS], COUNT: [whole.head, whole.head[:8]]}) == whole


@pytest.mark.parametrize(
    "change",
    [
        "number = 100",
        "meeting_id = 9",
        "meeting_id = NULL",
        "kind = 'meeting:ended'",
        "version = 2",
        "at = '2026-11-26 06:00:05.123457'||at = at + interval '1 microsecond'",
        "actor = 'somebody'",
        'payload = \'{"site":"site-05","topic":""}\'',
        "key = NULL",
        "key = 'k6'",
        "prev = zeroblob(32)||prev = " + ZERO,
        "hash = zeroblob(32)||hash = " + ZERO,
        "at = '2026-11-26T06:00:05.123456'||at = 'infinity'",
        "at = 'never'||at = '-infinity'",
        "at = '2026-11-26 06:00:05'||at = at - interval '4000 years'",
        "payload = CAST(x'7b22c328227d' AS TEXT)||payload = ''",
        "actor = CAST(actor AS BLOB)||actor = 'x'",
    ],
)
def test_a_change_in_any_column_names_its_fact(database: Database, change: str) -> None:
    fill(database)
    sqlite, _, postgresql = change.partition("||")
    statements = [f"UPDATE fact SET {one} WHERE number = 5" for one in (sqlite, postgresql or sqlite)]
    tamper(database, "||".join(statements))
    wrong = Wrong.REORDERED if change.startswith("number") else Wrong.CHANGED
    kind = "meeting:ended" if change.startswith("kind") else "meeting:hand:raised"
    assert database.read_now(verify.verify) == BadFact(5, kind, wrong)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["DELETE FROM fact WHERE number = 5"], BadFact(5, None, Wrong.MISSING)),
        (["DELETE FROM fact WHERE number = 1"], BadFact(1, None, Wrong.MISSING)),
        (["DELETE FROM fact WHERE number > 10"], BadFact(11, None, Wrong.MISSING)),
        (["DELETE FROM fact"], BadFact(1, None, Wrong.MISSING)),
        (["DELETE FROM ledger_head"], BadFact(13, None, Wrong.MISSING)),
        (["UPDATE ledger_head SET number = 11"], BadFact(12, "meeting:hand:raised", Wrong.INSERTED)),
        (
            ["UPDATE ledger_head SET hash = (SELECT hash FROM fact WHERE number = 3)"],
            BadFact(12, "meeting:hand:raised", Wrong.CHANGED),
        ),
        (
            ["DELETE FROM fact WHERE number = 5", "UPDATE fact SET number = number - 1 WHERE number > 5"],
            BadFact(5, "meeting:hand:raised", Wrong.MISSING),
        ),
        (
            ["UPDATE fact SET number = CASE number WHEN 4 THEN 8 ELSE 4 END WHERE number IN (4, 8)"],
            BadFact(4, "meeting:hand:raised", Wrong.REORDERED),
        ),
        (
            [
                "UPDATE fact SET number = number + 1 WHERE number >= 5",
                f"INSERT INTO fact ({COLUMNS}) SELECT 5, meeting_id, 'meeting:ended', version, at, actor, '{{}}', "
                "NULL, prev, hash FROM fact WHERE number = 6",
            ],
            BadFact(5, "meeting:ended", Wrong.INSERTED),
        ),
        (
            [f"INSERT INTO fact ({COLUMNS}) SELECT {COLUMNS} FROM fact WHERE number = 5"],
            BadFact(5, "meeting:hand:raised", Wrong.INSERTED),
        ),
    ],
)
def test_the_first_bad_fact_is_named(database: Database, statements: list[str], found: BadFact) -> None:
    fill(database)
    tamper(database, *statements)
    assert database.read_now(verify.verify) == found


def test_after_a_batch_boundary_facts_are_found_as_well(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "BATCH", 3)
    whole = fill(sqlite_database)
    assert sqlite_database.read_now(verify.verify) == whole
    tamper(sqlite_database, "UPDATE fact SET payload = CAST(x'7b22c328227d' AS TEXT) WHERE number = 8")
    assert sqlite_database.read_now(verify.verify) == BadFact(8, "meeting:hand:raised", Wrong.CHANGED)
    readable = sqlite_database.read_now(lambda db: db.connection().exec_driver_sql("SELECT kind FROM fact").scalar())
    assert readable == "meeting:hand:raised"


def test_a_cut_end_with_its_head_contradicts_the_checkpoint(database: Database) -> None:
    whole = fill(database)
    tamper(
        database,
        "DELETE FROM fact WHERE number > 10",
        "UPDATE ledger_head SET number = 10, hash = (SELECT hash FROM fact WHERE number = 10)",
    )
    assert database.read_now(verify.verify) == Whole(*database.read_now(store.head))
    assert database.read_now(verify.verify, {COUNT: [whole.head]}) == Contradicted(COUNT, 10)


def test_a_ledger_written_anew_contradicts_the_checkpoint(database: Database) -> None:
    first = fill(database, 3)
    seen = fill(database, 5, about="second")
    nothing = "UPDATE ledger_head SET number = 0, hash = "
    tamper(database, "DELETE FROM fact", f"{nothing}zeroblob(32)||{nothing}{ZERO}")
    fill(database, 2)
    fill(database, 6, about="second")
    assert isinstance(database.read_now(verify.verify), Whole)
    assert database.read_now(verify.verify, {seen.facts: [seen.head]}) == Contradicted(8, 8)
    assert database.read_now(verify.verify, {3: [first.head[:8]], 8: [seen.head]}) == Contradicted(3, 3)


def test_a_file_that_cannot_be_read_is_said_to_be_damaged(sqlite_database: Database) -> None:
    fill(sqlite_database, 400)
    path = sqlite_database.url.database
    assert path is not None
    sqlite_database.close()
    with closing(sqlite3.connect(path)) as file_itself:
        (page,) = file_itself.execute("SELECT rootpage FROM sqlite_master WHERE name = 'fact'").fetchone()
        file_itself.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with open(path, "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    again = Database(f"sqlite:///{path}")
    with Session(again.reader) as session:
        found = verify.verify(session)
    assert isinstance(found, BadFact)
    assert found.wrong is Wrong.UNREADABLE
    again.close()


def test_verifying_while_others_write_sees_one_moment(database: Database) -> None:
    fill(database)

    def write(number: int) -> None:
        database.write_now(store.append, [NewFact(p.MeetingStarted())], meeting_id=number, at=NOW, actor="")

    with ThreadPoolExecutor(6) as pool:
        writing = [pool.submit(write, number) for number in range(60)]
        found = [database.read_now(verify.verify) for _ in range(10)]
        for each in writing:
            each.result()
    assert all(isinstance(each, Whole) for each in found)
    last = database.read_now(verify.verify)
    assert isinstance(last, Whole)
    assert last.facts == COUNT + 60


def test_memory_does_not_grow_with_the_ledger(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "BATCH", 50)
    facts = [NewFact(p.HandRaised("site-01", "x" * 4000)) for _ in range(2000)]
    database.write_now(store.append, facts, meeting_id=1, at=NOW, actor="")
    del facts
    tracemalloc.start()
    try:
        assert isinstance(database.read_now(verify.verify), Whole)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000, "a quarter of the payloads"
