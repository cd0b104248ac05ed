"""What committees, departments and the coordinator's office say of the account.

Whatever is said is written together with its fact, in one transaction; a row that it changes is counted anew in it, so
that whoever said it sees it at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session as Db

from meetinghub.burden import calls, contests, said, sums
from meetinghub.burden.calls import Call
from meetinghub.burden.contests import Contest
from meetinghub.burden.following import recount
from meetinghub.burden.model import Source
from meetinghub.burden.ports import Meetings
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused
from meetinghub.ledger import burden as b
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, NewFact, Payload
from meetinghub.people import store as people
from meetinghub.people.model import Account


@dataclass(frozen=True, slots=True)
class Told:
    """What a committee says its line should be; None stays as it is."""

    attended: bool | None
    persons: int | None
    travelled: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an account's word: contests and disputed calls for the coordinator's office, calls to be
    confirmed for the department named."""

    contests: tuple[Contest, ...] = ()
    disputed: tuple[Call, ...] = ()
    named: tuple[Call, ...] = ()


class Saying:
    def __init__(self, database: Database, clock: Clock, meetings: Meetings) -> None:
        self._database = database
        self._clock = clock
        self._meetings = meetings

    async def contest(self, source: Source, number: int, told: Told, by: Account) -> Contest:
        """``by`` is a committee's account, the line its own."""

        def write(db: Db) -> Contest:
            ledger.take(db)
            entry = sums.sitting(db, source, number)
            lines = sums.lines(db, entry.id, by.committee) if entry is not None and by.committee is not None else []
            if not lines or by.committee is None:
                raise NotFound("burden.no_sitting")
            if source is Source.CALL:
                raise Refused("burden.contest_own_call")
            found = contests.problems(
                attended=told.attended, persons=told.persons, travelled=told.travelled, reason=told.reason
            )
            if found:
                raise Invalid(fields=found, limit=contests.LONGEST_REASON)
            contests.may_contest(lines[0], said.contests_of(db, source, number))
            reason = told.reason.strip()
            fact = self._append(
                db,
                b.BurdenContested(
                    source.value, number, by.committee, told.attended, told.persons, told.travelled, reason
                ),
                by,
            )
            new = Contest(
                number=fact.number,
                source=source,
                sitting=number,
                committee=by.committee,
                attended=told.attended,
                persons=told.persons,
                travelled=told.travelled,
                reason=reason,
                by=by.username,
                at=fact.at,
            )
            said.add_contest(db, new)
            return new

        return await self._database.write(write)

    async def decide_contest(self, number: int, *, accepted: bool, reason: str, by: Account) -> Contest:
        def write(db: Db) -> Contest:
            ledger.take(db)
            found = said.contest(db, number)
            if found is None:
                raise NotFound("burden.no_contest")
            contests.may_decide(found, by=by.username, accepted=accepted, reason=reason)
            fact = self._append(db, b.BurdenContestDecided(number, accepted, reason.strip()), by)
            said.decide_contest(db, number, accepted=accepted, answer=reason.strip(), by=by.username, at=fact.at)
            recount(db, self._meetings, found.source, found.sitting)
            return replace(found, accepted=accepted, answer=reason.strip())

        return await self._database.write(write)

    async def log(
        self,
        *,
        department: int,
        subject: str,
        minutes: int,
        persons: int,
        day: date | None,
        in_person: bool,
        by: Account,
    ) -> int:
        """``by`` is the committee that was called; ``day`` None is today. The call's number."""
        committee = by.committee
        if committee is None:
            raise Forbidden("access.denied")
        today = self._clock.now().astimezone(SHANGHAI).date()
        found = calls.problems(day=day, minutes=minutes, persons=persons, subject=subject, today=today)

        def write(db: Db) -> int:
            ledger.take(db)
            if department not in {each.id for each in people.departments(db)}:
                found["department"] = "burden.call_department_missing"
            if found:
                raise Invalid(fields=found, limit=calls.LONGEST_SUBJECT)
            new = Call(
                id=0,
                committee=committee,
                department=department,
                day=day or today,
                subject=subject.strip(),
                minutes=minutes,
                persons=persons,
                in_person=in_person,
                state=calls.State.LOGGED,
                by=by.username,
                at=self._clock.now(),
            )
            number = said.add_call(db, new)
            fact = b.CallLogged(number, committee, department, new.day.isoformat(), minutes, persons, in_person)
            self._append(db, fact, by)
            recount(db, self._meetings, Source.CALL, number)
            return number

        return await self._database.write(write)

    async def answer(self, number: int, *, confirmed: bool, reason: str, by: Account) -> None:
        """The department named; whoever disputes says why."""

        def write(db: Db) -> None:
            ledger.take(db)
            found = said.call(db, number)
            if found is None or found.department != by.department:
                raise NotFound("burden.no_call")
            following = calls.after(found.state, calls.Event.CONFIRM if confirmed else calls.Event.DISPUTE)
            _reason(reason, needed=not confirmed)
            fact = self._append(db, b.CallAnswered(number, confirmed, reason.strip()), by)
            said.answer_call(db, number, following, answer=reason.strip(), by=by.username, at=fact.at)

        await self._database.write(write)

    async def decide_call(self, number: int, *, upheld: bool, reason: str, by: Account) -> None:
        """The coordinator's office, on a call that the department disputes."""

        def write(db: Db) -> None:
            ledger.take(db)
            found = said.call(db, number)
            if found is None:
                raise NotFound("burden.no_call")
            following = calls.after(found.state, calls.Event.UPHOLD if upheld else calls.Event.STRIKE)
            _reason(reason, needed=not upheld)
            fact = self._append(db, b.CallDecided(number, upheld, reason.strip()), by)
            said.decide_call(db, number, following, decision=reason.strip(), by=by.username, at=fact.at)
            recount(db, self._meetings, Source.CALL, number)

        await self._database.write(write)

    async def calls_of(self, account: Account, *, every: bool) -> list[Call]:
        """A committee's own, those that name a department, or ``every`` one, newest first."""

        def read(db: Db) -> list[Call]:
            department = None if every else account.department
            return said.calls(db, committee=account.committee, department=department)

        return await self._database.read(read)

    async def waiting(self, account: Account, *, decides: bool) -> Waiting:
        """``decides``: the account is of the coordinator's office."""

        def read(db: Db) -> Waiting:
            own = (
                said.calls(db, department=account.department, states=(calls.State.LOGGED,))
                if account.department is not None
                else []
            )
            if not decides:
                return Waiting(named=tuple(own))
            open_ = [each for each in said.open_contests(db) if each.by != account.username]
            return Waiting(tuple(open_), tuple(said.calls(db, states=(calls.State.DISPUTED,))), tuple(own))

        return await self._database.read(read)

    def _append(self, db: Db, payload: Payload, by: Account) -> Fact:
        now = self._clock.now()
        (fact,) = ledger.append(db, [NewFact(payload)], meeting_id=None, at=now, actor=by.username)
        return fact


def _reason(reason: str, *, needed: bool) -> None:
    if needed and not reason.strip():
        raise Invalid(fields={"reason": "form.required"})
    if len(reason) > contests.LONGEST_REASON:
        raise Invalid(fields={"reason": "form.too_long"}, limit=contests.LONGEST_REASON)
