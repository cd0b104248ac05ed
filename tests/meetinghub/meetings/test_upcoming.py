"""Which meeting an unattended room goes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing
from meetinghub.meetings.upcoming import DOORS, OVERDUE, upcoming

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def listing(number: int, begins_in: int, minutes: int = 60, state: State = State.PLANNED) -> Listing:
    """A meeting that starts ``begins_in`` minutes from now."""
    start = NOW + begins_in * MINUTE
    return Listing(number, f"meeting {number}", "", "", state, start, start + minutes * MINUTE, 33)


def test_the_next_meeting_is_the_one_that_starts_first() -> None:
    assert upcoming([listing(1, 300), listing(2, 90)], NOW) == listing(2, 90)
    assert upcoming([], NOW) is None


def test_a_live_meeting_comes_before_a_planned_one_whose_doors_are_open() -> None:
    live = listing(1, -30, state=State.LIVE)
    assert upcoming([listing(2, 5), live], NOW) == live


def test_a_meeting_called_at_short_notice_is_entered_when_it_begins() -> None:
    short = listing(2, -1, state=State.LIVE)
    assert upcoming([listing(1, 20), short], NOW) == short


def test_a_room_stays_in_the_live_meeting_it_is_in() -> None:
    first, second = listing(1, -60, state=State.LIVE), listing(2, -5, state=State.LIVE)
    assert upcoming([first, second], NOW) == second
    assert upcoming([first, second], NOW, inside=1) == first


def test_after_a_meeting_the_room_goes_on_to_the_one_that_follows() -> None:
    ended, following = listing(1, -60, state=State.ENDED), listing(2, 10)
    assert upcoming([ended, following], NOW, inside=1) == following


def test_what_is_cancelled_is_not_waited_for_and_what_is_put_off_counts_with_its_new_time() -> None:
    cancelled, put_off = listing(1, 10, state=State.CANCELLED), listing(2, 600, state=State.POSTPONED)
    assert upcoming([cancelled, put_off], NOW) == put_off
    assert upcoming([cancelled, put_off], NOW, inside=1) == put_off


def test_an_overdue_meeting_is_waited_for_unless_another_one_s_doors_open() -> None:
    overdue = listing(1, -75, minutes=60)
    assert upcoming([overdue, listing(2, 600)], NOW) == overdue
    assert upcoming([overdue, listing(2, 15)], NOW) == listing(2, 15)
    assert upcoming([listing(1, -121, minutes=60), listing(2, 600)], NOW) == listing(2, 600)


STATES = st.sampled_from(list(State))
LISTINGS = st.lists(
    st.builds(listing, st.integers(1, 9), st.integers(-600, 600), st.sampled_from([15, 60, 180]), STATES),
    max_size=7,
    unique_by=lambda each: each.id,
)
INSIDE = st.none() | st.integers(1, 9)


@given(LISTINGS, INSIDE)
def test_whatever_there_is_the_choice_is_one_that_can_be_sat_in(listed: list[Listing], inside: int | None) -> None:
    chosen = upcoming(listed, NOW, inside=inside)
    live = [each for each in listed if each.state is State.LIVE]
    if live:
        assert chosen in live
        assert all(each.id != inside for each in live) or chosen.id == inside
        return
    hopeful = [
        each for each in listed if each.state in {State.PLANNED, State.POSTPONED} and each.ends_at + OVERDUE > NOW
    ]
    assert (chosen is None) == (not hopeful)
    if chosen is None:
        return
    assert chosen in hopeful
    if any(each.starts_at - DOORS <= NOW < each.ends_at for each in hopeful):
        assert chosen.starts_at - DOORS <= NOW < chosen.ends_at


@given(LISTINGS, INSIDE, st.randoms())
def test_the_order_of_the_list_does_not_matter(listed: list[Listing], inside: int | None, random: object) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert upcoming(shuffled, NOW, inside=inside) == upcoming(listed, NOW, inside=inside)


@given(LISTINGS, INSIDE)
def test_a_room_that_went_where_it_was_sent_is_sent_nowhere_else(listed: list[Listing], inside: int | None) -> None:
    chosen = upcoming(listed, NOW, inside=inside)
    assert upcoming(listed, NOW, inside=chosen.id if chosen else None) == chosen
