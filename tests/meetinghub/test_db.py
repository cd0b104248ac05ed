"""Transactions, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from meetinghub import db, heartbeat
from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.heartbeat import HeartbeatRow
from meetinghub.people import store
from meetinghub.people.tables import StreetOfficeRow
from tests.postgres import Server

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def add(session: Db, name: str) -> None:
    session.add(StreetOfficeRow(name=name))


def count(session: Db) -> int:
    return session.exec(select(func.count()).select_from(StreetOfficeRow)).one()


async def test_what_was_written_is_there_unless_the_function_raised(database: Database) -> None:
    await database.write(add, "one")

    def fail(session: Db) -> None:
        add(session, "two")
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(count) == 1


async def test_forty_writers_that_read_first_lose_nothing(database: Database) -> None:
    await database.write(heartbeat.beat, "counter", "0")

    def increase(session: Db) -> None:
        row = session.exec(select(HeartbeatRow).where(HeartbeatRow.name == "counter").with_for_update()).one()
        changed = update(HeartbeatRow).where(col(HeartbeatRow.name) == "counter")
        session.exec(changed.values(detail=str(int(row.detail) + 1)))

    await asyncio.gather(*(database.write(increase) for _ in range(40)))

    def read(session: Db) -> str:
        return session.exec(select(HeartbeatRow.detail)).one()

    assert await database.read(read) == "40"


async def test_times_come_back_aware_and_equal_whatever_their_zone(database: Database) -> None:
    there = NOW.astimezone().replace(microsecond=123_456)
    await database.write(store.add_failure, "a", "b", there)
    assert (await database.read(store.failures, "a", "b", there - timedelta(microseconds=1))).account == 1
    assert (await database.read(store.failures, "a", "b", there)).account == 0


async def test_a_sign_of_life_ages(database: Database) -> None:
    assert await database.read(heartbeat.age, heartbeat.WORKER) is None
    await database.write(heartbeat.beat, heartbeat.WORKER)
    await database.write(heartbeat.beat, heartbeat.WORKER)
    age = await database.read(heartbeat.age, heartbeat.WORKER)
    assert age is not None
    assert timedelta(0) <= age < timedelta(minutes=1)


async def test_a_database_that_stays_locked_is_unavailable_and_not_a_bug(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    impatient = Database(str(sqlite_database.url))
    other = sqlite3.connect(str(sqlite_database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await impatient.write(add, "one")
    assert await impatient.read(count) == 0
    other.execute("ROLLBACK")
    await impatient.write(add, "one")
    other.close()
    impatient.close()


@pytest.mark.postgres
def test_a_connection_that_rested_is_asked_first_and_the_others_go_with_it(
    own_postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Database(f"{own_postgres.url}/own")
    connections = [own.reader.connect() for _ in range(2)]
    for connection in connections:
        connection.close()
    own_postgres.stop()
    own_postgres.start()
    monkeypatch.setattr(db, "RESTED_SECONDS", 0)
    assert own.read_now(lambda session: session.execute(text("SELECT 1")).scalar_one()) == 1
    own.close()
