"""Drafts change, versions that are switched on do not; a draft is tried on the meetings there were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind
from quotas.finding import Outcome
from quotas.policies import SUGGESTED, Policies
from quotas.policy import CallApproval, Filing, Status
from tests.meetinghub.meetings.planned import SetClock
from tests.quotas.examples import LEADS, NOW, quota, wish
from tests.quotas.worlds import World

TODAY = date(2026, 10, 8)


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(sqlite_database)


@pytest.fixture
def at(world: World) -> Callable[[datetime], Policies]:
    return lambda now: Policies(world.database, SetClock(now), world.quotas)


@pytest.fixture
def policies(at: Callable[[datetime], Policies]) -> Policies:
    return at(NOW)


async def test_the_first_draft_holds_a_suggestion_and_the_next_one_what_is_in_force(policies: Policies) -> None:
    first = await policies.draft(like=None, actor="coordinator")
    assert (await policies.version(first)).policy.rules == SUGGESTED
    await policies.change(first, revision=0, rules=[quota(3)], note="先只管额度")
    await policies.switch_on(first, revision=1, since=TODAY, actor="coordinator")
    second = await policies.draft(like=None, actor="coordinator")
    assert (await policies.version(second)).policy.rules == (quota(3),)
    assert [each.policy.number for each in await policies.versions()] == [second, first]


async def test_whoever_changes_what_somebody_else_changed_is_told(policies: Policies) -> None:
    number = await policies.draft(like=None, actor="coordinator")
    await policies.change(number, revision=0, rules=[quota(3)], note="")
    with pytest.raises(Stale):
        await policies.change(number, revision=0, rules=[quota(4)], note="")
    with pytest.raises(Stale):
        await policies.switch_on(number, revision=0, since=TODAY, actor="coordinator")
    assert (await policies.version(number)).policy.rules == (quota(3),)


async def test_a_version_that_is_switched_on_changes_no_more(policies: Policies) -> None:
    number = await policies.draft(like=None, actor="coordinator")
    await policies.switch_on(number, revision=0, since=TODAY, actor="coordinator")
    with pytest.raises(Refused, match="not_draft"):
        await policies.change(number, revision=1, rules=[], note="")
    with pytest.raises(Refused, match="not_draft"):
        await policies.drop(number)
    with pytest.raises(Refused, match="begun"):
        await policies.withdraw(number, actor="coordinator")


async def test_a_version_begins_today_at_the_earliest_and_holds_rules(policies: Policies) -> None:
    number = await policies.draft(like=None, actor="coordinator")
    with pytest.raises(Invalid):
        await policies.switch_on(number, revision=0, since=TODAY - timedelta(days=1), actor="coordinator")
    await policies.change(number, revision=0, rules=[], note="")
    with pytest.raises(Refused, match="empty"):
        await policies.switch_on(number, revision=1, since=TODAY, actor="coordinator")


async def test_each_version_ends_where_the_next_begins_and_one_that_has_not_begun_can_be_taken_back(
    policies: Policies, world: World
) -> None:
    first = await policies.draft(like=None, actor="coordinator")
    await policies.switch_on(first, revision=0, since=TODAY, actor="coordinator")
    second = await policies.draft(like=first, actor="coordinator")
    january = date(2027, 1, 1)
    await policies.switch_on(second, revision=0, since=january, actor="coordinator")
    assert (await policies.version(first)).policy.effective_until == january
    await policies.withdraw(second, actor="coordinator")
    assert (await policies.version(first)).policy.effective_until is None
    assert (await policies.version(second)).policy.status is Status.RETIRED
    kinds = (FactKind.POLICY_SWITCHED_ON, FactKind.POLICY_WITHDRAWN)
    said = [fact.payload.kind for fact in world.database.read_now(ledger.of_kinds, kinds)]
    assert said == [kinds[0], kinds[0], kinds[1]]


async def test_a_draft_can_be_thrown_away(policies: Policies) -> None:
    number = await policies.draft(like=None, actor="coordinator")
    await policies.drop(number)
    with pytest.raises(NotFound):
        await policies.version(number)
    with pytest.raises(NotFound):
        await policies.draft(like=number, actor="coordinator")


async def test_a_preview_says_which_of_the_past_half_year_s_meetings_would_have_been_otherwise(
    at: Callable[[datetime], Policies], world: World
) -> None:
    for number in range(4):
        asked = wish(date(2026, 10, 13 + number), roles=LEADS if number == 3 else ("line_worker",))
        world.ask(asked, f"request:{number}", NOW + timedelta(minutes=number))
        world.database.write_now(world.quotas.commit, f"request:{number}", meeting=number, now=NOW, actor="dept-03")
    world.ask(wish(date(2026, 12, 1)), "request:9")
    policies = at(NOW + timedelta(days=30))
    number = await policies.draft(like=None, actor="coordinator")
    await policies.change(
        number, revision=0, rules=[quota(2), CallApproval("calls", LEADS), Filing("filing", 3)], note=""
    )
    seen = await policies.preview(number)
    assert (seen.comparison.judged, seen.comparison.before[Outcome.GRANTED]) == (4, 4)
    assert [(each.asked.wish.meeting, each.after.outcome) for each in seen.comparison.changed] == [
        (2, Outcome.REFUSED),
        (3, Outcome.REFUSED),
    ]
    assert seen.comparison.by_rule == {"quota": 2, "calls": 1}
