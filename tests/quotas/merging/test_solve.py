from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings

from quotas.merging.model import Instance, Place, Request, untouched
from quotas.merging.solve import solve
from tests.quotas.merging.brute_force import cheapest
from tests.quotas.merging.instances import week
from tests.quotas.merging.naive import Naive
from tests.quotas.merging.oracle import solve as proven
from tests.quotas.merging.small import instances


@settings(max_examples=150, deadline=None)
@given(instances())
def test_a_small_question_has_the_cheapest_answer_there_is(instance: Instance) -> None:
    assert solve(instance).score == cheapest(instance)


@settings(max_examples=8, deadline=None)
@given(instances(most=7))
def test_so_has_one_of_seven_requests(instance: Instance) -> None:
    assert solve(instance).score == cheapest(instance)


@settings(max_examples=150, deadline=None)
@given(instances(most=6))
def test_an_answer_is_allowed_costs_what_it_says_and_never_more_than_staying_apart(instance: Instance) -> None:
    naive, solution = Naive(instance), solve(instance)
    members = sorted(member for sitting in solution.arrangement for member in sitting.members)
    assert members == list(range(len(instance.requests)))
    assert all(naive.allowed(sitting.members, sitting.place) for sitting in solution.arrangement)
    assert naive.fits(solution.arrangement)
    assert solution.score == naive.score(solution.arrangement)
    assert solution.before == naive.score(untouched(instance))
    assert solution.score <= solution.before
    assert solution.at_least <= solution.score.attendances


@pytest.mark.parametrize("seed", range(60))
def test_within_two_percent_of_the_proven_optimum(seed: int) -> None:
    size = 12 + seed % 9
    instance = week(seed, size, announced=seed % 4, openings=seed % 3, a_day=(2, None, 3)[seed % 3])
    best, found = proven(instance), solve(instance)
    assert best.optimal
    assert found.at_least <= best.attendances <= found.score.attendances
    assert found.score.attendances <= 1.02 * best.attendances


@pytest.mark.parametrize("seed", range(3))
def test_the_same_question_has_the_same_answer_in_whatever_order_it_is_put(seed: int) -> None:
    instance = week(seed, 14)
    requests = list(instance.requests)
    random.Random(seed).shuffle(requests)
    assert solve(instance) == solve(week(seed, 14))
    assert solve(replace(instance, requests=tuple(requests))).score.attendances == solve(instance).score.attendances


def test_what_the_policies_forbid_is_never_proposed() -> None:
    asked: list[tuple[int, str]] = []

    def few(members: tuple[Request, ...], place: Place) -> bool:
        asked.append((len(members), place.kind))
        return len({member.key[-1] in "02468" for member in members}) == 1

    solution = solve(replace(week(5, 16), permit=few))
    joint = [sitting for sitting in solution.arrangement if len(sitting.members) > 1]
    assert joint
    assert asked
    for sitting in joint:
        assert len({member % 2 for member in sitting.members}) == 1
