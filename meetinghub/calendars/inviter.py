"""Owes the mails of invitations: by comparing what everybody should know with what they were told, again and again.

Nothing is remembered between two looks but the rows, so whatever was missed while nothing ran is made up for. Letters
are written without holding anything, and owed a few at a time in transactions that hold the ledger: a meeting of the
whole street is some hundred mails, and a live one must not wait for them. A transaction that finds a newer fact of the
meeting than its letters were written after leaves the rest to the next look, so two workers say nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session as Db

from meetinghub.addresses import is_address
from meetinghub.calendars import invitations, itip, planned
from meetinghub.calendars.inviting import invitees
from meetinghub.calendars.itip import Letter, Method
from meetinghub.calendars.letters import InvitationLetters
from meetinghub.calendars.model import Planned
from meetinghub.calendars.ports import Parts
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import InvitationsSent
from meetinghub.ledger.fact import NewFact
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe

REST = timedelta(minutes=10)
"""An agenda that nobody touched for so long has come to rest."""
SOON = timedelta(hours=1)
"""Before the start nothing waits for rest any more."""
LOOK_AGAIN = timedelta(minutes=30)
"""People, offices and addresses change without a fact."""
AT_ONCE = 8
"""Mails that one transaction owes."""
PAUSE = 0.05
"""Seconds between two such transactions: SQLite lets whoever waits in only when nobody holds it for a moment."""
log = structlog.get_logger("inviting")


@dataclass(frozen=True, slots=True)
class Look:
    """What is owed for a meeting after its fact ``through``; no mail to whom none arrives any more."""

    through: int
    letters: tuple[tuple[Letter, Owed | None], ...]
    waits: bool


class Inviting:
    every = timedelta(seconds=15)

    def __init__(self, database: Database, clock: Clock, parts: Parts, letters: InvitationLetters) -> None:
        self._database, self._clock = database, clock
        self._parts, self._letters = parts, letters

    async def run(self) -> None:
        now = self._clock.now()
        for number in await self._database.read(invitations.due, now=now, looked_before=now - LOOK_AGAIN):
            await self._invite(number, now)

    async def _invite(self, number: int, now: datetime) -> None:
        look = await self._database.read(self._look, number=number, now=now)
        through = look.through
        for begin in range(0, len(look.letters), AT_ONCE):
            some = look.letters[begin : begin + AT_ONCE]
            said = await self._database.write(partial(self._owe, number=number, some=some, through=through, now=now))
            if said is None:
                return
            through = said
            await asyncio.sleep(PAUSE)
        # What waits for rest is looked for again at the next turn, as if its facts were still to come.
        reached = 0 if look.waits else through
        await self._database.write(partial(_looked, number=number, through=reached, now=now))
        if look.letters:
            log.info("invited", meeting=number, mails=len(look.letters))

    def _look(self, db: Db, *, number: int, now: datetime) -> Look:
        through = invitations.newest(db, number)
        (meeting,) = planned.planned(db, among=[number])
        register = invitations.register(db)
        wanted = invitees(meeting, register, self._parts) if meeting.state in invitations.OPEN else ()
        plan = itip.letters(invitations.invited(db, number), wanted, at_rest=_at_rest(meeting, now))
        hosts = {unit.id: unit.mail for unit in register.departments}
        own = hosts.get(meeting.host_department_id or 0, "")
        reply_to = own if is_address(own) else ""
        mails: list[tuple[Letter, Owed | None]] = []
        for each in plan.letters:
            arrives = each.invitee.address not in register.dead
            mails.append((each, self._letters.mail(each, meeting, reply_to=reply_to, now=now) if arrives else None))
        return Look(through, tuple(mails), plan.waits)

    def _owe(
        self, db: Db, *, number: int, some: Sequence[tuple[Letter, Owed | None]], through: int, now: datetime
    ) -> int | None:
        """The number of the fact that says so; None when something happened after ``through``."""
        ledger.take(db)
        if invitations.newest(db, number) != through:
            return None
        for letter, mail in some:
            if mail is not None:
                owe(db, mail, now=now)
            invitations.put(db, number, itip.sent(letter, self._letters.uid(number)), now)
        changed = sum(1 for each, _ in some if each.changed)
        withdrawn = sum(1 for each, _ in some if each.method is Method.CANCEL)
        said = NewFact(InvitationsSent(len(some) - changed - withdrawn, changed, withdrawn))
        (fact,) = ledger.append(db, [said], meeting_id=number, at=now, actor="")
        return fact.number


def _at_rest(meeting: Planned, now: datetime) -> bool:
    """A closed agenda is not moved about any more: what is changed then has a reason and is told at once."""
    return meeting.final or now - meeting.changed_at >= REST or meeting.starts_at - now <= SOON


def _looked(db: Db, *, number: int, through: int, now: datetime) -> None:
    ledger.take(db)
    invitations.looked(db, number, through=through, now=now)
