"""The order in which people wait least, against every order there is."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from meetinghub.agendas import board
from meetinghub.agendas.audiences import waiting
from meetinghub.agendas.board import Agenda
from meetinghub.agendas.ordering import EXACT, arrange
from meetinghub.meetings.model import Segment
from tests.meetinghub.agendas.examples import AGENDA, FIRE, PARTY, PROJECTS, agendas

Groups = dict[frozenset[int], int]


def groups(agenda: Agenda) -> st.SearchStrategy[Groups]:
    signature = st.frozensets(st.sampled_from([each.id for each in agenda]), min_size=1)
    return st.dictionaries(signature, st.integers(1, 40), max_size=5)


def every_order(agenda: Agenda) -> list[Agenda]:
    free = board.movable(agenda)
    head, tail = agenda[: free.start], agenda[free.stop :]
    return [(*head, *middle, *tail) for middle in permutations(agenda[free.start : free.stop])]


@settings(max_examples=60)
@given(st.data())
def test_up_to_six_segments_it_is_as_good_as_the_best_of_all_orders(data: st.DataObject) -> None:
    agenda = data.draw(agendas(most=6))
    sits = data.draw(groups(agenda))
    found = arrange(agenda, sits)
    assert waiting(found, sits) == min(waiting(each, sits) for each in every_order(agenda))
    assert Counter(found) == Counter(agenda)
    assert [each.pinned for each in found] == [each.pinned for each in agenda]


@settings(max_examples=4)
@given(st.data())
def test_seven_segments_too(data: st.DataObject) -> None:
    agenda = tuple(
        Segment(number, "", "", "", minutes)
        for number, minutes in enumerate(data.draw(st.lists(st.integers(5, 60), min_size=7, max_size=7)), 1)
    )
    sits = data.draw(groups(agenda))
    assert waiting(arrange(agenda, sits), sits) == min(waiting(each, sits) for each in every_order(agenda))


@settings(max_examples=25)
@given(st.data())
def test_a_long_agenda_never_gets_worse(data: st.DataObject) -> None:
    count = data.draw(st.integers(EXACT + 1, EXACT + 4))
    agenda = tuple(Segment(number, "", "", "", 5 + number % 4 * 5) for number in range(1, count + 1))
    sits = data.draw(groups(agenda))
    found = arrange(agenda, sits)
    assert waiting(found, sits) <= waiting(agenda, sits)
    assert Counter(found) == Counter(agenda)


@settings(max_examples=40)
@given(st.data())
def test_an_order_that_cannot_be_better_stays_as_it_is(data: st.DataObject) -> None:
    agenda = data.draw(agendas(most=5))
    sits = data.draw(groups(agenda))
    found = arrange(agenda, sits)
    assert arrange(found, sits) == found
    if waiting(found, sits) == waiting(agenda, sits):
        assert found == agenda


def test_an_audience_torn_apart_is_put_together() -> None:
    given = (AGENDA[0], PROJECTS, FIRE, PARTY, AGENDA[-1])
    sits = {frozenset({1, PARTY.id}): 33, frozenset({PROJECTS.id}): 33, frozenset({FIRE.id}): 33}
    assert waiting(given, sits) == 33 * 40
    found = arrange(given, sits)
    assert found[1] == PARTY
    assert waiting(found, sits) == 0
