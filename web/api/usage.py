"""What is left of the quotas, by department and line, with the meetings that used them; and who can be asked about."""

from __future__ import annotations

from typing import Annotated

from aiohttp.web import AppKey
from pydantic import Field

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden, Invalid
from meetinghub.people import store as people
from meetinghub.people.model import Department
from quotas.charge import Charge, State
from quotas.counting import amount
from quotas.finding import WHOLE, Finding
from quotas.period import Period
from quotas.policy import Policy, Quota
from quotas.usage import Usage
from web import keys
from web.api.model import Day, Line, Model, Moment, Number
from web.api.operation import Call, Reply
from web.asking import SEES_REQUESTS
from web.policies import POLICIES

USAGE = AppKey("usage", Usage)
MOST_ROWS = 500


class UsageQuery(Model):
    """Without ``department`` the account's own; another's only for coordinator and leader. Without ``line`` the
    department's. ``day`` lies in the period that is counted; without it, today."""

    department: Number | None = None
    line: Annotated[Line, Field(max_length=40)] | None = None
    day: Day | None = None


class UsageRow(Model):
    """``state``: ``held`` while somebody decides, ``charged`` when it is planned. ``used`` is in the quota's unit."""

    meeting: int | None
    title: str
    starts_at: Moment
    minutes: int
    own: bool
    state: State
    used: float


class QuotaUsage(Model):
    """``until`` is the first day after the period."""

    rule: str
    unit: str
    period: Period
    first: Day
    until: Day
    limit: float
    used: float
    left: float
    rows: list[UsageRow]
    more: int = Field(description="Rows that are left out.")


class UsageOf(Model):
    """``policy``: the version in force then; 0: none, and nothing is limited."""

    department: int
    department_name: str
    line: str
    policy: int
    items: list[QuotaUsage]


class DepartmentOf(Model):
    id: int
    name: str
    line: str


class CommitteeOf(Model):
    id: int
    seat: int
    name: str
    full_name: str


class Organisation(Model):
    office: str
    departments: list[DepartmentOf]
    committees: list[CommitteeOf]


async def show(call: Call, query: UsageQuery) -> Reply[UsageOf]:
    whose = await _department(call, query.department)
    line = whose.line if query.line is None else query.line
    day = query.day or call.app[keys.CLOCK].now().astimezone(SHANGHAI).date()
    number, findings = await call.app[USAGE].of(department=whose.id, line=line, day=day)
    version = await call.app[POLICIES].version(number) if number else None
    rules = _quotas(version.policy) if version is not None else {}
    return Reply(
        UsageOf(
            department=whose.id,
            department_name=whose.name,
            line=line,
            policy=number,
            items=[_quota(each, rules[each.rule]) for each in findings],
        )
    )


async def organisation(call: Call) -> Reply[Organisation]:
    """The numbers by which departments and committees are named everywhere else."""
    departments = await call.app[keys.DATABASE].read(people.departments)
    committees = await call.app[keys.DATABASE].read(people.committees)
    return Reply(
        Organisation(
            office=call.app[keys.OFFICE],
            departments=[DepartmentOf(id=each.id, name=each.name, line=each.line) for each in departments],
            committees=[
                CommitteeOf(id=each.id, seat=each.seat, name=each.name, full_name=each.full_name) for each in committees
            ],
        )
    )


async def _department(call: Call, wanted: int | None) -> Department:
    account = call.account
    number = account.department if wanted is None else wanted
    if number is None:
        raise Invalid(fields={"department": "form.required"})
    if number != account.department and not account.may(*SEES_REQUESTS):
        raise Forbidden("access.denied")
    known = await call.app[keys.DATABASE].read(people.departments)
    for each in known:
        if each.id == number:
            return each
    raise Invalid(fields={"department": "api.not_one_of"})


def _quotas(policy: Policy) -> dict[str, Quota]:
    return {rule.id: rule for rule in policy.rules if isinstance(rule, Quota)}


def _quota(found: Finding, rule: Quota) -> QuotaUsage:
    assert found.period is not None
    assert found.first is not None
    assert found.after is not None
    return QuotaUsage(
        rule=found.rule,
        unit=found.unit,
        period=found.period,
        first=found.first,
        until=found.after,
        limit=found.limit / WHOLE,
        used=found.used / WHOLE,
        left=found.left / WHOLE,
        rows=[_row(each, rule) for each in found.rows[:MOST_ROWS]],
        more=max(0, len(found.rows) - MOST_ROWS),
    )


def _row(charge: Charge, rule: Quota) -> UsageRow:
    wish = charge.wish
    return UsageRow(
        meeting=wish.meeting,
        title=wish.title,
        starts_at=wish.starts_at,
        minutes=wish.minutes,
        own=wish.own,
        state=charge.state,
        used=amount(rule, wish) / WHOLE,
    )
