"""The burden account with everything it needs of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.baselines import store as surveys
from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden.figures import Baseline
from meetinghub.burden.ports import Workdays
from meetinghub.burden.saying import Saying
from meetinghub.burden.service import Burden
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.workdays import store


class Years:
    """The table of working days, read again only when a year's table has changed."""

    def __init__(self) -> None:
        self._read: tuple[tuple[int, datetime | None], Workdays, dict[int, str]] | None = None

    def workdays(self, db: Db) -> Workdays:
        return self._current(db)[1]

    def source(self, db: Db, year: int) -> str:
        return self._current(db)[2].get(year, "")

    def _current(self, db: Db) -> tuple[tuple[int, datetime | None], Workdays, dict[int, str]]:
        read, stamp = self._read, store.stamp(db)
        if read is None or read[0] != stamp:
            named = {year.year: year.source for year in store.years(db) if year.confirmed}
            self._read = read = stamp, store.workdays(db), named
        return read


class Baselines:
    def baselines(self, db: Db) -> Sequence[Baseline]:
        return surveys.baselines(db)


def saying_of(database: Database, clock: Clock) -> Saying:
    return Saying(database, clock, HeldMeetings())


def burden_of(database: Database, clock: Clock) -> Burden:
    return Burden(database, clock, Years(), Baselines())
