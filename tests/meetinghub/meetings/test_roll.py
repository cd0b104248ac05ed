from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Payload
from meetinghub.meetings import floor, roll
from meetinghub.meetings.fold import fold
from meetinghub.meetings.roll import Ticks
from tests.meetinghub.meetings.examples import NOON, SITES, Course, started

ROSTER = range(1, 11)


def here(*people: int, guests: int = 0, excused: dict[int, str] | None = None) -> Ticks:
    return Ticks(frozenset(people), guests, excused or {})


def answered(course: Course, site: str, ticks: Ticks) -> None:
    course.write(*roll.answer(course.state, site, ticks, ROSTER, course.now), actor=site)


def test_the_headcount_is_whoever_was_ticked_and_the_guests() -> None:
    course = started("site-01")
    answered(course, "site-01", here(1, 2, 3, guests=2, excused={4: "leave"}))
    assert course.state.roll.headcounts == {"site-01": 5}
    assert course.facts[-1].payload == p.RosterTicked("site-01", (1, 2, 3), 2, (4,), ("leave",))


def test_a_later_answer_replaces_the_earlier_and_the_same_again_writes_nothing() -> None:
    course = started("site-01")
    for ticks in (here(1, 2), here(1, 2, 3), here(3, 2, 1)):
        answered(course, "site-01", ticks)
    assert course.state.roll.headcounts == {"site-01": 3}
    assert sum(isinstance(fact.payload, p.RosterTicked) for fact in course.facts) == 2


def test_the_newest_word_about_a_headcount_counts_whoever_said_it() -> None:
    course = started("site-01")
    answered(course, "site-01", here(1, 2))
    course.write(*roll.count(course.state, "site-01", 7, course.now))
    assert course.state.roll.headcounts == {"site-01": 7}
    assert course.state.roll.answers["site-01"].people == (1, 2)
    answered(course, "site-01", here(1, 2))
    assert course.state.roll.headcounts == {"site-01": 2}


@pytest.mark.parametrize(
    ("ticks", "wrong"),
    [
        (here(1, 11), {"people": "roll.unknown_person"}),
        (here(1, guests=-1), {"guests": "roll.guests_out_of_range"}),
        (here(1, guests=501), {"guests": "roll.guests_out_of_range"}),
        (here(1, excused={1: "leave"}), {"excused": "roll.here_and_excused"}),
        (here(1, excused={2: "tired"}), {"excused": "roll.unknown_reason"}),
        (here(1, excused={99: "leave"}), {"excused": "roll.unknown_person"}),
        (here(99, guests=999), {"people": "roll.unknown_person", "guests": "roll.guests_out_of_range"}),
    ],
)
def test_an_answer_that_cannot_be_is_refused_field_by_field(ticks: Ticks, wrong: dict[str, str]) -> None:
    course = started("site-01")
    with pytest.raises(Invalid) as refusal:
        roll.answer(course.state, "site-01", ticks, ROSTER, course.now)
    assert refusal.value.fields == wrong


def test_answers_are_taken_from_an_hour_before_until_the_end() -> None:
    course = Course()
    early = NOON - timedelta(minutes=60)
    with pytest.raises(Refused, match="too_early"):
        roll.answer(course.state, "site-01", here(1), ROSTER, early - timedelta(seconds=1))
    with pytest.raises(Refused, match="too_early"):
        roll.open_roll(course.state, early - timedelta(seconds=1))
    assert roll.answer(course.state, "site-01", here(1), ROSTER, early)
    course.write(p.MeetingStarted(), p.MeetingEnded())
    acts: list[Callable[[], object]] = [
        lambda: roll.answer(course.state, "site-01", here(1), ROSTER, course.now),
        lambda: roll.count(course.state, "site-01", 3, course.now),
        lambda: roll.open_roll(course.state, course.now),
        lambda: roll.remind(course.state, None, course.now),
        lambda: roll.excuse(course.state, "site-01", "换届"),
        lambda: roll.unexcuse(course.state, "site-01"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="over"):
            act()


def test_a_meeting_that_began_early_is_answered_at_once() -> None:
    course = Course()
    course.now = NOON - timedelta(hours=3)
    course.write(p.MeetingStarted())
    assert roll.answer(course.state, "site-01", here(1), ROSTER, course.now)


def test_a_reminder_reaches_only_those_who_are_there_and_have_not_answered() -> None:
    course = started("site-01", "site-02", "site-03", "site-04")
    answered(course, "site-01", here(1))
    course.write(*roll.count(course.state, "site-02", 4, course.now))
    course.write(*roll.excuse(course.state, "site-03", "换届选举"))
    assert roll.to_remind(course.state) == ("site-04",)
    course.write(*roll.remind(course.state, None, course.now))
    assert course.state.roll.reminders == {"site-04": course.now}
    assert course.state.roll.reminded_at == course.now
    answered(course, "site-04", here(1))
    assert roll.remind(course.state, None, course.now) == ()
    assert roll.remind(course.state, "site-04", course.now) == ()
    with pytest.raises(Refused, match="offline"):
        roll.remind(course.state, "site-09", course.now)


def test_opening_closing_and_opening_again_keeps_what_was_answered() -> None:
    course = started("site-01")
    assert roll.close_roll(course.state) == ()
    course.write(*roll.open_roll(course.state, course.now))
    assert roll.open_roll(course.state, course.now) == ()
    answered(course, "site-01", here(1))
    course.wait(minutes=2)
    course.write(*roll.close_roll(course.state))
    assert (course.state.roll.opened_at, course.state.roll.closed_at) == (NOON, course.now)
    course.wait(minutes=2)
    course.write(*roll.open_roll(course.state, course.now))
    assert course.state.roll.open
    assert course.state.roll.headcounts == {"site-01": 1}
    course.write(p.MeetingEnded())
    assert course.state.roll.closed_at == course.now


def test_a_site_is_excused_with_one_line_and_the_excuse_can_be_taken_back() -> None:
    course = started()
    for reason, code in ((" \n ", "form.required"), ("x" * 61, "form.too_long")):
        with pytest.raises(Invalid) as refusal:
            roll.excuse(course.state, "site-02", reason)
        assert refusal.value.fields == {"reason": code}
    course.write(*roll.excuse(course.state, "site-02", "  换届\n选举 "))
    assert course.state.roll.excused == {"site-02": "换届 选举"}
    assert roll.excuse(course.state, "site-02", "换届 选举") == ()
    course.write(*roll.unexcuse(course.state, "site-02"))
    assert course.state.roll.excused == {}
    assert roll.unexcuse(course.state, "site-02") == ()


def test_putting_the_meeting_off_forgets_answers_and_keeps_excuses() -> None:
    course = Course()
    answered(course, "site-01", here(1))
    course.write(*roll.excuse(course.state, "site-02", "换届选举"))
    course.write(p.MeetingPostponed(NOON + timedelta(days=1), "检修"))
    assert (course.state.roll.headcounts, course.state.roll.excused) == ({}, {"site-02": "换届选举"})


def test_a_headcount_out_of_range_and_a_stranger_are_refused() -> None:
    course = started()
    with pytest.raises(Invalid):
        roll.count(course.state, "site-01", 1000, course.now)
    assert roll.count(course.state, "site-01", 0, course.now)
    for site in ("main", "site-34", "wall-1"):
        with pytest.raises(NotFound):
            roll.count(course.state, site, 1, course.now)
        with pytest.raises(NotFound):
            roll.answer(course.state, site, here(), ROSTER, course.now)


SITE = st.sampled_from(SITES[:4])
PEOPLE = st.lists(st.integers(1, 9), unique=True).map(tuple)
ROLL_FACTS: st.SearchStrategy[Payload] = st.one_of(
    st.just(p.RollCallOpened()),
    st.just(p.RollCallClosed()),
    st.lists(SITE, unique=True).map(lambda sites: p.RollCallReminded(tuple(sites))),
    st.builds(p.RosterTicked, SITE, PEOPLE, st.integers(0, 9), st.just(()), st.just(())),
    st.builds(p.HeadcountReported, SITE, st.integers(0, 99)),
    st.builds(p.SiteExcused, SITE, st.just("换届")),
    st.builds(p.SiteExcuseWithdrawn, SITE),
)


@given(st.lists(ROLL_FACTS, max_size=25), st.integers(0, 25))
def test_folding_one_by_one_or_all_at_once_is_the_same_and_the_newest_word_counts(
    facts: list[Payload], split: int
) -> None:
    course = started(*SITES[:4])
    course.write(*facts)
    assert fold(fold(course.first, course.facts[:split]), course.facts[split:]) == course.state
    newest: dict[str, int] = {}
    for fact in facts:
        match fact:
            case p.RosterTicked(site=site, people=people, guests=guests):
                newest[site] = len(people) + guests
            case p.HeadcountReported(site=site, headcount=headcount):
                newest[site] = headcount
            case _:
                pass
    assert course.state.roll.headcounts == newest
    assert set(roll.to_remind(course.state)) == set(SITES[:4]) - set(newest) - set(course.state.roll.excused)


@given(st.lists(ROLL_FACTS, max_size=12))
def test_undo_takes_back_the_floor_and_leaves_the_roll_call_alone(facts: list[Payload]) -> None:
    course = started(*SITES[:2])
    course.write(*floor.call_on(course.state, "site-01", course.now))
    before = course.state.undo
    course.write(*facts)
    assert course.state.undo == before
    kept = course.state.roll
    course.write(*floor.undo(course.state))
    assert course.state.floor is None
    assert course.state.roll == kept
