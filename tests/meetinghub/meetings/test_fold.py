from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.meetings import course as acts
from meetinghub.meetings import floor
from meetinghub.meetings.live import open_microphones
from tests.meetinghub.meetings.examples import NOON, started


def test_calling_a_site_lowers_its_hand_and_undo_puts_it_back_in_its_place() -> None:
    course = started("site-01", "site-02", "site-03")
    for site in ("site-01", "site-02", "site-03"):
        course.write(p.HandRaised(site, ""), actor=site)
    before = course.state
    course.write(*floor.call_on(course.state, "site-02", course.now))
    assert [hand.site for hand in course.state.hands] == ["site-01", "site-03"]
    course.write(*floor.undo(course.state))
    assert course.state.hands == before.hands
    assert course.state.floor is None


def test_undoing_gives_the_floor_back_to_the_one_who_had_it() -> None:
    course = started("site-01", "site-02")
    course.write(*floor.call_on(course.state, "site-01", course.now))
    had = course.state.floor
    course.wait(minutes=2)
    course.write(*floor.call_on(course.state, "site-02", course.now))
    course.write(*floor.undo(course.state))
    assert course.state.floor == had
    assert open_microphones(course.state, course.now) == {"site-01"}


def test_the_microphone_opens_at_the_end_of_the_count_and_never_earlier() -> None:
    course = started("site-01")
    course.write(*floor.call_on(course.state, "site-01", course.now))
    opens_at = course.now + timedelta(seconds=3)
    assert open_microphones(course.state, opens_at - timedelta(microseconds=1)) == frozenset()
    assert open_microphones(course.state, opens_at) == {"site-01"}


def test_a_site_that_drops_keeps_seat_floor_and_place_in_line() -> None:
    course = started("site-01", "site-02")
    course.write(p.HandRaised("site-02", "经费"), actor="site-02")
    course.write(*floor.call_on(course.state, "site-01", course.now))
    before = course.state
    course.leave("site-01")
    course.leave("site-02")
    assert course.state.floor == before.floor
    assert course.state.hands == before.hands
    assert course.state.up_next() == ()
    course.join("site-02")
    assert course.state.up_next() == ("site-02",)


def test_a_site_that_asks_to_be_called_later_goes_to_the_end_of_the_line() -> None:
    course = started("site-01", "site-02")
    course.write(p.HandRaised("site-01", "垃圾"), p.HandRaised("site-02", ""))
    course.write(*floor.call_on(course.state, "site-01", course.now))
    course.write(*floor.give_back(course.state, "site-01", later=True), actor="site-01")
    assert [(hand.site, hand.topic) for hand in course.state.hands] == [("site-02", ""), ("site-01", "垃圾")]
    course.write(*floor.undo(course.state))
    assert [hand.site for hand in course.state.hands] == ["site-02"]
    assert course.state.floor is not None


def test_a_kicked_connection_that_leaves_late_does_not_take_its_successor_with_it() -> None:
    course = started()
    course.write(p.SiteJoined("site-01", "PA_old", "RM_1", NOON), p.SiteJoined("site-01", "PA_new", "RM_1", NOON))
    course.write(p.SiteLeft("site-01", "PA_old", "RM_1", NOON, "DUPLICATE_IDENTITY"))
    assert course.state.online("site-01")


def test_leaving_that_is_told_before_joining_counts() -> None:
    course = started()
    course.write(p.SiteLeft("site-01", "PA_1", "RM_1", NOON, ""), p.SiteJoined("site-01", "PA_1", "RM_1", NOON))
    assert not course.state.online("site-01")


def test_a_going_that_was_told_counts_whether_it_was_noticed_before_or_after() -> None:
    noticed = p.SiteLeft("site-01", "PA_1", "RM_1", NOON, "LOST")
    told = p.SiteLeft("site-01", "PA_1", "RM_1", NOON + timedelta(seconds=7), "CLIENT_INITIATED")
    for goings in ((noticed, told), (told, noticed)):
        course = started()
        course.write(p.SiteJoined("site-01", "PA_1", "RM_1", NOON), *goings)
        assert course.state.presences["site-01"].left_at == told.occurred_at


def test_a_connection_that_was_given_up_and_is_seen_again_had_never_left() -> None:
    course = started()
    course.write(p.SiteJoined("site-01", "PA_1", "RM_1", NOON), p.SiteLeft("site-01", "PA_1", "RM_1", NOON, "LOST"))
    assert not course.state.online("site-01")
    course.write(p.ConnectionsSeen("RM_1", ("PA_1",)))
    assert course.state.online("site-01")
    assert course.state.revision == course.state.folded
    course.write(p.SiteLeft("site-01", "PA_1", "RM_1", NOON, "CLIENT_INITIATED"), p.ConnectionsSeen("RM_1", ("PA_1",)))
    assert not course.state.online("site-01")


def test_a_heartbeat_changes_nothing_that_pages_see() -> None:
    course = started("site-01")
    before = course.state
    course.wait(seconds=15)
    course.write(p.ConnectionsSeen("RM_1", ("PA_1",)))
    assert course.state.beat
    assert course.state == replace(before, folded=before.folded + 1, beat=course.state.beat)


def test_a_new_room_ends_the_connections_of_the_old_one() -> None:
    course = started("site-01", "site-02")
    course.wait(seconds=9)
    course.write(p.SiteJoined("site-02", "PA_9", "RM_2", course.now), p.RoomStarted("RM_2", course.now))
    assert not course.state.online("site-01")
    assert course.state.presences["site-01"].left_at == course.now
    assert course.state.online("site-02")


def test_a_finished_room_ends_its_own_connections_only() -> None:
    course = started("site-01")
    course.write(p.SiteJoined("site-02", "PA_9", "RM_2", course.now), p.RoomFinished("RM_1", course.now))
    assert not course.state.online("site-01")
    assert course.state.online("site-02")


def test_a_hand_the_chair_put_down_can_be_put_up_again() -> None:
    course = started()
    course.write(p.HandRaised("site-01", ""), p.HandRaised("site-02", ""))
    course.write(*floor.lower_hand(course.state, "site-01", by_chair=True))
    assert [hand.site for hand in course.state.hands] == ["site-02"]
    course.write(*floor.undo(course.state))
    assert [hand.site for hand in course.state.hands] == ["site-01", "site-02"]
    course.write(*floor.lower_hand(course.state, "site-01", by_chair=False))
    assert course.state.undo == ()


def test_undoing_the_end_of_the_last_item_reopens_it() -> None:
    course = started()
    course.write(*(p.SegmentStarted(segment) for segment in (12, 13, 14)))
    course.write(*acts.next_segment(course.state))
    assert [run.state for run in course.state.agenda] == ["done"] * 4
    course.write(*floor.undo(course.state))
    assert [run.state for run in course.state.agenda] == ["done", "done", "done", "current"]


def test_ending_takes_floor_broadcast_and_hands() -> None:
    course = started("site-01")
    course.write(p.HandRaised("site-02", ""), p.BroadcastStarted("site-01"))
    course.write(*floor.call_on(course.state, "site-01", course.now))
    course.write(p.MeetingEnded())
    state = course.state
    assert (state.floor, state.broadcast, state.hands, state.undo) == (None, None, (), ())
    assert state.current is None


def test_the_last_acts_are_remembered_with_who_did_them() -> None:
    course = started("site-01")
    course.write(*floor.call_on(course.state, "site-01", course.now), actor="operator")
    newest = course.state.recent[0]
    assert (newest.by, newest.act, newest.site) == ("operator", "call_on", "site-01")
    for _ in range(12):
        course.write(p.SegmentSpeakerWarned(12))
    assert len(course.state.recent) == 8


def test_undoing_the_next_item_reopens_the_one_before_and_keeps_warnings() -> None:
    course = started()
    course.wait(minutes=5)
    course.write(p.SegmentStarted(12), p.SegmentSpeakerWarned(13))
    course.write(*floor.undo(course.state))
    assert course.state.current
    assert course.state.current.segment == 11
    assert course.state.agenda[2].warned_at == course.now
