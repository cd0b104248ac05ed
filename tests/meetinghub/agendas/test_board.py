"""Operations on an agenda: nothing overlaps, nothing is left open, no minute is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.agendas import board
from meetinghub.agendas.board import Agenda
from meetinghub.errors import NotFound, Refused
from meetinghub.meetings.model import Segment
from tests.meetinghub.agendas.examples import AGENDA, FIRE, PARTY, PROJECTS, WARM, agendas


def seamless(agenda: Agenda) -> None:
    """One after the other from the start, without gap or overlap, pinned ones at their ends."""
    at = 0
    for start, end in board.spans(agenda).values():
        assert start == at < end
        at = end
    assert at == board.length(agenda) == sum(each.minutes for each in agenda)
    pins = [each.pinned for each in agenda]
    assert pins == sorted(pins, key=["first", "", "last"].index)


def titles(agenda: Agenda) -> list[str]:
    return [each.title for each in agenda]


def test_what_is_inserted_shifts_what_follows() -> None:
    after = board.insert(AGENDA, WARM, 3)
    assert board.spans(after)[FIRE.id] == (65, 80)
    assert board.length(after) == board.length(AGENDA) + 10
    seamless(after)


def test_nothing_goes_before_the_opening_or_behind_the_end() -> None:
    assert titles(board.insert(AGENDA, WARM, 0))[1] == WARM.title
    assert titles(board.insert(AGENDA, WARM, 99))[-2] == WARM.title
    assert titles(board.move(AGENDA, FIRE.id, 0))[1] == FIRE.title


def test_a_pinned_segment_does_not_move() -> None:
    with pytest.raises(Refused, match=r"agenda\.pinned"):
        board.move(AGENDA, 1, 3)
    with pytest.raises(NotFound):
        board.move(AGENDA, 99, 1)


@given(agendas(), st.data())
def test_moving_there_and_back_changes_nothing(agenda: Agenda, data: st.DataObject) -> None:
    free = board.movable(agenda)
    at, to = data.draw(st.sampled_from(free)), data.draw(st.sampled_from(free))
    moved = board.move(agenda, agenda[at].id, to)
    seamless(moved)
    assert moved[to] == agenda[at]
    assert sorted(moved, key=lambda each: each.id) == sorted(agenda, key=lambda each: each.id)
    assert board.move(moved, agenda[at].id, at) == agenda


@given(agendas(), st.integers(-2, 12), st.integers(5, 60))
def test_inserting_and_removing_again_changes_nothing(agenda: Agenda, at: int, minutes: int) -> None:
    added = board.insert(agenda, Segment(0, "", "新", "", minutes), at)
    seamless(added)
    assert board.length(added) == board.length(agenda) + minutes
    assert board.remove(added, 0) == agenda


@given(agendas(), st.data())
def test_another_length_changes_the_end_by_the_difference_and_nobody_else_s_minutes(
    agenda: Agenda, data: st.DataObject
) -> None:
    one, minutes = data.draw(st.sampled_from(agenda)), data.draw(st.integers(board.SHORTEST, 60))
    after = board.resize(agenda, one.id, minutes)
    seamless(after)
    assert board.length(after) - board.length(agenda) == minutes - one.minutes
    assert [each for each in after if each.id != one.id] == [each for each in agenda if each.id != one.id]


@pytest.mark.parametrize("minutes", [0, 4, 241, -5])
def test_a_segment_has_at_least_five_minutes_and_an_end(minutes: int) -> None:
    with pytest.raises(Refused, match=r"agenda\.minutes_out_of_range"):
        board.resize(AGENDA, PARTY.id, minutes)


@given(agendas(), st.integers(1, 500))
def test_fitting_keeps_order_pins_and_the_shortest_length_or_is_refused(agenda: Agenda, minutes: int) -> None:
    free = [each for each in agenda if not each.pinned]
    least = sum(min(each.minutes, board.SHORTEST) for each in free)
    held = sum(each.minutes for each in agenda if each.pinned)
    if minutes < held + least:
        with pytest.raises(Refused, match=r"agenda\.too_tight"):
            board.fit(agenda, minutes)
        return
    after = board.fit(agenda, minutes)
    seamless(after)
    assert board.length(after) == minutes
    assert titles(after) == titles(agenda)
    for old, new in zip(agenda, after, strict=True):
        assert new.minutes == old.minutes or not old.pinned
        assert new.minutes >= min(old.minutes, board.SHORTEST)
    assert board.fit(agenda, board.length(agenda)) == agenda


def test_squeezing_takes_round_figures_from_the_longest_and_nothing_from_the_newcomer() -> None:
    squeezed = board.fit(board.insert(AGENDA, WARM, 3), 80, untouched={WARM.id})
    assert {each.title: each.minutes for each in squeezed} == {
        "开场与上月办理情况": 10,
        PARTY.title: 15,
        PROJECTS.title: 20,
        WARM.title: 10,
        FIRE.title: 15,
        "提问与小结": 10,
    }


def test_only_pinned_segments_cannot_be_stretched() -> None:
    with pytest.raises(Refused, match=r"agenda\.nothing_to_stretch"):
        board.fit((AGENDA[0], AGENDA[-1]), 60)
