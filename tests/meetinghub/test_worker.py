"""The worker's ticker."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from meetinghub import heartbeat
from meetinghub.attendance.sealing import Sealing
from meetinghub.clock import SystemClock
from meetinghub.db import Database
from meetinghub.mail.mailer import Mailer
from meetinghub.people import lifetime, store, throttle
from meetinghub.worker import Regular, Worker


async def test_it_is_alive_before_it_says_so_and_stays_alive(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "EVERY", timedelta(milliseconds=20))
    async with _worker(database).running():
        ages = []
        for _ in range(200):
            age = await database.read(heartbeat.age, heartbeat.WORKER)
            assert age is not None
            ages.append(age)
            if len(ages) > 1 and ages[-1] < ages[-2]:
                return
            await asyncio.sleep(0.02)
    pytest.fail("it never spoke a second time")


async def test_it_sweeps_what_no_longer_counts(database: Database) -> None:
    now = SystemClock().now()
    old = now - max(throttle.WINDOW, lifetime.ABSOLUTE) - timedelta(minutes=1)
    await database.write(store.add_failure, "a", "b", old)
    await database.write(store.add_failure, "a", "b", now)
    await _worker(database)._sweep()
    assert (await database.read(store.failures, "a", "b", old - timedelta(days=1))).account == 1


async def test_rare_work_gets_its_first_turn_when_the_worker_starts(database: Database) -> None:
    class Weekly:
        every = timedelta(days=7)
        done = asyncio.Event()

        async def run(self) -> None:
            self.done.set()

    async with _worker(database, Weekly()).running():
        await asyncio.wait_for(Weekly.done.wait(), 10)


def _worker(database: Database, *others: Regular) -> Worker:
    clock = SystemClock()
    sealing = Sealing(database, clock, lambda _: None)
    return Worker(database, clock, sealing, Mailer(database, clock, None, None), others)
