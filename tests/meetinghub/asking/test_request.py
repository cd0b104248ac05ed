from __future__ import annotations

import pytest

from meetinghub.asking.request import EDITABLE, FINAL, TRANSITIONS, Event, State, after
from meetinghub.errors import Stale


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_only_what_the_table_says_can_happen(state: State, event: Event) -> None:
    following = TRANSITIONS[state].get(event)
    if following is None:
        with pytest.raises(Stale, match=f"asking.cannot_{event}"):
            after(state, event)
    else:
        assert after(state, event) is following


def test_a_returned_request_keeps_its_draft_and_can_be_sent_again() -> None:
    assert after(State.SUBMITTED, Event.RETURN) is State.RETURNED
    assert {State.DRAFT, State.RETURNED} == EDITABLE
    assert after(State.RETURNED, Event.SUBMIT) is State.SUBMITTED


def test_what_is_decided_stays_decided() -> None:
    assert {
        State.APPROVED,
        State.REFUSED,
        State.WITHDRAWN,
        State.EXPIRED,
        State.RIDING,
        State.NOTICED,
    } == FINAL
