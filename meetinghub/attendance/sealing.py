"""What the worker does every few seconds: seal what is due, then keep a checkpoint of it outside the database.

The two are apart on purpose. The seal is one transaction. The checkpoint goes to a file, which no transaction covers:
a sealed sheet says that it has none yet until one is kept, so that a worker that died in between leaves its work to the
next tick. A checkpoint kept twice is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog
from sqlmodel import Session as Db

from meetinghub.attendance import store
from meetinghub.attendance.service import Attendance
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Unavailable

log = structlog.get_logger("sealing")

Keep = Callable[[Db], object]
"""Signs the ledger as this transaction sees it and keeps what it signed where the database cannot reach."""


class Sealing:
    def __init__(self, database: Database, clock: Clock, keep: Keep) -> None:
        self._database = database
        self._clock = clock
        self._keep = keep
        self._attendance = Attendance(database, clock)

    async def run(self) -> None:
        """Seal every meeting that is due. One that cannot be sealed keeps no other from it.

        Raises :class:`Unavailable` when the database does not answer, and at the end one group of all other failures.
        """
        failures = []
        for number in await self._attendance.due():
            try:
                await self._attendance.seal(number)
                log.info("sealed", meeting=number)
            except Unavailable:
                raise
            except Exception as error:
                error.add_note(f"meeting {number}")
                failures.append(error)
        await self._checkpoint()
        if failures:
            raise ExceptionGroup("sheets that could not be sealed", failures)

    async def _checkpoint(self) -> None:
        """One for all that have none; they are noted only after it was kept."""

        def keep(db: Db) -> list[int]:
            without = store.without_checkpoint(db)
            if without:
                self._keep(db)
            return without

        kept = await self._database.read(keep)
        if kept:
            await self._database.write(partial(store.note_checkpoint, meetings=kept, now=self._clock.now()))
