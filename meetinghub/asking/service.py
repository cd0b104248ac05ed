"""What is done with requests: looked at, handed in, ridden, withdrawn, decided; one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlmodel import Session as Db

from meetinghub.asking import deciding, store, submitting, turns
from meetinghub.asking.approval import Deputy, Verdict
from meetinghub.asking.clashes import Clashes
from meetinghub.asking.conflicts import Conflict
from meetinghub.asking.model import Request
from meetinghub.asking.ports import Assessed, Calendar, Post, Rides, Rules
from meetinghub.asking.riding import Ride
from meetinghub.asking.wish import Wish
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound
from meetinghub.people.model import Account, Right

SEES_REQUESTS = (Right.COORDINATOR, Right.LEADER)


@dataclass(frozen=True, slots=True)
class Look:
    """A complete wish as it would be judged now, before it is handed in."""

    assessed: Assessed
    conflicts: tuple[Conflict, ...]
    rides: tuple[Ride, ...]
    unreached: tuple[turns.Unreached, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """``decides``: this reader may decide it now."""

    request: Request
    decides: bool
    conflicts: tuple[Conflict, ...]


class Asking:
    def __init__(
        self, database: Database, clock: Clock, rides: Rides, rules: Rules, calendar: Calendar, post: Post
    ) -> None:
        self._database = database
        self._clock = clock
        self._rides = rides
        self._rules = rules
        self._calendar = calendar
        self._post = post
        self._clashes = Clashes(rides, calendar)

    async def rides(self, found: Request) -> list[Ride]:
        """Who already meets; nothing is held."""
        return await self.rides_for(found.wish, found.department_id)

    async def rides_for(self, wish: Wish, department: int) -> list[Ride]:
        """The same for a wish that is in no request."""
        now = self._clock.now()
        return await self._database.read(partial(self._rides.ranked, wish=wish, department=department, now=now))

    async def look(self, found: Request) -> Look:
        now = self._clock.now()

        def read(db: Db) -> Look:
            rides = self._rides.ranked(db, found.wish, department=found.department_id, now=now)
            assessed = self._rules.look(db, found, now)
            unreached = turns.unreached(db, found, assessed.approvers, now)
            return Look(assessed, self._clashes.of(db, found), tuple(rides), unreached)

        return await self._database.read(read)

    async def submit(self, number: int, account: Account) -> submitting.Submitted:
        def write(db: Db) -> submitting.Submitted:
            days = self._calendar.workdays(db)
            now = self._clock.now()
            return submitting.submit(
                db, number, account, now=now, rides=self._rides, rules=self._rules, days=days, post=self._post
            )

        return await self._database.write(write)

    async def ride(self, number: int, account: Account, meeting: int) -> Request:
        now = self._clock.now()
        act = partial(submitting.ride, number=number, account=account, meeting=meeting, now=now, rides=self._rides)
        return await self._database.write(act)

    async def withdraw(self, number: int, account: Account) -> Request:
        act = partial(submitting.withdraw, number=number, account=account, now=self._clock.now(), rules=self._rules)
        return await self._database.write(act)

    async def of(self, account: Account) -> list[Request]:
        """A department's own requests; for those who approve, also whatever was handed in."""
        if account.may(*SEES_REQUESTS):
            return await self._database.read(partial(store.handed_in, department=account.department))
        if account.department is None:
            return []
        return await self._database.read(partial(store.of_department, department=account.department))

    async def waiting(self, account: Account) -> list[Request]:
        """What waits for this account's decision, most urgent first."""
        now = self._clock.now()

        def read(db: Db) -> list[Request]:
            offices = turns.offices_of(db, account, now)
            return [each for each in store.waiting(db, offices) if turns.may(db, each, account, now)]

        return await self._database.read(read)

    async def shown(self, number: int, account: Account) -> Shown:
        """For its department and for those who approve; everybody else is told that there is none."""
        now = self._clock.now()

        def read(db: Db) -> Shown:
            found = store.request(db, number)
            offices = turns.offices_of(db, account, now)
            approves = bool(offices) and found is not None and found.round > 0
            if found is None or not (found.belongs_to(account) or approves):
                raise NotFound("asking.not_found")
            clashes = self._clashes.of(db, found) if found.waits_for else ()
            return Shown(found, turns.may(db, found, account, now), clashes)

        return await self._database.read(read)

    async def decide(self, number: int, account: Account, *, round: int, verdict: Verdict, reason: str) -> Request:
        def write(db: Db) -> Request:
            return deciding.decide(
                db,
                number,
                account,
                round=round,
                verdict=verdict,
                reason=reason,
                now=self._clock.now(),
                rules=self._rules,
                days=self._calendar.workdays(db),
                post=self._post,
            )

        return await self._database.write(write)

    async def deputies(self) -> list[Deputy]:
        return await self._database.read(partial(store.deputies, now=self._clock.now()))

    async def name_deputy(
        self, account: Account, *, deputy: str, first: date, last: date, when_late: bool = False
    ) -> Deputy:
        """From the beginning of ``first`` until the end of ``last``, in Shanghai."""
        since = datetime.combine(first, time.min, SHANGHAI)
        until = datetime.combine(last, time.max, SHANGHAI)
        act = partial(
            deciding.name_deputy,
            account=account,
            deputy=deputy,
            since=since,
            until=until,
            when_late=when_late,
            now=self._clock.now(),
        )
        return await self._database.write(act)

    async def end_deputy(self, account: Account, deputy: str) -> None:
        act = partial(deciding.end_deputy, account=account, deputy=deputy, now=self._clock.now())
        await self._database.write(act)
