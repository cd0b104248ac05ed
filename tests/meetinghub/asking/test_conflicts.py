from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.asking.conflicts import Clash, Other, conflicts
from meetinghub.asking.riding import bars
from meetinghub.asking.wish import Item, Own
from meetinghub.ids import PersonId
from tests.meetinghub.asking.examples import NOW, Weekdays

MONDAY = NOW + timedelta(hours=4)
OWN = Own(MONDAY, "302", True, "chair", (Item("一", "某", 30),))
PEOPLE = frozenset({PersonId(1), PersonId(2)})


def other(start: int, minutes: int = 60, free: int = 0, persons: frozenset[PersonId] = PEOPLE) -> Other:
    at = MONDAY + timedelta(minutes=start)
    return Other(7, "例会", "自治办", at, at + timedelta(minutes=minutes), free, persons)


def clashes(*others: Other, own: Own = OWN) -> list[Clash]:
    return [each.clash for each in conflicts(own, PEOPLE, others, minutes=10, days=Weekdays())]


@pytest.mark.parametrize(("start", "clash"), [
    (0, Clash.SAME_TIME), (29, Clash.SAME_TIME), (30, Clash.ADJACENT), (-60, Clash.ADJACENT), (-59, Clash.SAME_TIME),
    (120, Clash.ADJACENT), (121, Clash.SAME_DAY),
])  # fmt: skip
def test_meetings_of_the_same_people_clash_by_how_near_they_are(start: int, clash: Clash) -> None:
    assert clashes(other(start)) == [clash]


def test_meetings_of_others_or_on_other_days_do_not_clash() -> None:
    assert clashes(other(0, persons=frozenset({PersonId(9)})), other(24 * 60)) == []


def test_the_way_out_is_to_ride_where_there_is_room_and_else_to_join_it() -> None:
    (roomy,) = conflicts(OWN, PEOPLE, [other(90, free=10)], minutes=10, days=Weekdays())
    assert roomy.ride
    (full,) = conflicts(OWN, PEOPLE, [other(90, free=9)], minutes=10, days=Weekdays())
    assert not full.ride
    assert full.better == other(90).ends_at
    (joined,) = conflicts(OWN, PEOPLE, [other(30)], minutes=10, days=Weekdays())
    assert joined.better is None


def test_a_day_off_moves_to_the_next_working_day_at_the_same_hour() -> None:
    saturday = Own(MONDAY + timedelta(days=5), "302", True, "chair", OWN.items)
    (found,) = conflicts(saturday, PEOPLE, [], minutes=10, days=Weekdays())
    assert found.clash is Clash.DAY_OFF
    assert found.better == MONDAY + timedelta(days=7)


@given(st.lists(st.integers(1, 60), max_size=6).map(tuple), st.integers(-10, 60), st.integers(1, 60), st.booleans())
def test_bars_are_to_scale_and_the_wish_stands_where_it_begins(
    taken: tuple[int, ...], free: int, mine: int, closing: bool
) -> None:
    drawn, begins = bars(taken, free, mine, before_last=closing)
    assert sum(bar.minutes for bar in drawn if bar.kind == "taken") == sum(taken)
    whole = sum(taken) + max(free, 0)
    assert sum(bar.minutes for bar in drawn) == whole
    if free >= mine:
        at = [bar.kind for bar in drawn].index("mine")
        assert sum(bar.minutes for bar in drawn[:at]) == begins
        assert drawn[at].minutes == mine
    else:
        assert begins == -1
