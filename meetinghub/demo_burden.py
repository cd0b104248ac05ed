"""The demonstration's ground for the burden account: what a survey counted, and a call from outside the system."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.baselines import store as surveys
from meetinghub.baselines.model import Baseline, Provenance
from meetinghub.burden import said
from meetinghub.burden.calls import Call, State
from meetinghub.clock import SHANGHAI
from meetinghub.ledger import store as ledger
from meetinghub.ledger.burden import CallLogged
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.imports import BaselineSet
from meetinghub.people import store as people

CALLER = "城管科"
SEAT = 7


def fill(db: Db, *, now: datetime) -> None:
    """Unless a survey or a call is there already."""
    if surveys.kept(db) or said.calls(db, limit=1):
        return
    today = now.astimezone(SHANGHAI).date()
    _survey(db, today, now)
    _call(db, today - timedelta(days=3), now)


def _survey(db: Db, today: date, now: datetime) -> None:
    """The half-year from October to March before the last spring, as in the newspaper's account of such a street."""
    year = today.year if today.month > 6 else today.year - 1
    found = Baseline(0, date(year - 1, 10, 1), date(year, 3, 31), 282, 274, 33, "街道委托第三方调查（演示）")
    number = surveys.add(db, found, Provenance(now, "coordinator", "", "", ""))
    fact = BaselineSet(
        number,
        found.period_from.isoformat(),
        found.period_to.isoformat(),
        found.meetings,
        found.meetings_for_all,
        found.committees,
        found.source,
        (),
        "",
    )
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor="coordinator")


def _call(db: Db, day: date, now: datetime) -> None:
    committee = next(each for each in people.committees(db) if each.seat == SEAT)
    caller = next(each for each in people.departments(db) if each.name == CALLER)
    by = f"site-{SEAT:02d}"
    call = Call(0, committee.id, caller.id, day, "垃圾分类点位现场会", 90, 2, True, State.LOGGED, by, now)
    number = said.add_call(db, call)
    fact = CallLogged(number, committee.id, caller.id, day.isoformat(), call.minutes, call.persons, call.in_person)
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=by)
