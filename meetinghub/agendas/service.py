"""What is done with agendas: claiming, deciding, changing, closing.

An act is one transaction: take the ledger, read the plan, decide, write rows and facts, owe the mails. So twenty
claims to the last minutes are decided one after the other, on both engines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.agendas import board, claims, store
from meetinghub.agendas import plan as rules
from meetinghub.agendas.board import Agenda
from meetinghub.agendas.changing import Add, Change, changed, name_of
from meetinghub.agendas.claims import ON_THE_AGENDA, Act, Claim, Kind, State, Terms, Workdays
from meetinghub.agendas.letters import Letters
from meetinghub.agendas.plan import Plan, Timing
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ledger import agendas as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, NewFact, Payload
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.meetings.model import Audience, Segment
from meetinghub.people.model import Account

READ_AGAIN = timedelta(minutes=1)


class Notices(Protocol):
    """Where a topic goes that is only read out: the drafts of the Monday notice."""

    def keep(self, db: Db, plan: Plan, claim: Claim, *, now: datetime) -> None: ...

    def drop(self, db: Db, claim: Claim) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim as it is asked for; ``audience`` None: everybody the meeting is for."""

    department: int
    department_name: str
    title: str
    minutes: int
    speaker: str = ""
    kind: Kind = Kind.DISCUSSION
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``minutes`` and ``timing`` count for accepting; ``seen`` is the plan's mark on the page that was answered."""

    act: Act
    minutes: int | None = None
    timing: Timing = Timing.SHIFT
    reason: str = ""
    seen: str = ""


class Agendas:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        workdays: Callable[[Db], Workdays],
        letters: Letters,
        terms: Terms | None = None,
        notices: Notices | None = None,
    ) -> None:
        """``workdays`` reads the calendar within a transaction."""
        self._database = database
        self._clock = clock
        self._read_workdays = workdays
        self._kept: tuple[datetime, Workdays] | None = None
        self.letters = letters
        self.terms = terms or Terms()
        self._notices = notices

    async def plan(self, meeting: int) -> Plan:
        """Raises :class:`NotFound` when there is no such meeting."""
        return await self._database.read(self.read, meeting)

    async def unanswered(self, host: int) -> list[store.Unanswered]:
        """Meetings of one department with claims that wait for its answer."""
        return await self._database.read(store.unanswered, host)

    async def claim(self, meeting: int, wanted: Wanted, *, by: str) -> Claim:
        return await self._database.write(partial(self.claim_in, meeting=meeting, wanted=wanted, by=by))

    def claim_in(self, db: Db, *, meeting: int, wanted: Wanted, by: str) -> Claim:
        """Claim minutes within a transaction that is already under way."""
        ledger.take(db)
        now, plan = self._clock.now(), self.read(db, meeting)
        rules.check_claim(plan, wanted.minutes, wanted.department, now)
        made = store.add_claim(
            db,
            Claim(
                id=0,
                meeting=meeting,
                department=wanted.department,
                department_name=wanted.department_name,
                title=wanted.title,
                speaker=wanted.speaker,
                minutes=wanted.minutes,
                kind=wanted.kind,
                audience=wanted.audience,
                state=State.CLAIMED,
                by=by,
                at=now,
            ),
        )
        read_out = wanted.kind is Kind.READ_OUT
        self._write(db, plan, p.ClaimMade(made.id, wanted.department, wanted.minutes, read_out), now, by)
        return made

    async def decide(self, meeting: int, claim: int, answer: Answer, account: Account) -> Plan:
        """The host's answer to a claim, the claimant's withdrawal, or either's undoing of their own."""
        return await self._act(
            meeting, answer.seen, partial(self._decide, number=claim, answer=answer, account=account)
        )

    async def change(self, meeting: int, change: Change, account: Account, *, reason: str = "", seen: str = "") -> Plan:
        def act(db: Db, plan: Plan, now: datetime) -> None:
            self._must_host(plan, account)
            why = rules.reason_for(plan, reason, now)
            after = changed(plan, change)
            if after != plan.agenda:
                self._arrange(db, plan, after, name_of(change), why, now, account.username)

        return await self._act(meeting, seen, act)

    def take_in(self, db: Db, *, meeting: int, segment: Segment, account: Account, reason: str = "") -> None:
        """Put a segment where people wait least, and lengthen the meeting if it must, within a transaction that is
        already under way."""
        ledger.take(db)
        now, plan = self._clock.now(), self.read(db, meeting)
        rules.must_be_open(plan)
        self._must_host(plan, account)
        if segment.minutes > plan.free:
            capacity = plan.capacity + segment.minutes - max(0, plan.free)
            closes = store.claims_close_at(db, meeting)
            store.set_terms(db, meeting, capacity=capacity, claims_close_at=closes)
            self._write(db, plan, p.AgendaTermsSet(capacity, plan.deadlines.close_at), now, account.username)
            db.expire_all()
            plan = self.read(db, meeting)
        change = Add(segment)
        self._arrange(db, plan, changed(plan, change), name_of(change), reason, now, account.username)

    async def set_terms(
        self, meeting: int, account: Account, *, capacity: int, close_at: datetime | None, seen: str = ""
    ) -> Plan:
        """``capacity`` in minutes; ``close_at`` None: by the rule."""

        def act(db: Db, plan: Plan, now: datetime) -> None:
            self._must_host(plan, account)
            taken = plan.capacity - plan.free
            if not taken <= capacity <= rules.LONGEST_MEETING:
                raise Invalid(
                    fields={"capacity": "agenda.capacity_out_of_range"}, taken=taken, longest=rules.LONGEST_MEETING
                )
            if close_at is not None and close_at >= plan.meeting.starts_at:
                raise Invalid(fields={"close_at": "agenda.closes_after_the_start"})
            store.set_terms(db, meeting, capacity=capacity, claims_close_at=close_at)
            closes = self.read(db, meeting).deadlines.close_at
            self._write(db, plan, p.AgendaTermsSet(capacity, closes), now, account.username)

        return await self._act(meeting, seen, act)

    async def finalise(self, meeting: int, account: Account, *, seen: str = "") -> Plan:
        """Close the agenda, give unclaimed minutes back, and tell everybody when their part is."""

        def act(db: Db, plan: Plan, now: datetime) -> None:
            self._must_host(plan, account)
            if plan.finalised_at is not None:
                raise Refused("agenda.final_already")
            if plan.waiting:
                raise Refused("agenda.claims_wait", count=len(plan.waiting))
            store.set_finalised(db, meeting, now)
            booked = board.length(plan.agenda)
            (fact,) = self._write(
                db, plan, p.AgendaFinalised(booked, self.letters.count_final(db, plan)), now, account.username
            )
            self.letters.final(db, plan, fact.number, now)

        return await self._act(meeting, seen, act)

    def read(self, db: Db, meeting: int) -> Plan:
        found = store.plan(db, meeting, self.terms, self.workdays(db))
        if found is None:
            raise NotFound("meeting.not_found")
        return found

    def workdays(self, db: Db) -> Workdays:
        """The calendar, read again after :data:`READ_AGAIN`: it changes once a year, and every page needs it."""
        now = self._clock.now()
        if self._kept is None or not self._kept[0] <= now < self._kept[0] + READ_AGAIN:
            self._kept = now, self._read_workdays(db)
        return self._kept[1]

    async def _act(self, meeting: int, seen: str, act: Callable[[Db, Plan, datetime], None]) -> Plan:
        def write(db: Db) -> Plan:
            ledger.take(db)
            plan = self.read(db, meeting)
            rules.must_be_open(plan)
            if seen and seen != plan.mark:
                raise Stale("agenda.changed_meanwhile")
            act(db, plan, self._clock.now())
            db.expire_all()
            return self.read(db, meeting)

        return await self._database.write(write)

    def _decide(self, db: Db, plan: Plan, now: datetime, *, number: int, answer: Answer, account: Account) -> None:
        claim = plan.claim(number)
        if claim is None:
            raise NotFound("claim.not_found")
        own = claim.department == account.department
        if answer.act is Act.WITHDRAW or (answer.act is Act.UNDO and claim.state is State.WITHDRAWN):
            if not own:
                raise Forbidden("access.denied")
        else:
            self._must_host(plan, account)
            if own:  # the coordinator arranges every agenda, and rides like anybody else
                raise Refused("claim.own_claim")
        following = claims.after(claim.state, answer.act)
        reason = self._reason(plan, claim, answer, now)
        agenda, minutes = self._agenda_with(plan, claim, following, answer, now)
        decided = replace(
            claim, state=following, decided_by=account.username, decided_at=now, reason=reason, segment=None
        )
        if agenda != plan.agenda:
            written = self._arrange(db, plan, agenda, answer.act.value, reason, now, account.username)
            added = next((each.id for each in written if each.id not in board.spans(plan.agenda)), None)
            agenda, decided = written, replace(decided, segment=added)
        store.set_claim(db, decided)
        if self._notices is not None and following is State.MOVED_TO_NOTICE:
            self._notices.keep(db, plan, decided, now=now)
        elif self._notices is not None and claim.state is State.MOVED_TO_NOTICE:
            self._notices.drop(db, claim)
        (fact,) = self._write(
            db, plan, p.ClaimDecided(claim.id, answer.act.value, minutes, reason), now, account.username
        )
        self.letters.decided(db, plan, decided, agenda, fact.number, now, own=own)

    @staticmethod
    def _reason(plan: Plan, claim: Claim, answer: Answer, now: datetime) -> str:
        """Declining always has one; what waited for an answer when the agenda was closed needs none."""
        reason = answer.reason.strip()
        if len(reason) > rules.REASON_LENGTH:
            raise Invalid(fields={"reason": "form.too_long"}, limit=rules.REASON_LENGTH)
        if answer.act is Act.DECLINE and not reason:
            raise Invalid(fields={"reason": "claim.reason_missing"})
        if claim.state is State.CLAIMED:
            return reason
        return rules.reason_for(plan, reason, now)

    @staticmethod
    def _agenda_with(plan: Plan, claim: Claim, following: State, answer: Answer, now: datetime) -> tuple[Agenda, int]:
        """The agenda that follows from a claim's new state, and the minutes the claim has on it."""
        if following in ON_THE_AGENDA:
            minutes = claim.minutes if answer.minutes is None else answer.minutes
            shorter = answer.act is Act.SHORTEN
            if not board.SHORTEST <= minutes <= claim.minutes or shorter == (minutes == claim.minutes):
                raise Invalid(
                    fields={"minutes": "claim.minutes_out_of_range"}, shortest=board.SHORTEST, asked=claim.minutes
                )
            return rules.with_segment(plan, rules.segment_of(claim, minutes), answer.timing), minutes
        if claim.segment is not None:
            left = board.remove(plan.agenda, claim.segment)
            if not left:
                raise Refused("agenda.last_one")
            return left, 0
        if following is State.CLAIMED:  # taken up again: there must be room for it
            if claim.state is State.WITHDRAWN and plan.closed(now):
                raise Refused("claim.closed")
            rules.must_have_room(plan, claim.minutes)
        return plan.agenda, 0

    def _arrange(self, db: Db, plan: Plan, after: Agenda, act: str, reason: str, now: datetime, by: str) -> Agenda:
        number = plan.meeting.id
        written = store.set_agenda(db, number, plan.agenda, after)
        order, minutes = tuple(each.id for each in written), tuple(each.minutes for each in written)
        (fact,) = self._write(db, plan, p.AgendaArranged(act, order, minutes, reason), now, by)
        db.expire_all()
        meeting = planned.meeting(db, number)
        assert meeting is not None
        meetings.note(db, meeting, now)
        if plan.locked(now):
            self.letters.rearranged(db, plan, written, reason, fact.number, now)
        return written

    @staticmethod
    def _must_host(plan: Plan, account: Account) -> None:
        if not rules.hosts(plan, account):
            raise Forbidden("access.denied")

    @staticmethod
    def _write(db: Db, plan: Plan, payload: Payload, now: datetime, by: str) -> tuple[Fact, ...]:
        return ledger.append(db, [NewFact(payload)], meeting_id=plan.meeting.id, at=now, actor=by)
