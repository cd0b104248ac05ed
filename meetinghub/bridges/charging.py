"""The quotas as this installation has them: over its table of working days and its planned meetings."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.bridges.meter import PlannedMeetings
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.workdays import store
from meetinghub.workdays.calendar import Workdays
from quotas.service import Quotas

SETTLED_AT_ONCE = 200
"""Facts about meetings that one transaction of :class:`Charging` lets charges follow."""


class Days:
    """The table of working days, read again only when a year's table has changed."""

    def __init__(self) -> None:
        self._read: tuple[tuple[int, datetime | None], Workdays] | None = None

    def __call__(self, db: Db) -> Workdays:
        stamp = store.stamp(db)
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, store.workdays(db)
        return self._read[1]


def quotas() -> Quotas:
    """One for each process; it keeps nothing but the table of working days."""
    return Quotas(Days(), PlannedMeetings())


class Charging:
    """What becomes due by itself: charges that follow meetings, holds that nobody decided on."""

    every = timedelta(seconds=30)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._quotas = quotas()

    async def run(self) -> None:
        now = self._clock.now()
        while await self._database.write(self._quotas.settle, now=now, most=SETTLED_AT_ONCE) == SETTLED_AT_ONCE:
            pass
        await self._database.write(self._quotas.expire, now=now)
