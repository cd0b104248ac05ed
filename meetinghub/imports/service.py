"""Bringing history in: a file becomes a draft, a draft a taking, and a taking can be taken back whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session as Db

from meetinghub.aside import GaveUp
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.imports import columns, reading, store, taking
from meetinghub.imports.model import MOST_MEETINGS, Reading, Settings, Table
from meetinghub.imports.ports import History, Planned
from meetinghub.imports.register import Register
from meetinghub.imports.store import Draft, HeldMeeting, Taking, Waiting
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.imports import ImportTakenBack

FORGOTTEN_AFTER = timedelta(days=30)
LONGEST_FILE = 200
Read = Callable[[bytes, datetime], Awaitable[Table | str]]
"""Bytes → a table, or the code of what keeps it from being read; :class:`GaveUp` when that took too much."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft and what would become of it. ``known``: rows of meetings that are there already."""

    draft: Draft
    register: Register
    reading: Reading
    known: frozenset[int]


class Imports:
    def __init__(self, database: Database, clock: Clock, read: Read, *, history: History, planned: Planned) -> None:
        self._database = database
        self._clock = clock
        self._read = read
        self._history = history
        self._planned = planned

    async def upload(self, body: bytes, *, file: str, by: str) -> int | Taking:
        """The number of a draft (the one there is, for the same bytes); the taking of that very file, if one counts.

        Raises :class:`Invalid` with what is wrong with the file.
        """
        now, digest = self._clock.now(), sha256(body).hexdigest()
        done = await self._database.read(store.taking_of, digest)
        if done is not None:
            return done
        there = await self._database.read(store.draft_of, digest)
        if there is not None:
            return there
        try:
            table = await self._read(body, now)
        except GaveUp:
            table = "imports.too_heavy"
        if isinstance(table, str):
            raise Invalid(fields={"file": table})
        settings = columns.guess(table)

        def write(db: Db) -> int:
            ledger.take(db)  # two who send the same file at the same time get one draft
            store.forget_drafts(db, now - FORGOTTEN_AFTER)
            known = store.draft_of(db, digest)
            if known is not None:
                return known
            named = file[-LONGEST_FILE:]
            return store.add_draft(db, file=named, digest=digest, table=table, settings=settings, by=by, now=now)

        return await self._database.write(write)

    async def drafts(self) -> list[Waiting]:
        """Newest first."""
        return await self._database.read(store.drafts)

    async def look(self, number: int) -> Looked:
        """A draft as it would be taken now."""
        now = self._clock.now()

        def read(db: Db) -> Looked:
            draft, register = _draft(db, number), taking.register(db)
            found = reading.read(draft.table, draft.settings, register, now=now)
            return Looked(draft, register, found, frozenset(taking.known(db, found.meetings, self._planned)))

        return await self._database.read(read)

    async def settle(self, number: int, settings: Settings, *, revision: int) -> None:
        """Keep what was said of a draft; :class:`Stale` when somebody changed it since ``revision``."""
        now = self._clock.now()

        def write(db: Db) -> None:
            _draft(db, number)
            if not store.set_settings(db, number, settings, revision=revision, now=now):
                raise Stale("imports.changed_meanwhile")

        await self._database.write(write)

    async def drop(self, number: int) -> None:
        """Throw a draft away; nothing when it is gone."""

        def write(db: Db) -> None:
            store.delete_draft(db, number)

        await self._database.write(write)

    async def take(self, number: int, *, revision: int, leave_out: bool, by: str) -> int:
        """All meetings of a draft that are new, or none. ``leave_out``: do without the rows that have problems.

        Raises :class:`Refused` when rows have problems, nothing is new, or the file was taken meanwhile.
        """
        now = self._clock.now()
        looked = await self.look(number)
        found = looked.reading
        if found.problems and not leave_out:
            raise Refused("imports.has_problems")
        if len(found.meetings) > MOST_MEETINGS:
            raise Refused("imports.too_many_meetings", count=len(found.meetings), most=MOST_MEETINGS)

        def write(db: Db) -> int:
            ledger.take(db)
            if not store.delete_draft(db, number, revision=revision):
                raise Stale("imports.changed_meanwhile")
            made = taking.take(db, looked.draft, found, history=self._history, planned=self._planned, now=now, actor=by)
            if made is None:
                raise Refused("imports.nothing_new")
            return made

        if looked.draft.revision != revision:
            raise Stale("imports.changed_meanwhile")
        return await self._database.write(write)

    async def takings(self) -> list[Taking]:
        """Newest first, also those that were taken back."""
        return await self._database.read(store.takings)

    async def taking(self, number: int, *, after: int, most: int) -> tuple[Taking, list[HeldMeeting]]:
        """A taking and ``most`` of its meetings, ``after`` so many."""

        def read(db: Db) -> tuple[Taking, list[HeldMeeting]]:
            return _taking(db, number), store.meetings_of(db, number, after=after, most=most)

        return await self._database.read(read)

    async def take_back(self, number: int, *, reason: str, by: str) -> None:
        """None of its meetings counts any more; nothing when none did."""
        now = self._clock.now()

        def write(db: Db) -> None:
            ledger.take(db)
            known = _taking(db, number)
            if store.take_back(db, number, at=now, by=by, reason=reason):
                fact = ImportTakenBack(taking=number, meetings=known.meetings, reason=reason)
                ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=by)
                self._history.leave(db, number, now=now, actor=by)

        await self._database.write(write)


def _draft(db: Db, number: int) -> Draft:
    found = store.draft(db, number)
    if found is None:
        raise NotFound("imports.no_draft")
    return found


def _taking(db: Db, number: int) -> Taking:
    found = store.taking(db, number)
    if found is None:
        raise NotFound("imports.not_found")
    return found
