"""Whose turn it is: who may decide the current step of a request, by right or as a deputy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.approval import ApprovalStep, Deputy, Office, current, may_decide
from meetinghub.asking.model import Request
from meetinghub.asking.request import State
from meetinghub.errors import Forbidden, Refused, Stale
from meetinghub.mail import dead_store as mails
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right


def turn(found: Request, account: Account, deputies: Iterable[Deputy], now: datetime) -> ApprovalStep:
    """The step that this account may decide now; raises as :func:`may_decide`."""
    if found.state is not State.SUBMITTED or current(found.steps) is None:
        raise Stale("asking.decided_already")
    return may_decide(
        found.steps,
        account=account.username,
        rights=account.rights,
        deputies=deputies,
        asker=found.asked_by,
        now=now,
    )


def may(db: Db, found: Request, account: Account, now: datetime) -> bool:
    """Whether this account may decide the current step."""
    return _may(found, account, store.deputies(db, now), now)


def deciders(db: Db, found: Request, now: datetime, accounts: Iterable[Account] | None = None) -> list[Account]:
    """Everybody who may decide the current step at this moment; ``accounts``: all there are, if they are known."""
    deputies = store.deputies(db, now)
    return [each for each in accounts or people.accounts(db) if _may(found, each, deputies, now)]


@dataclass(frozen=True, slots=True)
class Unreached:
    """An office that will have to decide and of which nobody will be told by mail; ``empty``: nobody could decide."""

    office: Office
    empty: bool


def unreached(db: Db, found: Request, offices: Iterable[str], now: datetime) -> tuple[Unreached, ...]:
    """Said before a request is handed in: nobody decides a request of their own, and silence approves nothing."""
    wanted = [Office(each) for each in offices]
    accounts, deputies = (people.accounts(db), store.deputies(db, now)) if wanted else ([], [])
    gone = mails.dead(db, [each.mail for each in accounts])
    missing = []
    for office in wanted:
        may = [
            each
            for each in accounts
            if each.username != found.asked_by
            and (
                Right(office.value) in each.rights
                or any(deputy.stands_in(office, each.username, now) for deputy in deputies)
            )
        ]
        if not any(each.mail and each.mail not in gone for each in may):
            missing.append(Unreached(office, not may))
    return tuple(missing)


def offices_of(db: Db, account: Account, now: datetime) -> frozenset[Office]:
    """For which offices an account decides: by its right, or as a deputy at this moment, late steps included."""
    mine = {office for office in Office if Right(office.value) in account.rights}
    standing = {each.office for each in store.deputies(db, now) if each.stands_in(each.office, account.username, now)}
    return frozenset(mine | standing)


def _may(found: Request, account: Account, deputies: Iterable[Deputy], now: datetime) -> bool:
    try:
        turn(found, account, deputies, now)
    except (Refused, Forbidden):
        return False
    return True
