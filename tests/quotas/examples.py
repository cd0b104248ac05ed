"""Wishes, policies and working days that the quotas' tests share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from quotas.charge import Charge, State
from quotas.policy import (
    Action,
    CallApproval,
    Ceiling,
    ExemptKinds,
    Filing,
    MonthlyMeeting,
    NoMeetingDays,
    Policy,
    Quota,
    Rule,
    SpeechCap,
    Status,
)
from quotas.wish import Wish

NOW = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
"""Thursday 8 October 2026, 09:00 in Shanghai."""
CIVIL, SELF_GOVERNMENT, PARTY = 3, 1, 2
ALL_SITES = frozenset(range(1, 34))
LEADS = ("secretary", "director")

SEED: tuple[Rule, ...] = (
    MonthlyMeeting("monthly", (SELF_GOVERNMENT, PARTY), LEADS),
    ExemptKinds("exempt", ("statutory", "emergency", "passed_on")),
    CallApproval("calls", LEADS),
    Quota("line-quota", not_roles=LEADS),
    Ceiling("ceiling", LEADS, limit=4),
    NoMeetingDays("days", weekdays=(1,), weeks=(4,)),
    Filing("filing", 5),
    SpeechCap("speech", 10),
)
"""The seed's four rules, and what comparable offices published."""


@dataclass(frozen=True)
class Weekdays:
    """Monday to Friday, but for ``off``."""

    off: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.off

    def add(self, day: date, n: int) -> date:
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day


def policy(*rules: Rule, number: int = 1, since: date = date(2026, 1, 1)) -> Policy:
    return Policy(number, rules, Status.ACTIVE, since)


def wish(
    day: date = date(2026, 10, 20),
    *,
    department: int | None = CIVIL,
    line: str = "民政",
    roles: tuple[str, ...] = ("line_worker",),
    sites: frozenset[int] = ALL_SITES,
    minutes: int = 60,
    own: bool = True,
    exempt: str = "",
    speeches: tuple[int, ...] = (),
) -> Wish:
    """A meeting at 14:00 in Shanghai; a ride calls nobody new."""
    return Wish(
        starts_at=datetime(day.year, day.month, day.day, 6, 0, tzinfo=UTC),
        minutes=minutes,
        sites=sites,
        roles=frozenset(roles),
        department=department,
        line=line,
        persons=len(sites) * len(roles),
        own=own,
        calls=None if own else (),
        exempt=exempt,
        speeches=speeches,
    )


def charged(number: int, of: Wish) -> Charge:
    return Charge(number, of, State.CHARGED)


def quota(limit: int, action: Action = Action.BLOCK) -> Quota:
    return Quota("quota", limit=limit, action=action)
