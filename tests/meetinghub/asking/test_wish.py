from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.asking.audience import Audience
from meetinghub.asking.wish import (
    LONGEST_WINDOW,
    STEPS,
    Kind,
    Own,
    Step,
    Wish,
    answered,
    as_json,
    from_json,
    own_problems,
    reachable,
    time_problems,
)
from meetinghub.people.model import Role
from tests.meetinghub.asking.examples import NOW, days, wishes

TODAY = date(2026, 11, 23)
TOLD = Wish(
    title="冬季送温暖",
    purpose="核对名单",
    kind=Kind.DISCUSSION,
    audience=Audience((Role.DIRECTOR,)),
    minutes=10,
    first=TODAY,
    last=TODAY + timedelta(days=10),
)


@given(wishes)
def test_a_wish_survives_being_kept(wish: Wish) -> None:
    assert from_json(json.loads(json.dumps(as_json(wish)))) == wish


@given(wishes, st.booleans())
def test_no_page_is_open_while_one_before_it_is_unanswered(wish: Wish, rides: bool) -> None:
    first = reachable(wish, rides=rides)
    assert not answered(wish, first)
    before = [step for step in STEPS[: STEPS.index(first)] if rides or step is not Step.RIDES]
    assert all(answered(wish, step) for step in before)


def test_declining_needs_a_reason_only_where_there_is_something_to_decline() -> None:
    assert reachable(TOLD) is Step.RIDES
    assert reachable(TOLD, rides=False) is Step.OWN
    assert reachable(replace(TOLD, declined="要逐户讨论")) is Step.OWN


@given(st.integers(-5, 500), st.none() | days, st.none() | days)
def test_times_without_problems_are_usable(minutes: int, first: date | None, last: date | None) -> None:
    if not time_problems(minutes=minutes, first=first, last=last, today=TODAY):
        assert first is not None
        assert last is not None
        assert TODAY <= first <= last <= first + LONGEST_WINDOW
        assert 1 <= minutes <= 240


def test_an_own_meeting_lies_ahead_and_has_an_agenda() -> None:
    past = Own(NOW, "302", True, "chair", ())
    assert set(own_problems(past, NOW)) == {"date", "item-1-title"}
