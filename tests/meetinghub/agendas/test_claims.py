"""What may follow what, what is free, and when claims close."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from meetinghub.agendas.claims import (
    ON_THE_AGENDA,
    Act,
    Claim,
    Kind,
    State,
    Terms,
    after,
    deadlines,
    free,
    left,
    may_follow,
)
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Refused
from tests.meetinghub.agendas.examples import Weekdays

THURSDAY = datetime(2026, 11, 26, 13, 30, tzinfo=SHANGHAI)


def claim(minutes: int, state: State = State.CLAIMED) -> Claim:
    return Claim(1, 1, 3, "民政科", "x", "", minutes, Kind.DISCUSSION, None, state, "dept-03", THURSDAY)


def test_what_is_not_in_the_table_is_refused_and_says_what_it_is_now() -> None:
    allowed = {(state, act) for state in State for act in may_follow(state)}
    for state, act in product(State, Act):
        if (state, act) in allowed:
            after(state, act)
        else:
            with pytest.raises(Refused, match=r"claim\.too_late_for") as caught:
                after(state, act)
            assert caught.value.values == {"state": state.value}
    assert after(State.CLAIMED, Act.SHORTEN) is State.SHORTENED
    assert {state for state in State if Act.UNDO in may_follow(state)} == set(State) - {State.CLAIMED}
    assert {state for state in State if Act.WITHDRAW in may_follow(state)} == ON_THE_AGENDA | {State.CLAIMED}


def test_waiting_claims_take_minutes_away_and_decided_ones_do_not() -> None:
    waiting = [claim(10), claim(15), claim(30, State.DECLINED), claim(20, State.ACCEPTED)]
    assert free(100, 60, waiting) == 15


def test_two_working_days_before_it_is_announced_and_one_before_at_five_claims_close() -> None:
    found = deadlines(THURSDAY.astimezone(UTC), Weekdays(), Terms())
    assert found.announce_at == datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
    assert found.close_at == datetime(2026, 11, 25, 17, 0, tzinfo=SHANGHAI)


def test_weekends_are_not_counted() -> None:
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)
    found = deadlines(monday, Weekdays(), Terms(announce_days=3, close_at=time(12)))
    assert found.announce_at == datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
    assert found.close_at == datetime(2026, 11, 27, 12, 0, tzinfo=SHANGHAI)


def test_the_host_s_own_deadline_counts_and_the_announcement_is_never_after_it() -> None:
    early = THURSDAY - timedelta(days=5)
    found = deadlines(THURSDAY, Weekdays(), Terms(), set_by_host=early)
    assert found.close_at == found.announce_at == early


def test_what_is_left_is_never_negative() -> None:
    assert left(THURSDAY, THURSDAY - timedelta(days=1, hours=3, minutes=4, seconds=30)) == (1, 3, 4)
    assert left(THURSDAY, THURSDAY + timedelta(days=1)) == (0, 0, 0)
