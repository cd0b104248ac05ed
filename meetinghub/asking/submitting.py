"""Handing a request in, within one writing transaction: ranked, assessed, held, and passed on or granted at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.approval import Office, chain
from meetinghub.asking.drafts import own, said
from meetinghub.asking.model import Request
from meetinghub.asking.planning import called_committees, meeting_of
from meetinghub.asking.ports import GRANTED, REFUSED, Assessed, Post, Rides, Rules, Workdays
from meetinghub.asking.request import Event, State, after
from meetinghub.asking.wish import Step, own_problems, reachable
from meetinghub.errors import Invalid, Refused
from meetinghub.ids import CommitteeId
from meetinghub.ledger import coordination as c
from meetinghub.ledger import store as ledger
from meetinghub.meetings import service as meetings
from meetinghub.meetings.store import SitePlan
from meetinghub.people import store as people
from meetinghub.people.model import Account, Person, Role


@dataclass(frozen=True, slots=True)
class Submitted:
    """``request`` is as it was before when the rules refused it."""

    request: Request
    assessed: Assessed

    @property
    def refused(self) -> bool:
        return self.assessed.outcome == REFUSED


def submit(
    db: Db, number: int, account: Account, *, now: datetime, rides: Rides, rules: Rules, days: Workdays, post: Post
) -> Submitted:
    """A refusal by the rules is an answer, with its findings, and changes nothing."""
    ledger.take(db)
    found = own(db, number, account)
    after(found.state, Event.SUBMIT)
    wish = found.wish
    offered = rides.ranked(db, wish, department=found.department_id, now=now) if wish.minutes and wish.first else []
    if reachable(wish, rides=bool(offered)) is not Step.CHECK or wish.own is None:
        raise Refused("asking.incomplete")
    if problems := own_problems(wish.own, now):
        raise Invalid(fields=problems)
    assessed = rules.hold(db, found, now, account.username)
    if assessed.outcome == REFUSED:
        return Submitted(found, assessed)
    round = found.round + 1
    store.submit(db, number, round=round, assessed=assessed.as_json(), now=now)
    store.set_rides(db, number, [each.declined for each in offered])
    steps = chain([Office(each) for each in assessed.approvers], now, days)
    store.set_steps(db, number, round, steps)
    submitted = c.RequestSubmitted(
        number, round, found.department_id, assessed.outcome, wish.own.starts_at, wish.own.minutes
    )
    said(db, submitted, now, account.username)
    if offered:
        numbers = tuple(str(each.meeting_id) for each in offered)
        said(db, c.RidesDeclined(number, numbers, wish.declined), now, account.username)
    fresh = own(db, number, account)
    if assessed.outcome == GRANTED:
        plan(db, fresh, now=now, rules=rules, actor=account.username)
        fresh = own(db, number, account)
    post.ask(db, fresh, now)
    return Submitted(fresh, assessed)


def plan(db: Db, found: Request, *, now: datetime, rules: Rules, actor: str) -> int:
    """Plan a request's meeting and charge it, in the transaction that approved it; the meeting's number."""
    state = after(found.state, Event.APPROVE)
    operators = {each.committee: each for each in people.people(db, role=Role.OPERATOR)}
    called = called_committees(found, people.committees(db))
    sites = [_site(each.id, operators.get(each.id)) for each in called]
    meeting = meeting_of(found, phone=store.main_venue_phone(db))
    number = meetings.plan(db, meeting=meeting, sites=sites, now=now, actor=actor)
    rules.approve(db, found, number, now, actor)
    store.note(db, found.id, state, now, decided=True, meeting_id=number)
    said(db, c.RequestApproved(found.id, number), now, actor)
    return number


def ride(db: Db, number: int, account: Account, *, meeting: int, now: datetime, rides: Rides) -> Request:
    """Claim the wish's minutes in another department's meeting; the draft ends there."""
    ledger.take(db)
    found = own(db, number, account)
    state = after(found.state, Event.RIDE)
    if not found.wish.minutes:
        raise Refused("asking.incomplete")
    rides.claim(db, found, meeting=meeting, by=account, now=now)
    store.note(db, number, state, now, decided=True, meeting_id=meeting)
    said(db, c.RequestRode(number, meeting, found.wish.minutes), now, account.username)
    return own(db, number, account)


def expire(db: Db, *, now: datetime, rules: Rules, post: Post) -> int:
    """Requests whose own meeting would have begun and that nobody decided; how many."""
    due = store.overdue(db, now)
    if due:
        ledger.take(db)
        due = store.overdue(db, now)
    for found in due:
        rules.release(db, found, now, "")
        store.note(db, found.id, after(found.state, Event.EXPIRE), now, decided=True)
        said(db, c.RequestExpired(found.id), now, "")
        post.expired(db, found, now)
    return len(due)


def withdraw(db: Db, number: int, account: Account, *, now: datetime, rules: Rules) -> Request:
    """Take a submitted request back, with what it holds."""
    ledger.take(db)
    found = own(db, number, account)
    if found.state is not State.SUBMITTED:
        raise Refused("asking.cannot_withdraw")
    rules.release(db, found, now, account.username)
    store.note(db, number, after(found.state, Event.WITHDRAW), now, decided=True)
    said(db, c.RequestWithdrawn(number), now, account.username)
    return own(db, number, account)


def _site(committee: CommitteeId, operator: Person | None) -> SitePlan:
    return SitePlan(committee, operator.name, operator.phone) if operator else SitePlan(committee, "", "")
