from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.asking.approval import (
    ApprovalStep,
    Deputy,
    Office,
    Verdict,
    chain,
    current,
    decide,
    granted,
    may_decide,
)
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden, Invalid, Refused, Stale
from meetinghub.people.model import Right
from tests.meetinghub.asking.examples import NOW, Weekdays

DAYS = Weekdays()
BOTH = chain(["leader", "coordinator", "leader"], NOW, DAYS)
NOBODY: frozenset[Right] = frozenset()


def decided(steps: tuple[ApprovalStep, ...], verdict: Verdict, by: str, reason: str = "") -> tuple[ApprovalStep, ...]:
    return decide(steps, verdict=verdict, reason=reason, by=by, now=NOW, days=DAYS)


def test_the_coordinator_comes_before_the_leader_whatever_the_rules_name_first() -> None:
    assert [step.office for step in BOTH] == [Office.COORDINATOR, Office.LEADER]
    assert BOTH[0].due_at is not None
    assert BOTH[1].due_at is None


def test_a_step_is_due_at_the_close_of_the_second_working_day() -> None:
    friday = NOW + timedelta(days=4)
    (step,) = chain(["leader"], friday, DAYS)
    assert step.due_at is not None
    local = step.due_at.astimezone(SHANGHAI)
    assert (f"{local:%a %H:%M}") == "Tue 18:00"


def test_the_leader_has_a_due_time_once_the_coordinator_agreed() -> None:
    steps = decided(BOTH, Verdict.APPROVE, "coordinator")
    assert current(steps) == steps[1]
    assert steps[1].due_at is not None
    assert granted(decided(steps, Verdict.APPROVE, "leader"))


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.REFUSE])
def test_a_no_ends_the_round_and_needs_a_reason(verdict: Verdict) -> None:
    with pytest.raises(Invalid):
        decided(BOTH, verdict, "coordinator", "  ")
    steps = decided(BOTH, verdict, "coordinator", "请改到例会")
    assert current(steps) is None
    assert not granted(steps)
    with pytest.raises(Stale):
        decided(steps, Verdict.APPROVE, "leader")


def ask(steps: tuple[ApprovalStep, ...], account: str, rights: frozenset[Right], *deputies: Deputy) -> ApprovalStep:
    return may_decide(steps, account=account, rights=rights, deputies=deputies, asker="dept-03", now=NOW)


def test_only_the_office_whose_turn_it_is_decides() -> None:
    assert ask(BOTH, "coordinator", frozenset({Right.COORDINATOR})) == BOTH[0]
    with pytest.raises(Forbidden):
        ask(BOTH, "leader", frozenset({Right.LEADER}))


def test_nobody_decides_what_they_asked_for() -> None:
    with pytest.raises(Refused, match="own_request"):
        ask(BOTH, "dept-03", frozenset({Right.COORDINATOR}))


def test_nobody_decides_two_steps() -> None:
    steps = decided(BOTH, Verdict.APPROVE, "both")
    with pytest.raises(Refused, match="second_step"):
        ask(steps, "both", frozenset({Right.LEADER}))


def test_a_deputy_decides_while_named_and_not_after() -> None:
    deputy = Deputy(Office.COORDINATOR, "clerk", NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert ask(BOTH, "clerk", NOBODY, deputy) == BOTH[0]
    for outside in (replace(deputy, until=NOW), replace(deputy, since=NOW + timedelta(hours=1))):
        with pytest.raises(Forbidden):
            ask(BOTH, "clerk", NOBODY, outside)
    with pytest.raises(Forbidden):
        ask(BOTH, "clerk", NOBODY, replace(deputy, office=Office.LEADER))


@given(st.lists(st.sampled_from(["coordinator", "leader"])), st.lists(st.sampled_from(Verdict), max_size=4))
def test_a_request_is_granted_only_when_every_office_said_yes(offices: list[str], verdicts: list[Verdict]) -> None:
    steps = chain(offices, NOW, DAYS)
    for number, verdict in enumerate(verdicts):
        if current(steps) is None:
            break
        steps = decided(steps, verdict, f"account-{number}", "理由")
    yes = [step.office for step in steps if step.verdict is Verdict.APPROVE]
    assert granted(steps) == (set(yes) == set(map(Office, offices)))
    assert current(steps) is None or not granted(steps)
