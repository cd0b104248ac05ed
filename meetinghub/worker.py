"""The worker: a ticker in memory that asks the database what is due.

Two workers may run: what they do is either harmless twice or claimed by a row. A tick that was missed is not made up
for, because the next one finds the same work.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session as Db

from meetinghub import heartbeat
from meetinghub.attendance.sealing import Sealing
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.mail.mailer import Mailer
from meetinghub.people import lifetime, store, throttle

SWEEP_EVERY = timedelta(hours=1)
SEAL_EVERY = timedelta(seconds=10)
MAIL_EVERY = timedelta(seconds=3)
LAST_MAIL = timedelta(seconds=5)
"""How long a worker that is stopped waits for the mail at hand; one that is cut off is uncertain."""

log = structlog.get_logger("worker")


class Regular(Protocol):
    """Work that finds by itself what is due."""

    every: timedelta

    async def run(self) -> None: ...


class Worker:
    """Owns its ticker; the database is closed by whoever opened it."""

    def __init__(
        self, database: Database, clock: Clock, sealing: Sealing, mailer: Mailer, others: Sequence[Regular] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._sealing = sealing
        self._mailer = mailer
        self._others = others
        self._mailing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The ticker runs inside this block; the first sign of life is given before it is entered."""
        await self._beat()
        ticker = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
        ticker.add_job(self._beat, "interval", seconds=heartbeat.EVERY.total_seconds())
        ticker.add_job(self._seal, "interval", seconds=SEAL_EVERY.total_seconds())
        ticker.add_job(self._mail, "interval", seconds=MAIL_EVERY.total_seconds())
        ticker.add_job(self._sweep, "interval", seconds=SWEEP_EVERY.total_seconds())
        # The rarer the work, the longer it would wait after each start for its first turn.
        for each in self._others:
            seconds = each.every.total_seconds()
            ticker.add_job(self._regular, "interval", [each], seconds=seconds, next_run_time=datetime.now(UTC))
        ticker.start()
        try:
            yield
        finally:
            ticker.shutdown(wait=False)
            await self._end_mailing()

    async def _beat(self) -> None:
        try:
            await self._database.write(heartbeat.beat, heartbeat.WORKER)
        except Unavailable:
            log.warning("database does not answer")

    async def _seal(self) -> None:
        try:
            await self._sealing.run()
        except Unavailable:
            log.warning("database does not answer")

    async def _mail(self) -> None:
        """Many mails take longer than a tick: it begins a round and does not wait for its end."""
        if self._mailing is None or self._mailing.done():
            self._mailing = asyncio.create_task(self._send_mails())

    async def _send_mails(self) -> None:
        try:
            await self._mailer.run()
        except Unavailable:
            log.warning("database does not answer")
        except Exception:
            log.exception("mails")

    async def _end_mailing(self) -> None:
        self._mailer.stop()
        if self._mailing is not None:
            _, late = await asyncio.wait([self._mailing], timeout=LAST_MAIL.total_seconds())
            for task in late:
                task.cancel()
                await asyncio.wait([task])

    async def _regular(self, work: Regular) -> None:
        try:
            await work.run()
        except Unavailable:
            log.warning("database does not answer")

    async def _sweep(self) -> None:
        now = self._clock.now()

        def sweep(db: Db) -> None:
            store.sweep(db, failures_before=now - throttle.WINDOW, sessions_before=now - lifetime.ABSOLUTE)

        try:
            await self._database.write(sweep)
        except Unavailable:
            log.warning("database does not answer")
