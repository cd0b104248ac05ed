"""What the worker does, and what is left of it when the worker is killed at any step."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from meetinghub.attendance import store
from meetinghub.attendance.sealing import Sealing
from meetinghub.attendance.service import GRACE, Attendance
from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind
from tests.meetinghub.attendance.examples import END, store_held, write
from tests.meetinghub.meetings.planned import SetClock

LATER = END + GRACE + timedelta(days=3)


class Kept:
    """Keeps checkpoints in a list: how many facts each covers."""

    def __init__(self) -> None:
        self.heads: list[int] = []

    def __call__(self, db: Db) -> None:
        self.heads.append(head(db))


def head(db: Db) -> int:
    return int(db.connection().exec_driver_sql("SELECT number FROM ledger_head").scalar_one())


async def seals(database: Database, number: int) -> int:
    facts = await database.read(ledger.of_meeting, number)
    return [fact.payload.kind for fact in facts].count(FactKind.ATTENDANCE_SEALED)


async def test_a_tick_seals_what_is_due_and_keeps_one_checkpoint_that_covers_it(database: Database) -> None:
    numbers = [await database.write(store_held), await database.write(store_held)]
    kept = Kept()
    sealing = Sealing(database, SetClock(LATER), kept)
    await sealing.run()
    assert [await seals(database, number) for number in numbers] == [1, 1]
    assert kept.heads == [await database.read(head)]
    await sealing.run()
    assert len(kept.heads) == 1


async def test_a_meeting_that_cannot_be_sealed_keeps_no_other_from_it(sqlite_database: Database) -> None:
    broken = await sqlite_database.write(store_held)
    good = await sqlite_database.write(store_held)
    await sqlite_database.write(partial(_started_again, number=broken))
    with pytest.raises(ExceptionGroup) as failures:
        await Sealing(sqlite_database, SetClock(LATER), Kept()).run()
    assert f"meeting {broken}" in failures.value.exceptions[0].__notes__
    assert (await seals(sqlite_database, broken), await seals(sqlite_database, good)) == (0, 1)


async def test_a_checkpoint_that_could_not_be_kept_is_kept_by_the_next_tick(database: Database) -> None:
    await database.write(store_held)

    def full(_: Db) -> None:
        raise OSError("no space left on the disk")

    with pytest.raises(OSError, match="no space"):
        await Sealing(database, SetClock(LATER), full).run()
    kept = Kept()
    await Sealing(database, SetClock(LATER), kept).run()
    assert len(kept.heads) == 1


@pytest.mark.parametrize("step", ["in the seal's transaction", "before the checkpoint", "after the checkpoint"])
async def test_a_worker_killed_at_any_step_leaves_the_rest_to_the_next_one(
    sqlite_database: Database, tmp_path: Path, step: str
) -> None:
    number = await sqlite_database.write(store_held)
    url, file = sqlite_database.url.render_as_string(hide_password=False), tmp_path / "checkpoints.txt"
    process = multiprocessing.get_context("spawn").Process(target=_worker, args=(url, str(file), step))
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL
    assert await seals(sqlite_database, number) == (0 if step == "in the seal's transaction" else 1)
    await Sealing(sqlite_database, SetClock(LATER), partial(_append, file)).run()
    named = await Attendance(sqlite_database, SetClock(LATER)).sheet(number)
    assert named is not None
    assert named.whole
    assert await seals(sqlite_database, number) == 1
    assert await sqlite_database.read(store.without_checkpoint) == []
    assert set(file.read_text().split()) == {str(await sqlite_database.read(head))}


def _worker(url: str, file: str, step: str) -> None:
    """A worker that is killed, as by ``kill -9``, at ``step``."""
    database = Database(url)

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def keep(db: Db) -> None:
        if step == "before the checkpoint":
            die()
        _append(Path(file), db)

    if step == "in the seal's transaction":
        store.note = die
    elif step == "after the checkpoint":
        store.note_checkpoint = die
    asyncio.run(Sealing(database, SetClock(LATER), keep).run())


def _append(file: Path, db: Db) -> None:
    with file.open("a") as opened:
        opened.write(f"{head(db)}\n")


def _started_again(db: Db, *, number: int) -> None:
    """What no programme of ours writes: a meeting that begins after its end cannot be folded."""
    write(db, number, END, p.MeetingStarted())
