"""An approver's word on a request, within one writing transaction; the rules are asked again before it is planned."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import store, turns
from meetinghub.asking.approval import ApprovalStep, Deputy, Office, Verdict, granted, widened
from meetinghub.asking.approval import decide as decided
from meetinghub.asking.drafts import said
from meetinghub.asking.model import Request
from meetinghub.asking.ports import REFUSED, Post, Rules, Workdays
from meetinghub.asking.request import Event, State, after
from meetinghub.asking.submitting import plan
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import coordination as c
from meetinghub.ledger import store as ledger
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right


def decide(
    db: Db,
    number: int,
    account: Account,
    *,
    round: int,
    verdict: Verdict,
    reason: str,
    now: datetime,
    rules: Rules,
    days: Workdays,
    post: Post,
) -> Request:
    """``round`` is the one that was shown: a request that was sent again since is not decided unseen."""
    ledger.take(db)
    found = store.request(db, number)
    if found is None:
        raise NotFound("asking.not_found")
    if found.state is not State.SUBMITTED or found.round != round:
        raise Stale("asking.decided_already")
    step = turns.turn(found, account, store.deputies(db, now), now)
    steps = decided(found.steps, verdict=verdict, reason=reason, by=account.username, now=now, days=days)
    store.set_steps(db, number, round, steps)
    fact = c.RequestStepDecided(number, round, step.office.value, verdict.value, reason.strip())
    said(db, fact, now, account.username)
    match verdict:
        case Verdict.APPROVE:
            _approved(db, found, steps, account, now=now, rules=rules, days=days)
        case Verdict.RETURN | Verdict.REFUSE:
            rules.release(db, found, now, account.username)
            event = Event.RETURN if verdict is Verdict.RETURN else Event.REFUSE
            store.note(db, number, after(found.state, event), now, decided=True)
    fresh = store.request(db, number)
    assert fresh is not None
    post.decided(db, fresh, steps[step.position - 1], now)
    post.ask(db, fresh, now)
    return fresh


def name_deputy(
    db: Db,
    account: Account,
    *,
    deputy: str,
    since: datetime,
    until: datetime,
    when_late: bool = False,
    now: datetime,
) -> Deputy:
    """Let another account decide for the office this account holds."""
    office = next((office for office in Office if Right(office.value) in account.rights), None)
    if office is None:
        raise Refused("asking.no_office")
    known = people.account_named(db, deputy)
    if known is None or deputy == account.username or known[0].committee is not None:
        raise Invalid(fields={"deputy": "asking.deputy_unknown"})
    if until <= since or until <= now:
        raise Invalid(fields={"until": "asking.deputy_span"})
    named = Deputy(office, deputy, since, until, when_late)
    ledger.take(db)
    store.add_deputy(db, named, by=account.username, now=now)
    said(db, c.DeputyNamed(office.value, deputy, since, until, when_late), now, account.username)
    return named


def end_deputy(db: Db, account: Account, *, deputy: str, now: datetime) -> None:
    office = next((office for office in Office if Right(office.value) in account.rights), None)
    if office is None:
        raise Refused("asking.no_office")
    ledger.take(db)
    if store.end_deputy(db, office, deputy, now):
        said(db, c.DeputyEnded(office.value, deputy), now, account.username)


def _approved(
    db: Db,
    found: Request,
    steps: tuple[ApprovalStep, ...],
    account: Account,
    *,
    now: datetime,
    rules: Rules,
    days: Workdays,
) -> None:
    """What the rules look at may have changed while it waited, so they are asked again: a refusal undoes this
    approval, and an office that they ask for now has to say yes, too."""
    again = rules.hold(db, found, now, account.username)
    if again.outcome == REFUSED:
        raise Refused("asking.filled_up_meanwhile")
    wider = widened(steps, again.approvers, now, days)
    if wider != steps:
        store.set_steps(db, found.id, found.round, wider)
        store.judge(db, found.id, again.as_json(), now)
    if granted(wider):
        plan(db, found, now=now, rules=rules, actor=account.username)
