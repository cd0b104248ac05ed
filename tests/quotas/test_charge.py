"""Charges count by the date of the meeting; holds until they expire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quotas import charge as charges
from quotas.charge import Charge, State
from tests.quotas.examples import NOW, charged, wish

MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_a_hold_counts_until_it_expires_whether_anybody_notices_or_not() -> None:
    hold = Charge(1, wish(), State.HELD, NOW + timedelta(hours=1))
    assert hold.counts(NOW)
    assert not hold.counts(NOW + timedelta(hours=1))
    assert Charge(1, wish(), State.HELD).counts(NOW + timedelta(days=9999))


def test_a_committed_hold_counts_for_ever_and_a_released_one_never() -> None:
    hold = Charge(1, wish(), State.HELD, NOW)
    planned = charges.commit(hold, 7)
    assert planned.counts(NOW + timedelta(days=9999))
    assert planned.wish.meeting == 7
    assert not charges.release(planned).counts(NOW)


def test_a_meeting_across_midnight_of_a_border_is_counted_wholly_where_it_begins() -> None:
    late = replace(wish(), starts_at=datetime(2026, 12, 31, 15, 30, tzinfo=UTC), minutes=90)
    assert late.day == date(2026, 12, 31)
    assert replace(late, starts_at=late.starts_at + timedelta(minutes=30)).day == date(2027, 1, 1)


@given(MOMENTS, MOMENTS)
def test_moving_there_and_back_is_nothing(first: datetime, second: datetime) -> None:
    one = charged(1, replace(wish(), starts_at=first))
    assert charges.move(charges.move(one, second), first) == one


@given(st.lists(MOMENTS, min_size=1, max_size=9))
def test_a_recurring_meeting_is_one_wish_for_each_time_it_is_held(starts: list[datetime]) -> None:
    wishes = charges.occurrences(wish(), [*starts, *starts])
    assert [each.starts_at for each in wishes] == sorted(set(starts))
    assert len({each.minutes for each in wishes}) == 1


@given(st.lists(MOMENTS, unique=True, max_size=9), st.lists(MOMENTS, unique=True, max_size=9), MOMENTS)
def test_editing_a_series_leaves_what_lies_before_and_what_stays_the_same(
    old: list[datetime], new: list[datetime], since: datetime
) -> None:
    rows = [charged(number, one) for number, one in enumerate(charges.occurrences(wish(), old))]
    wished = [each for each in charges.occurrences(wish(), new) if each.starts_at >= since]
    edit = charges.edit_series(rows, wished, since=since)
    before = {moment for moment in old if moment < since}
    after = {each.wish.starts_at for each in edit.kept} | {each.starts_at for each in edit.asked}
    assert after == before | {each.starts_at for each in wished}
    assert {each.wish.starts_at for each in edit.released} == set(old) - after
    assert not {each.starts_at for each in edit.asked} & set(old)
    again = charges.edit_series(rows, [each.wish for each in rows if each.wish.starts_at >= since], since=since)
    assert (again.asked, again.released) == ((), ())
