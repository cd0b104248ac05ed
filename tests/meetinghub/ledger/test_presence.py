from __future__ import annotations

from meetinghub.ledger.presence import Window, gaps, presences
from tests.meetinghub.ledger.histories import History, at


def test_a_site_is_there_from_its_coming_to_its_going() -> None:
    history = History()
    history.join(10)
    history.beats(15, 90, "A1")
    history.leave(100)
    assert history.of() == [(10, 100, "left")]


def test_a_connection_without_a_sign_for_45_seconds_ends_at_its_last_sign_and_begins_anew_at_the_next() -> None:
    history = History()
    history.join(0)
    history.beats(15, 60, "A1")
    history.beats(106, 136, "A1")
    history.leave(140)
    assert history.of() == [(0, 60, "timeout"), (106, 140, "left")]


def test_a_coming_that_was_told_twice_counts_from_the_earlier_time() -> None:
    for seconds in ((10, 12), (12, 10)):
        history = History()
        for second in seconds:
            history.join(second)
        history.leave(50)
        assert history.of() == [(10, 50, "left")]


def test_45_seconds_of_silence_are_none() -> None:
    history = History()
    history.join(0)
    history.beat(15, "A1")
    history.beat(60, "A1")
    history.leave(105)
    assert history.of() == [(0, 105, "left")]


def test_a_going_that_was_told_late_is_believed_before_one_that_was_only_noticed() -> None:
    for told_first in (True, False):
        history = History()
        history.join(0)
        history.beats(15, 60, "A1")
        if told_first:
            history.leave(70, told=90)
        history.leave(60, reason="LOST", told=80)
        if not told_first:
            history.leave(70, told=90)
        assert history.of() == [(0, 70, "left")]


def test_a_connection_that_was_missed_ends_at_the_last_listing_it_was_in() -> None:
    history = History()
    history.join(0)
    history.beat(15, "A1")
    history.leave(22, reason="LOST", told=40)
    assert history.of(end=30) == [(0, 22, "lost")]
    assert history.of(end=50, running=True) == [(0, 22, "lost")]


def test_a_connection_that_was_missed_more_than_once_was_there_in_between() -> None:
    history = History()
    history.join(0)
    history.beat(15, "A1")
    history.leave(55, reason="LOST")
    history.leave(95, reason="LOST")
    assert history.of() == [(0, 95, "lost")]


def test_a_media_server_that_died_ends_its_connections_at_their_last_sign() -> None:
    history = History()
    history.join(0)
    history.beats(15, 90, "A1")
    history.begin(112, "R2")
    history.join(113, "A2", room="R2")
    history.beat(115, "A2", room="R2")
    history.finish(130, "R2")
    assert history.of() == [(0, 90, "room"), (113, 130, "room")]


def test_the_first_room_that_took_the_place_of_another_counts_whichever_was_told_first() -> None:
    for rooms in (("R2", "R3"), ("R3", "R2")):
        history = History()
        history.join(0)
        history.beats(15, 90, "A1")
        for room in rooms:
            history.begin(40 if room == "R2" else 80, room)
        assert history.of() == [(0, 30, "room")]


def test_two_devices_are_one_presence() -> None:
    history = History()
    history.join(0)
    history.join(20, "A2")
    history.beats(15, 90, "A1", "A2")
    history.leave(50)
    history.leave(100, "A2", reason="PARTICIPANT_REMOVED")
    assert history.of() == [(0, 100, "removed")]


def test_what_lies_outside_the_meeting_does_not_count() -> None:
    history = History()
    history.join(-100)
    history.beats(-90, 300, "A1")
    assert history.of(end=200) == [(0, 200, "meeting")]


def test_a_running_meeting_believes_a_connection_until_it_has_been_silent_for_45_seconds() -> None:
    history = History()
    history.join(0)
    history.beat(15, "A1")
    assert history.of(end=60, running=True) == [(0, 60, "meeting")]
    assert history.of(end=61, running=True) == [(0, 15, "timeout")]
    assert history.of(end=60) == [(0, 15, "timeout")]


def test_a_going_without_a_coming_or_before_it_is_nothing() -> None:
    history = History()
    history.leave(5, "A9")
    history.leave(5)
    history.join(10)
    history.beat(20, "A1", "A9")
    history.finish(30)
    assert history.of() == [(10, 30, "room")]


def test_without_any_heartbeat_comings_and_goings_are_believed_alone() -> None:
    history = History()
    history.join(0)
    history.leave(3000)
    assert history.of() == [(0, 3000, "left")]


def test_gaps_are_what_the_intervals_leave_out() -> None:
    history = History()
    history.join(10)
    history.leave(20)
    history.join(40, "A2")
    history.leave(60, "A2")
    found = presences(history.facts, ["site-01"], Window(at(0), at(100)))["site-01"]
    assert gaps(found, at(0), at(50)) == ((at(0), at(10)), (at(20), at(40)))
    assert gaps(found, at(15), at(100)) == ((at(20), at(40)), (at(60), at(100)))
    assert gaps(found, at(15), at(30)) == ((at(20), at(30)),)
    assert [each.length.total_seconds() for each in found] == [10, 20]
    assert gaps((), at(15), at(100)) == ((at(15), at(100)),)
