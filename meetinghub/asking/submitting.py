"""Handing a request in, within one writing transaction: ranked, assessed, held, and passed on or granted at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.approval import Office, chain
from meetinghub.asking.drafts import own, said
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import first_start, problems, starts
from meetinghub.asking.planning import called_committees, meeting_of
from meetinghub.asking.ports import GRANTED, REFUSED, Assessed, Post, Rides, Rules, Workdays
from meetinghub.asking.request import Event, State, after
from meetinghub.asking.wish import Step, own_problems, reachable
from meetinghub.errors import Invalid, Refused
from meetinghub.ids import CommitteeId
from meetinghub.ledger import coordination as c
from meetinghub.ledger import store as ledger
from meetinghub.ledger.series import SeriesPlanned
from meetinghub.meetings import series_store as series
from meetinghub.meetings import service as meetings
from meetinghub.meetings.recurrence import rule
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
    if wrong := {**own_problems(wish.own, now), **problems(wish.own, now)}:
        raise Invalid(fields=wrong)
    assessed = rules.hold(db, found, now, account.username)
    if assessed.outcome == REFUSED:
        return Submitted(found, assessed)
    round = found.round + 1
    store.submit(db, number, round=round, assessed=assessed.as_json(), now=now)
    store.set_rides(db, number, [each.declined for each in offered])
    steps = chain([Office(each) for each in assessed.approvers], now, days)
    store.set_steps(db, number, round, steps)
    submitted = c.RequestSubmitted(
        number, round, found.department_id, assessed.outcome, first_start(wish.own), wish.own.minutes
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
    """Plan a request's meeting, or all of its series, and charge them, in the transaction that approved it; the
    number of the first."""
    state, own = after(found.state, Event.APPROVE), found.wish.own
    assert own is not None
    planned = plan_at(db, found, starts(own), now=now, actor=actor)
    rules.approve(db, found, planned, now, actor)
    numbers = tuple(number for _, number in planned)
    store.note(db, found.id, state, now, decided=True, meeting_id=numbers[0])
    said(db, c.RequestApproved(found.id, numbers[0]), now, actor)
    if own.repeat is not None:
        department = (found.department_id, found.department)
        number = series.add(
            db, title=found.wish.title, department=department, request=found.id, repeat=own.repeat, first=own.day,
            by=actor, now=now,
        )  # fmt: skip
        series.join(db, number, numbers)
        text = rule(own.repeat, own.day)
        said(db, SeriesPlanned(number, found.id, found.department_id, text, numbers), now, actor)
    return numbers[0]


def plan_at(
    db: Db, found: Request, moments: Iterable[datetime], *, now: datetime, actor: str
) -> list[tuple[datetime, int]]:
    """Plan a request's meeting once for each of these moments; their numbers beside them."""
    operators = {each.committee: each for each in people.people(db, role=Role.OPERATOR)}
    called = called_committees(found, people.committees(db))
    sites = [_site(each.id, operators.get(each.id)) for each in called]
    phone = store.main_venue_phone(db)
    planned = []
    for starts_at in moments:
        meeting = meeting_of(found, phone=phone, starts_at=starts_at)
        planned.append((starts_at, meetings.plan(db, meeting=meeting, sites=sites, now=now, actor=actor)))
    return planned


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
