from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import Refused
from meetinghub.ledger import payloads as p
from meetinghub.meetings import course as acts
from meetinghub.meetings.lifecycle import FINAL, TRANSITIONS, Event, State, after, must_be_live
from tests.meetinghub.meetings.examples import Course

EXPECTED = {
    (State.PLANNED, Event.START): State.LIVE,
    (State.PLANNED, Event.EXTEND): State.PLANNED,
    (State.PLANNED, Event.POSTPONE): State.POSTPONED,
    (State.PLANNED, Event.CANCEL): State.CANCELLED,
    (State.POSTPONED, Event.START): State.LIVE,
    (State.POSTPONED, Event.EXTEND): State.POSTPONED,
    (State.POSTPONED, Event.POSTPONE): State.POSTPONED,
    (State.POSTPONED, Event.CANCEL): State.CANCELLED,
    (State.LIVE, Event.EXTEND): State.LIVE,
    (State.LIVE, Event.END): State.ENDED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_pair_of_state_and_event_is_allowed_or_refused_as_written(state: State, event: Event) -> None:
    if (state, event) in EXPECTED:
        assert after(state, event) is EXPECTED[state, event]
    else:
        with pytest.raises(Refused) as refusal:
            after(state, event)
        assert refusal.value.code == f"meeting.cannot_{event}"
        assert refusal.value.values == {"state": state.value}


def test_ended_and_cancelled_are_final() -> None:
    assert {State.ENDED, State.CANCELLED} == FINAL


@given(st.lists(st.sampled_from(Event), max_size=12))
def test_an_illegal_event_leaves_the_state_as_it_was(events: list[Event]) -> None:
    state = State.PLANNED
    for event in events:
        legal = event in TRANSITIONS[state]
        try:
            following = after(state, event)
        except Refused:
            assert not legal
        else:
            assert legal
            state = following


def test_only_a_live_meeting_is_live() -> None:
    must_be_live(State.LIVE)
    for state in set(State) - {State.LIVE}:
        with pytest.raises(Refused, match="not_live"):
            must_be_live(state)


def test_a_refused_act_writes_nothing_and_changes_nothing() -> None:
    course = Course()
    before = course.state
    with pytest.raises(Refused):
        course.write(*acts.end(course.state))
    assert course.state == before
    assert course.facts == []


def test_an_illegal_fact_is_refused_by_the_fold() -> None:
    course = Course()
    with pytest.raises(Refused):
        course.write(p.MeetingEnded())
