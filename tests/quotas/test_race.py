"""However many ask at once, exactly what is left is given, and the others are told by whom it was used."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from quotas import store
from quotas.finding import Outcome
from quotas.policy import Ceiling
from tests.quotas.examples import LEADS, quota, wish
from tests.quotas.worlds import at_once, two_processes


@pytest.mark.parametrize("count", [20, 200])
def test_of_many_who_ask_at_once_for_the_last_three_exactly_three_are_granted(database_url: str, count: int) -> None:
    with two_processes(database_url) as worlds:
        worlds[0].in_force(quota(5))
        used = [worlds[0].ask(wish(), f"before:{number}") for number in range(2)]
        answers = at_once(lambda number: worlds[number % 2].ask(wish(), f"request:{number}"), count)
        outcomes = Counter(answer.assessment.outcome for answer in answers)
        assert outcomes == {Outcome.GRANTED: 3, Outcome.REFUSED: count - 3}
        charged = {answer.charge.id for answer in [*used, *answers] if answer.charge is not None}
        assert len(charged) == worlds[0].database.read_now(store.count) == 5
        for answer in answers:
            (finding,) = answer.assessment.findings
            if answer.refused:
                assert {row.id for row in finding.rows} == charged
                assert (finding.limit, finding.left) == (500, 0)
        assert all(decision.assessment.outcome == written for decision, written in worlds[0].replayed())


def test_the_last_place_under_a_ceiling_is_given_once_to_whichever_department_comes_first(database_url: str) -> None:
    with two_processes(database_url) as worlds:
        worlds[0].in_force(Ceiling("ceiling", LEADS, limit=1))
        calls = [replace(wish(roles=LEADS), department=number + 1) for number in range(14)]
        answers = at_once(lambda number: worlds[number % 2].ask(calls[number], f"request:{number}"), len(calls))
        assert Counter(answer.assessment.outcome for answer in answers) == {
            Outcome.GRANTED: 1,
            Outcome.NEEDS_APPROVAL: 13,
        }


def test_whoever_asks_twice_at_once_under_one_key_holds_one_charge(database_url: str) -> None:
    with two_processes(database_url) as worlds:
        worlds[0].in_force(quota(3))
        answers = at_once(lambda number: worlds[number % 2].ask(wish(), "request:7"), 12)
        assert {answer.charge.id for answer in answers if answer.charge is not None} == {1}
        assert worlds[0].database.read_now(store.count) == 1


def test_of_two_approvals_of_one_expired_hold_beside_a_new_request_nothing_is_overspent(database_url: str) -> None:
    with two_processes(database_url) as worlds:
        worlds[0].in_force(quota(1))
        held = worlds[0].ask(wish(), "request:1").charge
        assert held is not None
        assert held.hold_expires_at is not None
        later = held.hold_expires_at + timedelta(minutes=1)
        fresh = replace(wish(), starts_at=held.wish.starts_at + timedelta(days=20))
        answers = at_once(lambda number: worlds[number].ask(fresh, f"request:{number + 1}", later), 2)
        assert sorted(answer.refused for answer in answers) == [False, True]
        assert worlds[0].database.read_now(store.count) >= 1
