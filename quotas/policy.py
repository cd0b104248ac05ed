"""The rules for calling meetings, as data: what each kind can say, and which version is in force on a day.

A policy is an immutable version: a tuple of rules. Each rule kind is a frozen dataclass whose annotations name what its
fields may hold (:mod:`quotas.fields`); JSON, the page's form and the sentences are all made from these.

================== =================================================================================================
monthly_meeting    these offices may call these roles so often a month without the approval that calls need
exempt_kinds       meetings that the law, an emergency or a higher office demands: told, never refused; no quota
call_approval      whoever else calls these roles together needs approval
quota              how much a department, a line, or a department in a line may call in a period
ceiling            how much one committee's holder of a role may be called in a period, whoever calls
no_meeting_days    weekdays and weeks of the month without meetings; also days off
filing             so many working days ahead
speech_cap         so many minutes for each speaker
================== =================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from quotas.fields import Choice, Flag, Numbers, Several, Whole
from quotas.period import Period
from quotas.wish import Exempt

ROLES = (
    "secretary",
    "director",
    "deputy_director",
    "line_worker",
    "owners_committee",
    "property_manager",
    "volunteer",
    "operator",
)
"""Whom a committee can be asked to send: the roles of :class:`meetinghub.people.model.Role` that committees have."""


class Action(StrEnum):
    """What follows when a rule is broken, from mild to severe."""

    WARN = "warn"
    APPROVAL = "approval"
    APPROVAL_LEADER = "approval_leader"
    BLOCK = "block"

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who decides, one after the other."""
        return _APPROVERS.get(self, ())


_APPROVERS = {Action.APPROVAL: ("coordinator",), Action.APPROVAL_LEADER: ("coordinator", "leader")}


class Per(StrEnum):
    DEPARTMENT = "department"
    LINE = "line"
    BOTH = "both"  # each department in each line by itself


class Unit(StrEnum):
    SITTINGS = "sittings"
    MINUTES = "minutes"
    COMMITTEE_ATTENDANCES = "committee_attendances"


class CeilingUnit(StrEnum):
    SITTINGS = "sittings"
    MINUTES = "minutes"


class QuotaPeriod(StrEnum):
    MONTH = Period.MONTH.value
    QUARTER = Period.QUARTER.value
    HALF_YEAR = Period.HALF_YEAR.value
    YEAR = Period.YEAR.value


_LIMIT = Whole(0, 9999, "policy.range_limit")
_OFTEN = Whole(1, 31, "policy.range_often")
_DAYS = Whole(1, 60, "policy.range_days")
_MINUTES = Whole(1, 600, "policy.range_minutes")
_PERCENT = Whole(0, 100, "policy.range_percent")
_SOME_ROLES, _ANY_ROLES = Several(ROLES, needed=True), Several(ROLES, needed=False)
_SOME_OFFICES, _ANY_OFFICES = Numbers(2**31 - 1, needed=True), Numbers(2**31 - 1, needed=False)
_KINDS = Several(tuple(Exempt), needed=True)


@dataclass(frozen=True, slots=True)
class MonthlyMeeting:
    kind: ClassVar = "monthly_meeting"
    id: str
    departments: Annotated[tuple[int, ...], _SOME_OFFICES]
    roles: Annotated[tuple[str, ...], _SOME_ROLES]
    per_month: Annotated[int, _OFTEN] = 1


@dataclass(frozen=True, slots=True)
class ExemptKinds:
    kind: ClassVar = "exempt_kinds"
    id: str
    kinds: Annotated[tuple[str, ...], _KINDS]


@dataclass(frozen=True, slots=True)
class CallApproval:
    kind: ClassVar = "call_approval"
    id: str
    roles: Annotated[tuple[str, ...], _SOME_ROLES]
    action: Annotated[Action, Choice(Action)] = Action.APPROVAL_LEADER


@dataclass(frozen=True, slots=True)
class Quota:
    """``departments`` empty: every one. ``not_roles``: a meeting that calls one of these is no business of this quota.

    A ride uses ``ride_percent`` of what the same sitting of one's own would.
    """

    kind: ClassVar = "quota"
    id: str
    per: Annotated[Per, Choice(Per)] = Per.DEPARTMENT
    period: Annotated[QuotaPeriod, Choice(QuotaPeriod)] = QuotaPeriod.QUARTER
    unit: Annotated[Unit, Choice(Unit)] = Unit.SITTINGS
    limit: Annotated[int, _LIMIT] = 3
    departments: Annotated[tuple[int, ...], _ANY_OFFICES] = ()
    not_roles: Annotated[tuple[str, ...], _ANY_ROLES] = ()
    ride_percent: Annotated[int, _PERCENT] = 0
    action: Annotated[Action, Choice(Action)] = Action.BLOCK


@dataclass(frozen=True, slots=True)
class Ceiling:
    """``sittings`` counts who has to come anew; ``minutes`` also those of rides on meetings where they sit already."""

    kind: ClassVar = "ceiling"
    id: str
    roles: Annotated[tuple[str, ...], _SOME_ROLES]
    period: Annotated[Period, Choice(Period)] = Period.MONTH
    unit: Annotated[CeilingUnit, Choice(CeilingUnit)] = CeilingUnit.SITTINGS
    limit: Annotated[int, _LIMIT] = 4
    action: Annotated[Action, Choice(Action)] = Action.APPROVAL


@dataclass(frozen=True, slots=True)
class NoMeetingDays:
    """``weekdays`` 1 (Monday) to 7, ``weeks`` 1 to 5 (:func:`quotas.period.week_of_month`)."""

    kind: ClassVar = "no_meeting_days"
    id: str
    weekdays: Annotated[tuple[int, ...], Numbers(7, needed=False)] = ()
    weeks: Annotated[tuple[int, ...], Numbers(5, needed=False)] = ()
    days_off: Annotated[bool, Flag()] = True
    action: Annotated[Action, Choice(Action)] = Action.BLOCK


@dataclass(frozen=True, slots=True)
class Filing:
    kind: ClassVar = "filing"
    id: str
    working_days: Annotated[int, _DAYS] = 5
    action: Annotated[Action, Choice(Action)] = Action.APPROVAL


@dataclass(frozen=True, slots=True)
class SpeechCap:
    kind: ClassVar = "speech_cap"
    id: str
    minutes: Annotated[int, _MINUTES] = 10
    action: Annotated[Action, Choice(Action)] = Action.WARN


Limit = CallApproval | Quota | Ceiling | NoMeetingDays | Filing | SpeechCap
Rule = MonthlyMeeting | ExemptKinds | Limit
KINDS: dict[str, type[Rule]] = {
    cls.kind: cls
    for cls in (MonthlyMeeting, ExemptKinds, CallApproval, Quota, Ceiling, NoMeetingDays, Filing, SpeechCap)
}


class Status(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Policy:
    """A version. ``effective_until`` is the first day on which the next one holds; None = none follows yet."""

    number: int
    rules: tuple[Rule, ...]
    status: Status = Status.DRAFT
    effective_from: date | None = None
    effective_until: date | None = None


def in_force(policies: Iterable[Policy], day: date) -> Policy | None:
    """The version by which a meeting on ``day`` is judged: the active one that began last."""
    known = [
        each
        for each in policies
        if each.status is Status.ACTIVE and each.effective_from is not None and each.effective_from <= day
    ]
    return max(known, key=lambda each: (each.effective_from, each.number), default=None)
