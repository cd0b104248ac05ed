"""Owes the mails of invitations: by comparing what everybody should know with what they were told, again and again.

Nothing is remembered between two looks but the rows, so whatever was missed while nothing ran is made up for. One look
at one meeting is one transaction that holds the ledger: two workers look one after the other, and the second finds
nothing left to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session as Db

from meetinghub.calendars import invitations, itip, planned
from meetinghub.calendars.inviting import Register, invitees
from meetinghub.calendars.itip import Letter, Method
from meetinghub.calendars.letters import InvitationLetters
from meetinghub.calendars.model import Planned
from meetinghub.calendars.ports import Parts
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import InvitationsSent
from meetinghub.ledger.fact import NewFact
from meetinghub.mail.outbox import owe

REST = timedelta(minutes=10)
"""An agenda that nobody touched for so long has come to rest."""
LOOK_AGAIN = timedelta(minutes=30)
"""People, offices and addresses change without a fact."""
log = structlog.get_logger("inviting")


class Inviting:
    every = timedelta(seconds=15)

    def __init__(self, database: Database, clock: Clock, parts: Parts, letters: InvitationLetters) -> None:
        self._database, self._clock = database, clock
        self._parts, self._letters = parts, letters

    async def run(self) -> None:
        now = self._clock.now()
        for number in await self._database.read(invitations.due, now=now, looked_before=now - LOOK_AGAIN):
            mails = await self._database.write(partial(self._look, number=number, now=now))
            if mails:
                log.info("invited", meeting=number, mails=mails)

    def _look(self, db: Db, *, number: int, now: datetime) -> int:
        """How many mails were owed."""
        ledger.take(db)
        if number not in invitations.due(db, now=now, looked_before=now - LOOK_AGAIN):
            return 0
        (meeting,) = planned.planned(db, among=[number])
        register = invitations.register(db)
        wanted = invitees(meeting, register, self._parts) if meeting.state in invitations.OPEN else ()
        plan = itip.letters(invitations.invited(db, number), wanted, at_rest=now - meeting.changed_at >= REST)
        self._owe(db, meeting, register, plan.letters, now)
        through, _ = ledger.head(db)
        # What waits for rest is looked for again at the next turn, as if its facts were still to come.
        invitations.looked(db, number, through=0 if plan.waits else through, now=now)
        return len(plan.letters)

    def _owe(self, db: Db, meeting: Planned, register: Register, found: Sequence[Letter], now: datetime) -> None:
        if not found:
            return
        hosts = {unit.id: unit.mail for unit in register.departments}
        reply_to = hosts.get(meeting.host_department_id or 0, "")
        for letter in found:
            owe(db, self._letters.mail(letter, meeting, reply_to=reply_to, now=now), now=now)
            invitations.put(db, meeting.id, itip.sent(letter, self._letters.uid(meeting.id)), now)
        changed = sum(1 for each in found if each.changed)
        withdrawn = sum(1 for each in found if each.method is Method.CANCEL)
        said = InvitationsSent(len(found) - changed - withdrawn, changed, withdrawn)
        ledger.append(db, [NewFact(said)], meeting_id=meeting.id, at=now, actor="")
