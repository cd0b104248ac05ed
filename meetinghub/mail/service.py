"""The outbox for the people who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound
from meetinghub.mail import outbox, reading, store
from meetinghub.mail.model import Mail, ServerTrouble, Step
from meetinghub.mail.reading import Page, Search
from meetinghub.mail.states import State
from meetinghub.people.model import Account


@dataclass(frozen=True, slots=True)
class Overview:
    page: Page
    counts: dict[State, int]
    trouble: ServerTrouble | None


class Mails:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def overview(self, search: Search, *, offset: int, limit: int) -> Overview:
        page = await self._database.read(partial(reading.page, search=search, offset=offset, limit=limit))
        counts = await self._database.read(reading.counts)
        return Overview(page, counts, await self._database.read(store.trouble))

    async def one(self, number: int) -> tuple[Mail, list[Step]]:
        """Raises :class:`NotFound`."""
        mail = await self._database.read(reading.one, number)
        if mail is None:
            raise NotFound("mail.not_found")
        return mail, await self._database.read(reading.steps, number)

    async def resend(self, number: int, by: Account) -> None:
        """Have a failed, bounced or uncertain mail tried again now. Raises :class:`NotFound` and :class:`Refused`."""
        await self._database.write(partial(outbox.resend, number=number, by=by.username, now=self._clock.now()))

    async def mark_undelivered(self, number: int, by: Account) -> None:
        """Settle that a mail did not arrive and is not to be sent again; what it held back goes out."""
        await self._database.write(
            partial(outbox.mark_undelivered, number=number, by=by.username, now=self._clock.now())
        )
