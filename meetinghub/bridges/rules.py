"""What the rules of quotas say of a request of asking's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlmodel import Session as Db

from meetinghub.asking.audience import count
from meetinghub.asking.model import Request
from meetinghub.asking.ports import Assessed
from meetinghub.clock import SHANGHAI
from meetinghub.people import store as people
from quotas.finding import Assessment, Finding
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
        return _assessed(self._quotas.look(db, _wish(db, request), now=now, key=_key(request)))

    def hold(self, db: Db, request: Request, now: datetime, actor: str) -> Assessed:
        answer = self._quotas.ask(db, _wish(db, request), key=_key(request), now=now, actor=actor)
        return _assessed(answer.assessment)

    def approve(self, db: Db, request: Request, meeting: int, now: datetime, actor: str) -> None:
        self._quotas.commit(db, _key(request), meeting=meeting, now=now, actor=actor)

    def release(self, db: Db, request: Request, now: datetime, actor: str) -> None:
        self._quotas.release(db, _key(request), now=now, actor=actor)


def _key(request: Request) -> str:
    return f"request:{request.id}"


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


def _assessed(found: Assessment) -> Assessed:
    broken = [each for each in found.findings if each.broken]
    kept = [each for each in found.findings if not each.broken]
    findings = tuple(_finding(each) for each in (*broken, *kept))
    return Assessed(found.outcome.value, found.approvers, findings)


def _finding(found: Finding) -> Mapping[str, Any]:
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
