"""Each site's own part, by the agenda's actual times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Part
from meetinghub.ledger.presence import Window
from meetinghub.meetings import floor
from meetinghub.meetings.live import before_the_start
from meetinghub.meetings.parts import asked, window
from tests.meetinghub.meetings.examples import NOON, Course, started

FEW, OTHERS = "site-01", "site-06"
"""Item 12 concerns the first five sites only, the others concern all."""


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def narrow(course: Course, *segments: tuple[int, tuple[str, ...]]) -> None:
    """Let agenda items concern only these sites."""
    only = dict(segments)
    agenda = tuple(replace(each, sites=only.get(each.id, each.sites)) for each in course.meeting.segments)
    course.meeting = replace(course.meeting, segments=agenda)


def test_before_the_start_nobody_is_asked() -> None:
    course = Course()
    assert window(course.state, course.now) is None
    assert set(asked(course.meeting, course.state, course.now).values()) == {None}


def test_a_running_meeting_lasts_until_now_and_an_ended_one_until_its_end() -> None:
    course = started()
    course.wait(minutes=10)
    assert window(course.state, course.now) == Window(NOON, course.now, running=True)
    assert asked(course.meeting, course.state, course.now)[OTHERS] == Part(NOON, course.now)
    course.write(p.MeetingEnded())
    ended = course.now
    course.wait(minutes=10)
    assert window(course.state, course.now) == Window(NOON, ended)
    assert asked(course.meeting, course.state, course.now)[OTHERS] == Part(NOON, ended)


def test_a_part_goes_from_the_first_item_that_concerns_a_site_to_the_last_by_actual_times() -> None:
    course = started()
    narrow(course, (11, (FEW,)), (13, (FEW, OTHERS)), (14, (FEW,)))
    for segment in (12, 13, 14):
        course.wait(minutes=7)
        course.write(p.SegmentStarted(segment))
    course.wait(minutes=7)
    course.write(p.MeetingEnded())
    found = asked(course.meeting, course.state, course.now)
    assert found[FEW] == Part(NOON, NOON + minutes(28))
    assert found[OTHERS] == Part(NOON + minutes(14), NOON + minutes(21))


def test_items_that_never_began_ask_for_nobody() -> None:
    course = started()
    narrow(course, (11, (FEW,)), (13, (OTHERS,)), (14, (OTHERS,)))
    course.wait(minutes=40)
    course.write(p.MeetingEnded())
    found = asked(course.meeting, course.state, course.now)
    assert found[FEW] == Part(NOON, NOON + minutes(40))
    assert found[OTHERS] is None


def test_an_item_that_was_taken_back_did_not_begin() -> None:
    course = started()
    narrow(course, (11, (FEW,)), (12, (OTHERS,)))
    course.wait(minutes=5)
    course.write(p.SegmentStarted(12))
    course.write(*floor.undo(course.state))
    course.wait(minutes=5)
    found = asked(course.meeting, course.state, course.now)
    assert (found[FEW], found[OTHERS]) == (Part(NOON, NOON + minutes(10)), None)


def test_what_comes_after_the_last_item_is_nobody_s_part() -> None:
    course = started()
    course.write(*(p.SegmentStarted(segment) for segment in (12, 13, 14)))
    course.wait(minutes=30)
    course.write(p.SegmentEnded(14))
    course.wait(minutes=15)
    course.write(p.MeetingEnded())
    assert asked(course.meeting, course.state, course.now)[FEW] == Part(NOON, NOON + minutes(30))


def test_a_meeting_without_an_agenda_asks_for_everybody_all_the_time() -> None:
    course = Course()
    course.meeting = replace(course.meeting, segments=())
    course.state = before_the_start(course.meeting)
    course.write(p.MeetingStarted())
    course.wait(minutes=20)
    assert set(asked(course.meeting, course.state, course.now).values()) == {Part(NOON, course.now)}
