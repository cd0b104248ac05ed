"""An approver's word on a request, within one writing transaction; the rules are asked again before it is planned."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.approval import ApprovalStep, Deputy, Office, Verdict, current, granted, may_decide
from meetinghub.asking.approval import decide as decided
from meetinghub.asking.drafts import said
from meetinghub.asking.model import Request
from meetinghub.asking.ports import REFUSED, Rules, Workdays
from meetinghub.asking.request import Event, State, after
from meetinghub.asking.submitting import plan
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
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
) -> Request:
    """``round`` is the one that was shown: a request that was sent again since is not decided unseen."""
    ledger.take(db)
    found = store.request(db, number)
    if found is None:
        raise NotFound("asking.not_found")
    if found.state is not State.SUBMITTED or found.round != round:
        raise Stale("asking.decided_already")
    step = _turn(db, found, account, now)
    steps = decided(found.steps, verdict=verdict, reason=reason, by=account.username, now=now, days=days)
    store.set_steps(db, number, round, steps)
    fact = c.RequestStepDecided(number, round, step.office.value, verdict.value, reason.strip())
    said(db, fact, now, account.username)
    match verdict:
        case Verdict.APPROVE:
            _approved(db, found, steps, account, now=now, rules=rules)
        case Verdict.RETURN | Verdict.REFUSE:
            rules.release(db, found, now, account.username)
            event = Event.RETURN if verdict is Verdict.RETURN else Event.REFUSE
            store.note(db, number, after(found.state, event), now, decided=True)
    fresh = store.request(db, number)
    assert fresh is not None
    return fresh


def may(db: Db, found: Request, account: Account, now: datetime) -> bool:
    """Whether this account may decide the current step."""
    try:
        _turn(db, found, account, now)
    except (Refused, Forbidden):
        return False
    return True


def offices_of(db: Db, account: Account, now: datetime) -> frozenset[Office]:
    """For which offices an account decides: by its right, or as a deputy at this moment."""
    mine = {office for office in Office if Right(office.value) in account.rights}
    deputed = {each.office for each in store.deputies(db, now) if each.stands_in(each.office, account.username, now)}
    return frozenset(mine | deputed)


def name_deputy(db: Db, account: Account, *, deputy: str, since: datetime, until: datetime, now: datetime) -> Deputy:
    """Let another account decide for the office this account holds."""
    office = next((office for office in Office if Right(office.value) in account.rights), None)
    if office is None:
        raise Refused("asking.no_office")
    known = people.account_named(db, deputy)
    if known is None or deputy == account.username or known[0].committee is not None:
        raise Invalid(fields={"deputy": "asking.deputy_unknown"})
    if until <= since or until <= now:
        raise Invalid(fields={"until": "asking.deputy_span"})
    named = Deputy(office, deputy, since, until)
    ledger.take(db)
    store.add_deputy(db, named, by=account.username, now=now)
    said(db, c.DeputyNamed(office.value, deputy, since, until), now, account.username)
    return named


def end_deputy(db: Db, account: Account, *, deputy: str, now: datetime) -> None:
    office = next((office for office in Office if Right(office.value) in account.rights), None)
    if office is None:
        raise Refused("asking.no_office")
    ledger.take(db)
    if store.end_deputy(db, office, deputy, now):
        said(db, c.DeputyEnded(office.value, deputy), now, account.username)


def _approved(
    db: Db, found: Request, steps: tuple[ApprovalStep, ...], account: Account, *, now: datetime, rules: Rules
) -> None:
    """The rules may have filled up while it waited: they are asked again, and a refusal undoes this approval."""
    again = rules.hold(db, found, now, account.username)
    if again.outcome == REFUSED:
        raise Refused("asking.filled_up_meanwhile")
    if granted(steps):
        plan(db, found, now=now, rules=rules, actor=account.username)


def _turn(db: Db, found: Request, account: Account, now: datetime) -> ApprovalStep:
    if found.state is not State.SUBMITTED or current(found.steps) is None:
        raise Stale("asking.decided_already")
    return may_decide(
        found.steps,
        account=account.username,
        rights=account.rights,
        deputies=store.deputies(db, now),
        asker=found.asked_by,
        now=now,
    )
