"""Telling other departments of free minutes: by itself, at the right time, once.

What is due is asked of the meetings each time, so that whatever was missed while nothing ran is found again as long
as claims are open; the mark on the meeting and the mails' keys keep two workers from telling it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session as Db

from meetinghub.agendas import store
from meetinghub.agendas.claims import deadlines
from meetinghub.agendas.plan import LEAST_CLAIM, Plan
from meetinghub.agendas.service import Agendas
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.ledger import agendas as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact

AHEAD = timedelta(days=60)
"""No deadline lies further before its meeting."""
log = structlog.get_logger("announcing")


class Announcing:
    every = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock, agendas: Agendas) -> None:
        self._database = database
        self._clock = clock
        self._agendas = agendas

    async def run(self) -> None:
        await self.announce()

    async def announce(self) -> int:
        """Announce what is due; how many meetings that were."""
        now = self._clock.now()
        due = await self._database.read(self._due, now)
        told = 0
        for number in due:
            told += await self._database.write(partial(self._announce, number=number, now=now))
        return told

    def _due(self, db: Db, now: datetime) -> list[int]:
        found = []
        workdays = self._agendas.workdays(db)
        for number, start, closes in store.not_called(db, since=now, until=now + AHEAD):
            at = deadlines(start, workdays, self._agendas.terms, set_by_host=closes)
            if at.announce_at <= now < at.close_at and due(self._agendas.read(db, number), now):
                found.append(number)
        return found

    def _announce(self, db: Db, *, number: int, now: datetime) -> bool:
        ledger.take(db)
        plan = self._agendas.read(db, number)
        if not due(plan, now):
            return False
        mails = self._agendas.letters.announcement(db, plan, now)
        store.set_called(db, number, now)
        said = p.AgendaAnnounced(plan.free, plan.deadlines.close_at, mails)
        ledger.append(db, [NewFact(said)], meeting_id=number, at=now, actor="")
        log.info("announced", meeting=number, mails=mails)
        return True


def due(plan: Plan, now: datetime) -> bool:
    """Whether it is time, nobody has been told, and there is still something to claim."""
    return (
        plan.called_at is None
        and not plan.closed(now)
        and now >= plan.deadlines.announce_at
        and plan.free >= LEAST_CLAIM
    )
