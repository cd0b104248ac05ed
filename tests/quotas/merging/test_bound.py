from __future__ import annotations

from hypothesis import given, settings

from quotas.merging.bound import attendances_at_least
from quotas.merging.cost import Costs
from quotas.merging.groups import all_groups
from quotas.merging.model import Instance
from quotas.merging.prices import UNIT, priced
from tests.quotas.merging.brute_force import cheapest
from tests.quotas.merging.instances import week
from tests.quotas.merging.oracle import solve as proven
from tests.quotas.merging.small import instances


@settings(max_examples=200, deadline=None)
@given(instances())
def test_neither_bound_is_ever_above_what_is_possible(instance: Instance) -> None:
    best, costs = cheapest(instance).attendances, Costs(instance)
    groups = all_groups(costs)
    assert groups is not None
    assert attendances_at_least(costs) <= best
    assert priced(costs, groups, best).attendances <= best


@settings(max_examples=100, deadline=None)
@given(instances())
def test_no_sitting_that_may_be_is_missing_from_the_list(instance: Instance) -> None:
    costs = Costs(instance)
    groups = all_groups(costs)
    assert groups is not None
    assert set(groups) == {group for group in range(1, 1 << len(costs.parts)) if costs.value(group) is not None}


def test_prices_come_close_to_the_optimum_where_days_leave_room() -> None:
    instance = week(3, 18, a_day=None)
    costs, best = Costs(instance), proven(instance).attendances
    groups = all_groups(costs)
    assert groups is not None
    found = priced(costs, groups, best)
    assert 0.97 * best <= found.attendances <= best
    assert found.attendances > attendances_at_least(costs)
    assert sum(found.prices) >= found.least
    assert found.least <= best * UNIT


def test_too_many_sittings_are_told_instead_of_listed() -> None:
    assert all_groups(Costs(week(3, 18)), most=10) is None
