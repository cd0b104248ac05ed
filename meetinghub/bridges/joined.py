"""Asking with everything it needs of others."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.agendas.service import Agendas
from meetinghub.asking import submitting
from meetinghub.asking.ports import Workdays
from meetinghub.asking.service import Asking
from meetinghub.bridges.charging import quotas
from meetinghub.bridges.rides import PlannedRides
from meetinghub.bridges.rules import QuotaRules
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.workdays.store import workdays


class Table:
    """The table of working days."""

    def workdays(self, db: Db) -> Workdays:
        return workdays(db)


class Expiring:
    """Requests whose day came before anybody decided."""

    every = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._rules = QuotaRules(quotas())

    async def run(self) -> None:
        await self._database.write(partial(submitting.expire, now=self._clock.now(), rules=self._rules))


def asking_of(database: Database, clock: Clock, agendas: Agendas) -> Asking:
    return Asking(database, clock, PlannedRides(agendas), QuotaRules(quotas()), Table())
