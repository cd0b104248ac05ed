from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.merging.bits import bits
from quotas.merging.cost import Costs
from quotas.merging.model import Announced, Instance, PlaceKind, Request, Rules
from tests.quotas.merging.naive import Naive
from tests.quotas.merging.small import instances

DAY = date(2026, 11, 24)


def asked(key: str, persons: set[int], minutes: int = 20) -> Request:
    return Request(key, minutes, frozenset(persons), DAY, DAY, DAY, 90)


@settings(max_examples=150, deadline=None)
@given(instances(), st.data())
def test_minutes_attendances_and_places_are_those_of_every_order_tried(instance: Instance, data: st.DataObject) -> None:
    costs, naive = Costs(instance), Naive(instance)
    place = data.draw(st.sampled_from(range(len(costs.places))))
    members = tuple(sorted(data.draw(st.sets(st.sampled_from(range(costs.count)), min_size=1, max_size=4))))
    ride = 1 << place if costs.places[place].kind is PlaceKind.ANNOUNCED else 0
    group = sum(1 << member for member in members) | ride
    parts = naive.parts(members, place)
    assert costs.seated(group) == naive.seated(parts)
    assert costs.attendances(group) == naive.attendances(members, place)
    assert costs.gives_time(group) == (len(parts) == 1 or naive.gives_time(parts))
    order = costs.order(group)
    assert sorted(order) == bits(group)
    assert not ride or order[0] == costs.count + costs.places[place].number
    if costs.value(group) is not None and place in costs.options(group):
        assert naive.allowed(members, place)


def test_two_of_the_same_people_save_as_many_ways_as_there_are_people() -> None:
    costs = Costs(Instance((asked("a", {1, 2, 3}), asked("b", {1, 2, 3}))))
    assert costs.attendances(0b11) == 3
    assert costs.seated(0b11) == 3 * 40
    assert costs.gives_time(0b11)


def test_people_who_are_not_called_again_go_and_people_called_later_come_a_little_early() -> None:
    costs = Costs(Instance((asked("a", {1, 2}), asked("b", {2, 3}, 30)), rules=Rules(early=5)))
    assert costs.seated(0b11) == 1 * 20 + 1 * 50 + 1 * (30 + 5)


def test_strangers_are_never_put_together() -> None:
    assert not Costs(Instance((asked("a", {1, 2}), asked("b", {3, 4})))).gives_time(0b11)


def test_one_common_person_does_not_make_sixty_others_wait() -> None:
    some, others = set(range(30)), set(range(29, 60))
    assert not Costs(Instance((asked("a", some), asked("b", others)))).gives_time(0b11)


def test_what_is_announced_comes_first_and_its_people_cost_nothing() -> None:
    meeting = Announced("m", DAY, 50, 30, frozenset({1, 2}))
    costs = Costs(Instance((asked("a", {1, 2, 3}),), (meeting,)))
    assert costs.attendances(0b11) == 1
    assert costs.order(0b11) == (1, 0)
    assert costs.seated(0b11) == 2 * 70 + (20 + 5)


def test_a_request_outside_its_own_days_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Request("a", 10, frozenset({1}), DAY, date(2026, 11, 25), date(2026, 11, 26), 90)


def test_two_things_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="one key"):
        Instance((asked("a", {1}), asked("a", {2})))
