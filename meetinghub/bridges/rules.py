"""What the rules of quotas say of a request of asking's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session as Db

from meetinghub.asking.audience import count
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import starts
from meetinghub.asking.ports import Assessed, AssessedOccurrence, Rescheduling
from meetinghub.clock import SHANGHAI
from meetinghub.people import store as people
from meetinghub.people.model import Right
from quotas.charge import key_of as charge_key
from quotas.charge import occurrences
from quotas.finding import Assessment, Finding, Outcome, concluded
from quotas.policy import Action, NoMeetingDays
from quotas.service import Quotas
from quotas.wish import Wish

USUAL = time(14, 0)
TYPICAL = 60
"""Minutes of a usual own meeting, for what the rules would say before its agenda is known."""
SHOWN_ROWS = 30


class QuotaRules:
    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def look(self, db: Db, request: Request, now: datetime) -> Assessed:
        """Without a meeting of its own yet, as if it were called for the last of its dates."""
        if (wishes := _series(db, request)) is not None:
            found = self._quotas.look_series(db, wishes, key=key_of(request), now=now)
            return _passed_on(db, request, self._whole(db, wishes, found))
        return _passed_on(
            db, request, assessed(self._quotas.look(db, _wish(db, request), now=now, key=key_of(request)))
        )

    def hold(self, db: Db, request: Request, now: datetime, actor: str) -> Assessed:
        key = key_of(request)
        if (wishes := _series(db, request)) is not None:
            answers = self._quotas.ask_series(
                db, wishes, key=key, since=wishes[0].starts_at, now=now, actor=actor, anew=True
            )
            return _passed_on(db, request, self._whole(db, wishes, [each.assessment for each in answers]))
        answer = self._quotas.ask(db, _wish(db, request), key=key, now=now, actor=actor)
        return _passed_on(db, request, assessed(answer.assessment))

    def approve(
        self, db: Db, request: Request, planned: Sequence[tuple[datetime, int]], now: datetime, actor: str
    ) -> None:
        key = key_of(request)
        alone = request.wish.own is None or request.wish.own.repeat is None
        meetings = {key if alone else charge_key(key, starts_at): meeting for starts_at, meeting in planned}
        self._quotas.commit_all(db, meetings, now=now, actor=actor)

    def release(self, db: Db, request: Request, now: datetime, actor: str) -> None:
        self._quotas.release(db, key_of(request), now=now, actor=actor)

    def reschedule(
        self, db: Db, request: Request, wanted: Rescheduling, now: datetime, actor: str
    ) -> tuple[Assessed, Mapping[datetime, str]]:
        def passes(found: Assessment) -> bool:
            approvers = _passed_on(db, request, assessed(found)).approvers
            return found.outcome is not Outcome.REFUSED and set(approvers) <= wanted.covered

        added = occurrences(_wish(db, request), wanted.added)
        answers = self._quotas.reschedule(
            db,
            key_of(request),
            moved=wanted.moved,
            dropped=wanted.dropped,
            added=added,
            passes=passes,
            now=now,
            actor=actor,
        )
        judged = sorted([*wanted.moved.values(), *wanted.added])
        found = [each.assessment for each in answers]
        names = {each.charge.wish.starts_at: each.key for each in answers if each.charge is not None and each.key}
        wishes = [replace(_wish(db, request), starts_at=moment) for moment in judged]
        return _passed_on(db, request, self._whole(db, wishes, found)), names

    def commit(self, db: Db, meetings: Mapping[str, int], now: datetime, actor: str) -> None:
        self._quotas.commit_all(db, meetings, now=now, actor=actor)

    def next_day(self, db: Db, day: date) -> date | None:
        return self._quotas.next_day(db, day)

    def free(self, db: Db, day: date) -> bool:
        return self._quotas.next_day(db, day - timedelta(days=1)) == day

    def _whole(self, db: Db, wishes: Sequence[Wish], found: Sequence[Assessment]) -> Assessed:
        days, taken = self._quotas.workdays(db), {wish.day for wish in wishes}
        each = []
        for wish, said in zip(wishes, found, strict=True):
            better: date | None = None
            if not days.is_working(wish.day) or any(one.kind == NoMeetingDays.kind for one in said.broken):
                better = self._quotas.next_day(db, wish.day)
                while better is not None and better in taken:
                    better = self._quotas.next_day(db, better)
                taken |= {better} if better is not None else set()
            broken = tuple(finding(one) for one in said.broken)
            each.append(AssessedOccurrence(wish.starts_at, said.outcome.value, broken, better))
        return replace(assessed(gravest(found)), each=tuple(each))


def gravest(found: Sequence[Assessment]) -> Assessment:
    """Several as one: for each rule what is worst, the earliest where several are."""
    rules: dict[str, Finding] = {}
    order = list(Action)
    for one in (one for each in found for one in each.findings):
        known = rules.get(one.rule)
        if known is None or (one.broken, order.index(one.action)) > (known.broken, order.index(known.action)):
            rules[one.rule] = one
    return concluded(tuple(rules.values()), max((each.policy for each in found), default=0))


def _passed_on(db: Db, request: Request, found: Assessed) -> Assessed:
    """The coordinator's step of a request by the coordinator's own department is the leader's: nobody judges what the
    next desk asks for."""
    if Right.COORDINATOR not in found.approvers:
        return found
    office = (each for each in people.accounts(db) if each.may(Right.COORDINATOR))
    if all(each.department != request.department_id for each in office):
        return found
    above = (Right.LEADER.value if each == Right.COORDINATOR else each for each in found.approvers)
    return replace(found, approvers=tuple(dict.fromkeys(above)))


def key_of(request: Request) -> str:
    return f"request:{request.id}"


def _series(db: Db, request: Request) -> list[Wish] | None:
    """One wish for each time a recurring meeting is held, by date; None for one that does not come back."""
    own = request.wish.own
    if own is None or own.repeat is None:
        return None
    return list(occurrences(_wish(db, request), starts(own)))


def _wish(db: Db, request: Request) -> Wish:
    wish, own = request.wish, request.wish.own
    called = count(people.people(db), wish.audience)
    line = next((each.line for each in people.departments(db) if each.id == request.department_id), "")
    if own is not None:
        starts_at, minutes = own.starts_at, own.minutes
        speeches = tuple(item.minutes for item in own.items)
    else:
        assert wish.last is not None
        starts_at, minutes, speeches = datetime.combine(wish.last, USUAL, SHANGHAI), TYPICAL, ()
    return Wish(
        starts_at=starts_at,
        minutes=minutes,
        sites=frozenset(int(each) for each in called.committees),
        roles=frozenset(role.value for role in wish.audience.roles),
        department=request.department_id,
        line=line,
        persons=len(called.persons),
        exempt=wish.exempt.value,
        speeches=speeches,
        title=wish.title,
    )


def assessed(found: Assessment) -> Assessed:
    broken = [each for each in found.findings if each.broken]
    kept = [each for each in found.findings if not each.broken]
    findings = tuple(finding(each) for each in (*broken, *kept))
    return Assessed(found.outcome.value, found.approvers, findings)


def finding(found: Finding) -> Mapping[str, Any]:
    return {
        "kind": found.kind,
        "broken": found.broken,
        "action": found.action.value,
        "unit": found.unit,
        "limit": found.limit,
        "used": found.used,
        "asked": found.asked,
        "period": found.period.value if found.period else "",
        "earliest": found.earliest.isoformat() if found.earliest else None,
        "site": found.site,
        "role": found.role,
        "crowded": found.crowded,
        "rows": [
            {"title": row.wish.title, "day": row.wish.day.isoformat(), "meeting": row.wish.meeting}
            for row in found.rows[:SHOWN_ROWS]
        ],
    }
