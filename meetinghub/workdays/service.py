"""Years' tables for the people who look after them."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.workdays import WorkdaysSet
from meetinghub.people.model import Account
from meetinghub.workdays import store
from meetinghub.workdays.calendar import Kind, Workdays
from meetinghub.workdays.store import Year


class WorkdayTables:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def current(self) -> Workdays:
        return await self._database.read(store.workdays)

    async def years(self) -> list[Year]:
        """Newest first."""
        return await self._database.read(store.years)

    async def put(self, year: Year, by: Account) -> None:
        """Put a year's table in place of what was known of it; who and when are filled in here."""
        now = self._clock.now()

        def write(db: Db) -> None:
            store.put(db, replace(year, added_at=now, added_by=by.username))
            days = {
                kind: tuple(day.isoformat() for day, why in sorted(year.days.items()) if why.kind is kind)
                for kind in Kind
            }
            fact = WorkdaysSet(
                year=year.year,
                confirmed=year.confirmed,
                source=year.source,
                url=year.url,
                off=days[Kind.OFF],
                make_up=days[Kind.MAKE_UP],
            )
            ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=by.username)

        await self._database.write(write)
