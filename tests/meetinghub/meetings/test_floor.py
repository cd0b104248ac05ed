from __future__ import annotations

from collections.abc import Callable

import pytest

from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.meetings import course as acts
from meetinghub.meetings import floor
from tests.meetinghub.meetings.examples import NOON, Course, started


def test_a_site_that_is_not_connected_cannot_be_called_or_shown() -> None:
    state = started().state
    with pytest.raises(Refused) as refusal:
        floor.call_on(state, "site-01", NOON)
    assert refusal.value.code == "floor.site_offline"
    with pytest.raises(Refused, match="site_offline"):
        floor.broadcast(state, "site-01")


@pytest.mark.parametrize("site", ["main", "site-34", "console-chair", ""])
def test_only_sites_of_the_meeting_can_be_called(site: str) -> None:
    with pytest.raises(NotFound):
        floor.call_on(started("main").state, site, NOON)


def test_nothing_of_the_floor_moves_before_the_start() -> None:
    state = Course().state
    decisions: tuple[Callable[[], floor.Decision], ...] = (
        lambda: floor.call_on(state, "site-01", NOON),
        lambda: floor.release(state),
        lambda: floor.mute_all(state),
        lambda: floor.raise_hand(state, "site-01", ""),
        lambda: floor.undo(state),
        lambda: acts.next_segment(state),
        lambda: acts.grant(state, 5),
    )
    for decide in decisions:
        with pytest.raises(Refused, match="not_live"):
            decide()


def test_the_same_button_on_two_consoles_writes_one_fact() -> None:
    course = started("site-01")
    course.write(*floor.call_on(course.state, "site-01", NOON))
    course.write(*floor.broadcast(course.state, "site-01"))
    assert floor.call_on(course.state, "site-01", NOON) == ()
    assert floor.broadcast(course.state, "site-01") == ()
    course.write(*floor.mute_all(course.state), *floor.stop_broadcast(course.state))
    assert floor.mute_all(course.state) == floor.stop_broadcast(course.state) == floor.release(course.state) == ()


def test_only_the_holder_gives_the_floor_back() -> None:
    course = started("site-01", "site-02")
    course.write(*floor.call_on(course.state, "site-01", NOON))
    with pytest.raises(Refused, match="not_holding"):
        floor.give_back(course.state, "site-02", later=False)
    assert floor.give_back(course.state, "site-01", later=False) == (p.FloorReleased("site-01", "done"),)


def test_with_nothing_done_there_is_nothing_to_undo() -> None:
    with pytest.raises(Refused, match="nothing_to_undo"):
        floor.undo(started().state)


def test_the_holder_needs_no_hand() -> None:
    course = started("site-01")
    course.write(*floor.call_on(course.state, "site-01", NOON))
    with pytest.raises(Refused, match="has_floor"):
        floor.raise_hand(course.state, "site-01", "")


def test_a_topic_becomes_one_short_line() -> None:
    state = started().state
    assert floor.raise_hand(state, "site-01", "  经费\n\t能不能\x00跨年 " + "？" * 80) == (
        p.HandRaised("site-01", ("经费 能不能 跨年 " + "？" * 80)[:60]),
    )


def test_asking_again_changes_the_question_and_keeps_the_place() -> None:
    course = started()
    course.write(p.HandRaised("site-01", "一"), p.HandRaised("site-02", ""))
    assert floor.raise_hand(course.state, "site-01", "一") == ()
    course.write(*floor.raise_hand(course.state, "site-01", "二"))
    assert [(hand.site, hand.topic) for hand in course.state.hands] == [("site-01", "二"), ("site-02", "")]


def test_the_count_in_is_between_nothing_and_ten_seconds() -> None:
    state = started().state
    assert floor.set_count_in(state, 0) == (p.CountInSet(0),)
    assert floor.set_count_in(state, 3) == ()
    for seconds in (-1, 11):
        with pytest.raises(Invalid):
            floor.set_count_in(state, seconds)


def test_layouts() -> None:
    state = started().state
    assert floor.set_layout(state, "spotlight", "site-04") == (p.LayoutSet("spotlight", None),)
    assert floor.set_layout(state, "single", "main") == (p.LayoutSet("single", "main"),)
    assert floor.set_layout(state, "all", None) == ()
    with pytest.raises(Invalid):
        floor.set_layout(state, "mosaic", None)
    with pytest.raises(Invalid):
        floor.set_layout(state, "single", None)
    with pytest.raises(NotFound):
        floor.set_layout(state, "single", "site-99")
