from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.asking.occurrences import at, changed, first_start, kept, occurrences, problems, starts
from meetinghub.asking.wish import Item, Own
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid
from meetinghub.meetings.recurrence import Freq, Recurrence

NINE = datetime.combine(date(2026, 12, 8), time(9), SHANGHAI)
ONCE = Own(NINE, "302", True, "chair", (Item("核对名单", "沈若琳", 40),))
WEEKLY = replace(ONCE, repeat=Recurrence(Freq.WEEKLY, count=4))
SECOND = date(2026, 12, 15)


def test_what_is_held_once_has_one_start() -> None:
    assert starts(ONCE) == (NINE,)
    assert at(WEEKLY, NINE) == ONCE
    with pytest.raises(Invalid):
        changed(ONCE, ONCE.day, None)


@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(-20, 40)), max_size=8))
def test_however_days_are_moved_no_two_meet_and_two_are_left(acts: list[tuple[int, int | None]]) -> None:
    own, first = WEEKLY, WEEKLY.day
    for number, to in acts:
        day = first + timedelta(weeks=number)
        try:
            own = changed(own, day, None if to is None else first + timedelta(days=to))
        except Invalid:
            continue
    held = starts(own)
    assert 2 <= len(held) == len({each.astimezone(SHANGHAI).date() for each in held}) <= 4
    assert list(held) == sorted(held)
    assert first_start(own) == held[0]
    assert {each.astimezone(SHANGHAI).time() for each in held} == {time(9)}
    assert [each.day for each in occurrences(own)] == [first + timedelta(weeks=number) for number in range(4)]


def test_a_day_can_be_left_out_moved_and_put_back() -> None:
    own = changed(WEEKLY, SECOND, None)
    assert [each.starts_at is None for each in occurrences(own)] == [False, True, False, False]
    own = changed(own, SECOND, date(2026, 12, 16))
    assert [each.moved for each in occurrences(own)] == [False, True, False, False]
    assert changed(own, SECOND, SECOND) == WEEKLY
    for day, to, code in (
        (date(2026, 12, 9), None, "not_one_of_them"),
        (SECOND, date(2026, 12, 22), "same_day"),
        (SECOND, date(2028, 12, 22), "too_long"),
    ):
        with pytest.raises(Invalid) as refused:
            changed(WEEKLY, day, to)
        assert refused.value.fields == {"to": f"series.{code}"}


def test_moves_outlast_an_answer_that_keeps_their_days() -> None:
    own = changed(WEEKLY, SECOND, date(2026, 12, 16))
    later = replace(WEEKLY, starts_at=NINE + timedelta(hours=5))
    assert [f"{each:%d %H}" for each in starts(kept(later, own))] == ["08 14", "16 14", "22 14", "29 14"]
    other = replace(WEEKLY, starts_at=NINE + timedelta(days=1))
    assert kept(other, own) == other
    assert kept(ONCE, own) == ONCE
    assert kept(WEEKLY, ONCE) == WEEKLY


def test_a_series_whose_moved_day_has_passed_is_not_sent() -> None:
    own = changed(WEEKLY, SECOND, date(2026, 12, 1))
    assert problems(own, datetime(2026, 12, 2, tzinfo=UTC)) == {"date": "asking.start_past"}
    assert problems(WEEKLY, datetime(2026, 12, 2, tzinfo=UTC)) == {}
