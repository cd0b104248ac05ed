"""Which segments were only read out: against a slow second way to find it, and rule by rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.answering import Question
from digest.detector import CARRIED_OVER, Course, Ended, courses, queried, was_read_out
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact, Payload
from meetinghub.workdays.calendar import Workdays

START = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
PLAIN = Workdays({}, {2026})
ACTS = ("next", "end", "floor", "release", "mute", "hand", "roll", "undo")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 150)), max_size=40)


def facts(acts: list[tuple[str, int]]) -> list[Fact]:
    """Facts of one meeting, each so many seconds after the one before; its end at last."""
    found: list[Fact] = []
    at, segment, undoable = START, 0, []

    def say(payload: Payload) -> int:
        found.append(Fact(len(found) + 1, 1, at, "chair", payload))
        return len(found)

    say(p.MeetingStarted())
    for act, seconds in acts:
        at += timedelta(seconds=seconds)
        if act == "next":
            segment += 1
            undoable.append(say(p.SegmentStarted(segment)))
        elif act == "end":
            undoable.append(say(p.SegmentEnded(segment)))
        elif act == "floor":
            undoable.append(say(p.FloorGranted("site-04", at)))
        elif act == "release":
            undoable.append(say(p.FloorReleased("site-04", "release")))
        elif act == "mute":
            undoable.append(say(p.AllMuted()))
        elif act == "hand":
            say(p.HandRaised("site-05", ""))
        elif act == "roll":
            say(p.SiteChecked("site-05", ()))
        elif undoable:
            say(p.ActUndone(undoable.pop()))
    at += timedelta(seconds=90)
    say(p.MeetingEnded())
    return found


def second_by_second(known: list[Fact]) -> dict[int, Course]:
    """The same, found by looking at every second."""
    undone = {each.payload.undoes for each in known if isinstance(each.payload, p.ActUndone)}
    happened = [each for each in known if each.number not in undone]
    ran: dict[int, int] = {}
    spoke: dict[tuple[int, int, int], int] = {}
    granted_in: set[tuple[int, int]] = set()
    asked: dict[int, int] = {}
    current = run = floor = 0
    at = START
    for each in happened:
        while at < each.at:
            if current:
                ran[current] = ran.get(current, 0) + 1
                if floor:
                    spoke[current, floor, run] = spoke.get((current, floor, run), 0) + 1
            at += timedelta(seconds=1)
        match each.payload:
            case p.SegmentStarted(segment=segment):
                current, run = segment, each.number
                ran.setdefault(segment, 0)
            case p.SegmentEnded() | p.MeetingEnded():
                current = 0
                floor = 0 if isinstance(each.payload, p.MeetingEnded) else floor
            case p.FloorGranted():
                floor = each.number
                if current:
                    granted_in.add((current, floor))
            case p.FloorReleased() | p.AllMuted():
                floor = 0
            case p.HandRaised():
                if current:
                    asked[current] = asked.get(current, 0) + 1
            case _:
                pass
    voices: dict[int, set[int]] = {}
    for segment, number in granted_in:
        voices.setdefault(segment, set()).add(number)
    for (segment, number, _), seconds in spoke.items():
        if seconds >= CARRIED_OVER.total_seconds():
            voices.setdefault(segment, set()).add(number)
    return {
        segment: Course(timedelta(seconds=seconds), asked.get(segment, 0) + len(voices.get(segment, ())))
        for segment, seconds in ran.items()
    }


def zero_long(known: list[Fact]) -> bool:
    """Whether two facts share a moment: then which second is whose is a matter of taste."""
    moments = [each.at for each in known]
    return len(set(moments)) < len(moments)


@given(STEPS)
def test_how_segments_went_is_what_looking_at_every_second_finds(acts: list[tuple[str, int]]) -> None:
    known = facts([(act, seconds + 1) for act, seconds in acts])
    if not zero_long(known):
        assert dict(courses(known)) == second_by_second(known)


@given(STEPS)
def test_nothing_is_counted_twice_or_outside_the_meeting(acts: list[tuple[str, int]]) -> None:
    known = facts(acts)
    found = courses(known)
    assert sum((each.ran for each in found.values()), timedelta()) <= known[-1].at - START
    assert all(each.ran >= timedelta() and each.questions >= 0 for each in found.values())


def ended(*, minutes: float = 10, questions: int = 0, decided: bool | None = None, run: bool = True) -> Ended:
    course = Course(timedelta(minutes=minutes), questions) if run else None
    return Ended(1, DepartmentId(3), course, decided, date(2026, 11, 26))


@pytest.mark.parametrize(("segment", "today", "verdict"), [
    (ended(decided=False), date(2026, 11, 26), True),
    (ended(decided=True), date(2026, 12, 31), False),
    (ended(questions=1, decided=False), date(2026, 12, 31), False),
    (ended(minutes=0.5, decided=False), date(2026, 12, 31), False),
    (ended(run=False, decided=False), date(2026, 12, 31), False),
    (ended(), date(2026, 12, 2), None),
    (ended(), date(2026, 12, 3), True),
    (ended(questions=2), date(2026, 11, 26), False),
])  # fmt: skip
def test_a_segment_was_read_out_without_question_decision_or_task(
    segment: Ended, today: date, verdict: bool | None
) -> None:
    assert was_read_out(segment, today=today, workdays=PLAIN) is verdict


def test_a_call_that_was_undone_is_no_question_and_a_start_that_was_undone_no_segment() -> None:
    known = facts([("next", 0), ("floor", 60), ("undo", 5), ("next", 120), ("undo", 3), ("end", 120)])
    assert dict(courses(known)) == {1: Course(timedelta(seconds=308), 0)}


def test_who_is_slow_to_give_the_floor_back_has_not_spoken_about_the_next_segment() -> None:
    slow = facts([("next", 0), ("floor", 60), ("next", 60), ("release", 30), ("end", 300)])
    assert [each.questions for each in courses(slow).values()] == [1, 0]
    speaking = facts([("next", 0), ("floor", 60), ("next", 60), ("release", 90), ("end", 300)])
    assert [each.questions for each in courses(speaking).values()] == [1, 1]


def test_an_item_is_offered_as_a_topic_when_three_different_committees_ask() -> None:
    def asked(*committees: int) -> list[Question]:
        return [Question(n, 1, CommitteeId(c), "?", "", START, "", "", None) for n, c in enumerate(committees)]

    assert queried({1: asked(1, 1, 2, 2), 2: asked(1, 2, 3), 3: []}) == (2,)
