from __future__ import annotations

from hypothesis import given

from meetinghub.asking.audience import Audience, count, reached, union
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Person, Role
from tests.meetinghub.asking.examples import LINES, audiences, peoples, street


def test_a_line_narrows_line_workers_only() -> None:
    found = count(street(), Audience((Role.DIRECTOR, Role.LINE_WORKER), line="民政"))
    assert found.by_role == ((Role.DIRECTOR, 3), (Role.LINE_WORKER, 3))
    assert len(found.persons) == 6
    assert len(found.committees) == 3


def test_without_a_line_every_line_worker_is_called() -> None:
    assert len(reached(street(), Audience((Role.LINE_WORKER,)))) == 3 * len(LINES)


def test_chosen_committees_only() -> None:
    audience = Audience((Role.SECRETARY, Role.DIRECTOR), frozenset({CommitteeId(2)}))
    assert reached(street(), audience) == {20, 21}


@given(peoples, audiences)
def test_counting_agrees_with_looking_at_everybody(people: list[Person], audience: Audience) -> None:
    found = count(people, audience)
    naive = {
        person.id
        for person in people
        if person.committee is not None
        and (audience.committees is None or person.committee in audience.committees)
        and any(
            role in audience.roles
            and (role is not Role.LINE_WORKER or not audience.line or audience.line in person.lines)
            for role in person.roles
        )
    }
    assert found.persons == naive == reached(people, audience)
    assert sum(number for _, number in found.by_role) == len(naive)
    assert [role for role, _ in found.by_role] == list(audience.roles)


@given(peoples, audiences, audiences)
def test_a_union_holds_whoever_any_part_calls(people: list[Person], one: Audience, other: Audience) -> None:
    assert union(people, [one, other]) == reached(people, one) | reached(people, other)
    assert union(people, []) == frozenset()
