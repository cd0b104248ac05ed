from __future__ import annotations

from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Status
from meetinghub.meetings import floor
from meetinghub.meetings.summary import Summary, summary, turns
from tests.meetinghub.meetings.examples import NOON, Course, started


def told(course: Course, site: str) -> Summary:
    found = summary(course.meeting, course.state, course.facts, site, course.now)
    assert found
    return found


def test_there_is_nothing_to_tell_before_the_beginning() -> None:
    course = Course()
    assert summary(course.meeting, course.state, course.facts, "site-01", course.now) is None


def test_a_site_that_came_early_dropped_once_and_stayed() -> None:
    course = Course()
    course.now = NOON - timedelta(minutes=4)
    course.join("site-01")
    course.now = NOON
    course.write(p.MeetingStarted(), p.SegmentStarted(11))
    course.wait(minutes=20)
    course.leave("site-01")
    course.wait(minutes=2)
    course.join("site-01")
    course.wait(minutes=41)
    course.write(p.RosterTicked("site-01", (1, 2, 3), 6), p.MeetingEnded(), p.RoomFinished("RM_1", course.now))
    found = told(course, "site-01")
    assert found.joined_at == NOON - timedelta(minutes=4)
    assert (found.seconds, found.missed, found.drops) == (61 * 60, 120, 1)
    assert (found.judged.status, found.judged.headcount) == (Status.PRESENT, 9)


def test_a_site_that_never_came() -> None:
    course = started("site-02")
    course.wait(minutes=10)
    course.write(p.MeetingEnded())
    found = told(course, "site-01")
    assert (found.joined_at, found.seconds, found.missed, found.drops, found.turns) == (None, 0, 600, 0, 0)
    assert found.judged.status is Status.ABSENT


def test_what_was_answered_for_another_day_is_not_told() -> None:
    course = Course()
    course.write(p.RosterTicked("site-01", (1,), 0), p.SiteExcused("site-01", "换届选举"))
    course.write(p.MeetingPostponed(NOON, "检修"), p.MeetingStarted(), p.SegmentStarted(11))
    course.wait(minutes=1)
    judged = told(course, "site-01").judged
    assert (judged.headcount, judged.people, judged.excuse) == (None, (), "换届选举")
    assert judged.status is Status.EXCUSED


def test_a_turn_counts_unless_it_was_undone_or_put_off() -> None:
    course = started("site-01", "site-02")
    course.write(p.HandRaised("site-01", ""))
    course.write(*floor.call_on(course.state, "site-01", course.now))
    course.write(*floor.give_back(course.state, "site-01", later=True), actor="site-01")
    assert turns(course.facts, "site-01") == 0
    course.write(*floor.undo(course.state))
    assert turns(course.facts, "site-01") == 1
    course.write(*floor.give_back(course.state, "site-01", later=False), actor="site-01")
    course.write(*floor.call_on(course.state, "site-02", course.now))
    course.write(*floor.undo(course.state))
    course.write(*floor.call_on(course.state, "site-01", course.now))
    assert (turns(course.facts, "site-01"), turns(course.facts, "site-02")) == (2, 0)
