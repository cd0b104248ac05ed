"""How much of its quotas a department has used, and what used it."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from quotas.finding import Assessment, Finding
from quotas.policy import Quota
from quotas.service import Quotas
from quotas.wish import Wish

CAUGHT_UP = 500
"""Facts about meetings that are followed before anything is counted; the worker does the rest."""


class Usage:
    def __init__(self, database: Database, clock: Clock, quotas: Quotas) -> None:
        self._database = database
        self._clock = clock
        self._quotas = quotas

    async def of(self, *, department: int | None, line: str, day: date) -> tuple[int, list[Finding]]:
        """The version in force on ``day`` (0: none), and one finding for each of its quotas that concern them, over the
        period that holds ``day``."""
        now = self._clock.now()
        await self._database.write(partial(self._quotas.settle, now=now, most=CAUGHT_UP))
        found = await self._database.read(partial(self._look, department=department, line=line, day=day, now=now))
        return found.policy, [each for each in found.findings if each.kind == Quota.kind]

    def _look(self, db: Db, *, department: int | None, line: str, day: date, now: datetime) -> Assessment:
        """A sitting that calls nobody: every quota counts what stands against it, whomever it leaves out."""
        noon = datetime.combine(day, time(12, 0), SHANGHAI)
        nobody = Wish(noon, 0, frozenset(), frozenset(), department=department, line=line)
        return self._quotas.look(db, nobody, now=now)
