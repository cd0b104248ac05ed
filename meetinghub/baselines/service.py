"""Surveys for the people who look after them. Each act is one transaction and one fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.baselines import model, store
from meetinghub.baselines.model import Baseline, Kept, Provenance
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.ledger.imports import BaselineSet, BaselineWithdrawn


class Baselines:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def kept(self) -> list[Kept]:
        """All there ever were, the latest period first."""
        return await self._database.read(store.kept)

    async def put(self, new: Baseline, *, by: str, file: str = "", digest: str = "", url: str = "") -> int:
        """Let it count, in place of what was known of exactly this period; its number.

        Raises :class:`Invalid` naming the fields: also when its period shares days with another's.
        """
        now = self._clock.now()

        def write(db: Db) -> int:
            ledger.take(db)
            others = store.baselines(db)
            found = model.problems(new)
            other = None if found else model.overlapping(new, others)
            if other is not None:
                found["period_from"] = "baseline.overlaps"
            if found:
                raise Invalid(fields=found)
            for each in others:
                if each.period_from == new.period_from:
                    store.withdraw(db, each.id, at=now, by=by)
                    _say(db, BaselineWithdrawn(each.id), now, by)
            number = store.add(db, new, Provenance(now, by, file, digest, url))
            _say(db, _fact(replace(new, id=number), digest), now, by)
            return number

        return await self._database.write(write)

    async def withdraw(self, number: int, *, by: str) -> None:
        """It counts no more; nothing when it did not."""
        now = self._clock.now()

        def write(db: Db) -> None:
            ledger.take(db)
            if all(each.baseline.id != number for each in store.kept(db)):
                raise NotFound("baseline.not_found")
            if store.withdraw(db, number, at=now, by=by):
                _say(db, BaselineWithdrawn(number), now, by)

        await self._database.write(write)


def _fact(new: Baseline, digest: str) -> BaselineSet:
    return BaselineSet(
        baseline=new.id,
        period_from=new.period_from.isoformat(),
        period_to=new.period_to.isoformat(),
        meetings=new.meetings,
        meetings_for_all=new.meetings_for_all,
        committees=new.committees,
        source=new.source,
        departments=tuple(f"{each.meetings}:{each.meetings_for_all}:{each.name}" for each in new.departments),
        digest=digest,
    )


def _say(db: Db, payload: Payload, now: datetime, by: str) -> None:
    ledger.append(db, [NewFact(payload)], meeting_id=None, at=now, actor=by)
