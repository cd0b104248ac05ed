"""The rules for calling meetings: versions, and what a version or any set of rules would have said of the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from meetinghub.people import store as people
from quotas.finding import Outcome
from quotas.policies import Preview
from quotas.policy import Rule, Status
from quotas.replay import Changed, Comparison
from quotas.store import Version
from web import keys
from web.api.model import Day, Model, Moment
from web.api.operation import Call, Reply
from web.api.rules import AnyRule, RuleSet, read, shown
from web.policies import POLICIES, sentence


class PolicySummary(Model):
    """``effective_until`` is the first day on which the next version holds; null: none follows yet."""

    number: int
    status: Status
    effective_from: Day | None
    effective_until: Day | None
    note: str
    created_at: Moment
    rules: int


class PolicyList(Model):
    items: list[PolicySummary] = Field(description="The newest first.")


class PolicyOne(PolicySummary):
    """``said``: the rules as sentences, in the asked language."""

    rules: list[AnyRule]  # type: ignore[assignment]  # their number in the list, themselves here
    said: list[str]


class MeetingJudged(Model):
    """A meeting that would have fared otherwise; ``broken``: ids of the rules that say so."""

    meeting: int | None
    title: str
    starts_at: Moment
    own: bool
    before: Outcome
    after: Outcome
    broken: list[str]


class DryRun(Model):
    """``before`` and ``after``: how often each outcome, by the rules as they were and by those tried."""

    judged: int
    before: dict[Outcome, int]
    after: dict[Outcome, int]
    by_rule: dict[str, int] = Field(description="How many meetings went against each rule that was tried.")
    changed: list[MeetingJudged]
    first: Day
    until: Day


async def index(call: Call) -> Reply[PolicyList]:
    found = await call.app[POLICIES].versions()
    return Reply(PolicyList(items=[_summary(each) for each in found]))


async def show(call: Call) -> Reply[PolicyOne]:
    version = await call.app[POLICIES].version(_number(call))
    departments = await _departments(call)
    rules: tuple[Rule, ...] = version.policy.rules
    said = [sentence(call.request[keys.WORDS], rule, departments) for rule in rules]
    values = {**_summary(version).model_dump(), "rules": [shown(rule) for rule in rules], "said": said}
    return Reply(PolicyOne.model_construct(**values))


async def preview(call: Call) -> Reply[DryRun]:
    """What a version would have said of the past half-year's meetings."""
    version = await call.app[POLICIES].version(_number(call))
    return Reply(_tried(await call.app[POLICIES].preview(version.policy.number)))


async def try_out(call: Call, body: RuleSet) -> Reply[DryRun]:
    """The same for rules that are written down nowhere."""
    return Reply(_tried(await call.app[POLICIES].try_out(read(body))))


def _summary(version: Version) -> PolicySummary:
    policy = version.policy
    return PolicySummary(
        number=policy.number,
        status=policy.status,
        effective_from=policy.effective_from,
        effective_until=policy.effective_until,
        note=version.note,
        created_at=version.created_at,
        rules=len(policy.rules),
    )


def _tried(seen: Preview) -> DryRun:
    found: Comparison = seen.comparison
    return DryRun(
        judged=found.judged,
        before=_counted(found.before),
        after=_counted(found.after),
        by_rule=dict(found.by_rule),
        changed=[_changed(each) for each in found.changed],
        first=seen.first,
        until=seen.until,
    )


def _counted(found: Mapping[Outcome, int]) -> dict[Outcome, int]:
    return {outcome: found.get(outcome, 0) for outcome in Outcome}


def _changed(each: Changed) -> MeetingJudged:
    wish = each.asked.wish
    return MeetingJudged(
        meeting=wish.meeting,
        title=wish.title,
        starts_at=wish.starts_at,
        own=wish.own,
        before=each.before.outcome,
        after=each.after.outcome,
        broken=[finding.rule for finding in each.after.broken],
    )


def _number(call: Call) -> int:
    return call.number("number", missing="policy.not_found")


async def _departments(call: Call) -> dict[int, str]:
    found: Any = await call.app[keys.DATABASE].read(people.departments)
    return {each.id: each.name for each in found}
