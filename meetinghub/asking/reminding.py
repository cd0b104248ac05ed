"""Steps of approval that wait: who has not been asked yet, who is reminded, who is asked when the time has passed.

What is due is worked out anew each time from the requests and the keys of the mails that are owed, so that nothing is
asked twice, and nothing is forgotten that fell due while no worker ran. A deputy whose time begins is asked then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.asking import store, turns
from meetinghub.asking.approval import ApprovalStep, Office, remind_at
from meetinghub.asking.letters import ASKED, LATE, REMINDED, Letters, key
from meetinghub.asking.model import Request
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.mail import store as mails
from meetinghub.people import store as people
from meetinghub.people.model import Account


class Reminding:
    every = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock, letters: Letters) -> None:
        self._database = database
        self._clock = clock
        self._letters = letters

    async def run(self) -> None:
        now = self._clock.now()
        for number in await self._database.read(_due, now):
            await self._database.write(partial(self._tell, number=number, now=now))

    def _tell(self, db: Db, *, number: int, now: datetime) -> None:
        ledger.take(db)
        found = store.request(db, number)
        if found is None or found.waits_for is None or found.wish.own is None:
            return
        step = found.waits_for
        for kind, accounts in _wanted(db, found, people.accounts(db), now).items():
            self._letters.tell(db, found, kind, accounts, now)
        moment = _moment(step, now)
        if moment is None:
            return
        if moment == step.due_at:
            self._letters.overdue(db, found, step, now)
        store.note_reminded(db, number, found.round, step.position, now)


def _due(db: Db, now: datetime) -> list[int]:
    """The requests about which somebody is to be told something; a look that locks nothing."""
    accounts = people.accounts(db)
    waiting = [each for each in store.waiting(db, Office) if each.wish.own is not None]
    return [each.id for each in waiting if _stirs(each, now) or _wanted(db, each, accounts, now)]


def _moment(step: ApprovalStep, now: datetime) -> datetime | None:
    """The last that passed of the two at which whoever was asked is told again."""
    if step.due_at is None:
        return None
    passed = [moment for moment in (remind_at(step.due_at), step.due_at) if moment <= now]
    return passed[-1] if passed else None


def _stirs(found: Request, now: datetime) -> bool:
    """Whether such a moment has passed since they were told."""
    step = found.waits_for
    moment = _moment(step, now) if step is not None else None
    return step is not None and moment is not None and (step.reminded_at is None or step.reminded_at < moment)


def _wanted(db: Db, found: Request, accounts: Sequence[Account], now: datetime) -> dict[str, list[Account]]:
    """Kind of mail → to whom. Whoever is only asked now is not reminded in the same breath."""
    step = found.waits_for
    assert step is not None
    may = [each for each in turns.deciders(db, found, now, accounts) if each.mail]
    owed = mails.known(db, [key(ASKED, found, step, each) for each in may])
    new = [each for each in may if key(ASKED, found, step, each) not in owed]
    again = [each for each in may if each not in new] if _stirs(found, now) else []
    kind = LATE if _moment(step, now) == step.due_at else REMINDED
    return {kind: accounts for kind, accounts in ((ASKED, new), (kind, again)) if accounts}
