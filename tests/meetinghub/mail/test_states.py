"""A mail's states: which events each allows, and how long until the next try."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from meetinghub.mail.states import LONGEST_DELAY, MOST_TRIES, TRANSITIONS, Event, Impossible, State, after, delay


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_what_the_table_does_not_name_is_impossible(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert after(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(Impossible):
            after(state, event)


def test_only_a_claimed_mail_is_ever_accepted() -> None:
    leading = {state for (state, _), following in TRANSITIONS.items() if following is State.ACCEPTED}
    assert leading - {State.ACCEPTED} == {State.CLAIMED}


def test_a_mail_in_doubt_is_never_merely_owed() -> None:
    for state, event in TRANSITIONS:
        assert after(state, event, in_doubt=True) is not State.OWED


def test_every_state_but_the_first_can_be_reached_and_none_is_a_trap_for_a_person() -> None:
    reached = {following for following in TRANSITIONS.values()}
    assert reached == set(State)
    for state in set(State) - {State.CLAIMED, State.ACCEPTED, State.OWED}:
        assert (state, Event.RESEND) in TRANSITIONS


def test_waits_double_up_to_an_hour_and_last_about_five_days() -> None:
    waits = [delay(tries) for tries in range(1, MOST_TRIES + 1)]
    assert waits[:7] == [timedelta(minutes=2**number) for number in range(6)] + [LONGEST_DELAY]
    assert waits == sorted(waits)
    assert timedelta(days=4) < sum(waits, timedelta()) < timedelta(days=6)
