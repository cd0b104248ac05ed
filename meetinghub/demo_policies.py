"""The demonstration's rules for calling meetings: the seed's four, and what comparable offices published."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session as Db

from meetinghub.people import store as people
from quotas import store
from quotas.period import local_day
from quotas.policy import (
    Action,
    CallApproval,
    Ceiling,
    ExemptKinds,
    Filing,
    MonthlyMeeting,
    NoMeetingDays,
    Quota,
    Rule,
    SpeechCap,
    Status,
)

LEADS = ("secretary", "director")
HOSTS = ("自治办", "党建办")


def fill(db: Db, *, now: datetime) -> None:
    """Switch a first version on, from the beginning of the year, unless there is one."""
    if store.versions(db):
        return
    hosts = tuple(each.id for each in people.departments(db) if each.name in HOSTS)
    number = store.add_version(db, rules(hosts), note="四项办法和区里的要求", by="coordinator", now=now)
    begins = date(local_day(now).year, 1, 1)
    values = {
        "status": Status.ACTIVE.value,
        "effective_from": begins,
        "switched_on_by": "coordinator",
        "switched_on_at": now,
    }
    store.change_version(db, number, revision=0, values=values)


def rules(hosts: tuple[int, ...]) -> tuple[Rule, ...]:
    """``hosts`` are the two offices that hold the monthly meetings."""
    return (
        MonthlyMeeting("monthly", hosts, LEADS),
        ExemptKinds("exempt", ("statutory", "emergency", "passed_on")),
        CallApproval("calls", LEADS, Action.APPROVAL_LEADER),
        Quota("line-quota", limit=3, not_roles=LEADS, action=Action.BLOCK),
        Ceiling("ceiling", LEADS, limit=4, action=Action.APPROVAL),
        NoMeetingDays("days", weekdays=(1,), action=Action.APPROVAL),
        Filing("filing", 5, Action.APPROVAL),
        SpeechCap("speech", 10, Action.WARN),
    )
