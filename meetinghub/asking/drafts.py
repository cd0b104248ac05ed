"""Drafts of requests: begun, answered step by step, ended by dropping them or keeping them for the weekly notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.model import Request
from meetinghub.asking.request import Event, State, after
from meetinghub.asking.wish import Kind, Wish
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Refused
from meetinghub.ledger import coordination as c
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.people.model import Account

Change = Callable[[Wish], Wish]


class Notices(Protocol):
    """Where a read-out goes that needs nobody to come: the department's items of the weekly notice."""

    def keep_request(self, db: Db, found: Request, *, by: str, now: datetime) -> None: ...


class Drafts:
    """A department's drafts are its staff's: what one began, a colleague may finish. Nobody else finds them."""

    def __init__(self, database: Database, clock: Clock, notices: Notices) -> None:
        self._database = database
        self._clock = clock
        self._notices = notices

    async def of(self, account: Account) -> list[Request]:
        """What this account can go on with, latest change first."""
        if account.department is None:
            return []
        return await self._database.read(store.drafts_of, account.department)

    async def draft(self, number: int, account: Account) -> Request:
        """Raises :class:`NotFound` for a number that is not this department's."""
        return await self._database.read(partial(own, number=number, account=account))

    async def begin(self, wish: Wish, account: Account) -> int:
        """A new draft; its number."""
        department = account.department
        if department is None:
            raise Forbidden("asking.no_department")
        add = partial(store.add, wish=wish, by=account.username, department=department, now=self._clock.now())
        return await self._database.write(add)

    async def answer(self, number: int, account: Account, change: Change) -> Request:
        """Let ``change`` put one answer into the wish as it stands now, so that two windows lose nothing."""

        def write(db: Db) -> Request:
            found = own(db, number, account)
            after(found.state, Event.EDIT)
            store.keep(db, number, change(found.wish), self._clock.now())
            return own(db, number, account)

        return await self._database.write(write)

    async def keep_as_notice(self, number: int, account: Account) -> Request:
        """A read-out needs nobody to come: keep it as a draft of the weekly notice."""

        def write(db: Db) -> Request:
            ledger.take(db)
            found = own(db, number, account)
            if found.wish.kind is not Kind.READ_OUT:
                raise Refused("asking.not_a_read_out")
            state, now = after(found.state, Event.KEEP), self._clock.now()
            self._notices.keep_request(db, found, by=account.username, now=now)
            store.note(db, number, state, now, decided=True)
            said(db, c.RequestKeptAsNotice(number), now, account.username)
            return own(db, number, account)

        return await self._database.write(write)

    async def drop(self, number: int, account: Account) -> None:
        """End a draft that was never, or not lately, submitted."""

        def write(db: Db) -> None:
            ledger.take(db)
            found = own(db, number, account)
            if not found.editable:
                raise Refused("asking.cannot_edit")
            state, now = after(found.state, Event.WITHDRAW), self._clock.now()
            store.note(db, number, state, now, decided=True)
            if found.state is State.RETURNED:
                said(db, c.RequestWithdrawn(number), now, account.username)

        await self._database.write(write)


def own(db: Db, number: int, account: Account) -> Request:
    """The request with that number if it is the account's department's; everybody else is told that there is none."""
    found = store.request(db, number)
    if found is None or not found.belongs_to(account):
        raise NotFound("asking.not_found")
    return found


def said(db: Db, payload: Payload, now: datetime, actor: str) -> None:
    """Append a fact that belongs to no meeting."""
    ledger.append(db, [NewFact(payload)], meeting_id=None, at=now, actor=actor)
