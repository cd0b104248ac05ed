from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetinghub.clock import SHANGHAI
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import NEWEST, RULES, Part, Rule, SiteAttendance, Status, attendance
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Window
from tests.meetinghub.ledger import brute_force
from tests.meetinghub.ledger.histories import LENGTH, SITES, History, after_start, at, chaos

ONE = "site-01"
HOUR = 3600


def judged(
    history: History, *, part: tuple[float, float] | None = (0, HOUR), end: float = HOUR, rule: Rule = RULES[1]
) -> SiteAttendance:
    asked = Part(at(part[0]), at(part[1])) if part else None
    return attendance(history.facts, {ONE: asked}, Window(at(0), at(end)), rule)[ONE]


def there(*spans: tuple[float, float]) -> History:
    history = History()
    for number, (first, last) in enumerate(spans):
        history.join(first, f"A{number}")
        history.leave(last, f"A{number}")
    return history


@pytest.mark.parametrize(
    ("came", "status"), [(299, Status.PRESENT), (300, Status.PRESENT), (300.000001, Status.LATE), (301, Status.LATE)]
)
def test_a_site_is_late_after_five_minutes_and_not_at_five(came: float, status: Status) -> None:
    found = judged(there((came, HOUR)))
    assert (found.status, found.late) == (status, status is Status.LATE)


@pytest.mark.parametrize(
    ("left", "status"),
    [(299, Status.PRESENT), (300, Status.PRESENT), (300.000001, Status.LEFT_EARLY), (301, Status.LEFT_EARLY)],
)
def test_a_site_left_early_before_the_last_five_minutes_and_not_at_five(left: float, status: Status) -> None:
    found = judged(there((0, HOUR - left)))
    assert (found.status, found.left_early) == (status, status is Status.LEFT_EARLY)


@pytest.mark.parametrize(("seconds", "status"), [(1799, Status.BRIEF), (1800, Status.LATE), (1801, Status.LATE)])
def test_a_site_was_there_briefly_under_half_of_its_part_and_not_at_half(seconds: int, status: Status) -> None:
    assert judged(there((HOUR - seconds, HOUR))).status is status


def test_late_and_early_says_both() -> None:
    found = judged(there((400, HOUR - 400)))
    assert (found.status, found.late, found.left_early) == (Status.LATE, True, True)


def test_who_never_came_is_absent_or_excused() -> None:
    history = there((HOUR, HOUR + 10))
    assert judged(history).status is Status.ABSENT
    history.write(0, p.SiteExcused(ONE, "防汛值守"))
    assert (judged(history).status, judged(history).excuse) == (Status.EXCUSED, "防汛值守")
    history.write(1, p.SiteExcuseWithdrawn(ONE))
    assert (judged(history).status, judged(history).excuse) == (Status.ABSENT, None)


def test_who_was_excused_and_came_was_there() -> None:
    history = there((0, HOUR))
    history.write(0, p.SiteExcused(ONE, "防汛值守"))
    assert (judged(history).status, judged(history).excuse) == (Status.PRESENT, "防汛值守")


def test_a_site_is_judged_against_its_own_part_only() -> None:
    history = there((0, 900), (1700, 2400))
    assert judged(history, part=(1800, 2400)).status is Status.PRESENT
    assert judged(history, part=(0, 900)).status is Status.PRESENT
    absent = judged(history, part=(900, 1700))
    assert (absent.status, absent.late, absent.left_early) == (Status.ABSENT, False, False)
    found = judged(history, part=(600, 2400))
    assert (found.status, found.seconds) == (Status.PRESENT, 300 + 700)
    assert found.gaps == found.interruptions == ((at(900), at(1700)),)
    assert [each.end for each in found.intervals] == [at(900), at(2400)]


def test_gaps_before_coming_and_after_leaving_are_no_interruptions() -> None:
    found = judged(there((400, 1000), (1010, 3000)))
    assert found.gaps == ((at(0), at(400)), (at(1000), at(1010)), (at(3000), at(HOUR)))
    assert found.interruptions == ((at(1000), at(1010)),)


def test_a_site_that_was_asked_for_nothing_is_not_judged_but_shown() -> None:
    found = judged(there((400, 1000)), part=None)
    assert (found.status, found.late, found.left_early, found.seconds) == (None, False, False, 600)
    assert (found.gaps, found.interruptions, len(found.intervals)) == ((), (), 1)


def test_parts_of_a_second_are_cut_off_and_never_rounded_up() -> None:
    assert judged(there((0, 59.999))).seconds == 59


def test_headcount_is_that_of_the_newest_answer_or_report() -> None:
    history = there((0, HOUR))
    assert judged(history).headcount is None
    history.write(5, p.HeadcountReported(ONE, 4))
    assert (judged(history).headcount, judged(history).people) == (4, ())
    history.write(6, p.RosterTicked(ONE, (11, 12, 13), 2, (14,), ("leave",)))
    found = judged(history)
    assert (found.headcount, found.people, found.guests) == (5, (11, 12, 13), 2)
    assert found.excused_people == ((14, "leave"),)
    history.write(7, p.HeadcountReported(ONE, 9))
    assert (judged(history).headcount, judged(history).people) == (9, (11, 12, 13))
    history.write(8, p.RosterTicked(ONE, (), 0))
    assert (judged(history).headcount, judged(history).people, judged(history).excused_people) == (0, (), ())


def test_answers_to_a_meeting_that_was_put_off_were_about_the_other_day_but_excuses_stay() -> None:
    history = there((0, HOUR))
    history.write(1, p.RosterTicked(ONE, (11,), 2))
    history.write(2, p.SiteExcused(ONE, "防汛值守"))
    history.write(3, p.MeetingPostponed(at(0), "停电"))
    found = judged(history)
    assert (found.headcount, found.people, found.guests, found.excuse) == (None, (), 0, "防汛值守")


def test_across_midnight_and_the_year_s_end_only_seconds_count() -> None:
    start = 35 * 24 * HOUR + 9 * HOUR + HOUR // 2  # 23:30 on the last of December in Shanghai
    history = there((start, start + HOUR))
    window = Window(at(start), at(start + HOUR))
    found = attendance(history.facts, {ONE: Part(window.start, window.end)}, window, RULES[1])[ONE]
    (interval,) = found.intervals
    assert (found.status, found.seconds) == (Status.PRESENT, HOUR)
    assert [moment.astimezone(SHANGHAI).year for moment in (interval.start, interval.end)] == [2026, 2027]


def test_the_newest_rule_is_the_last_one_and_old_ones_stay() -> None:
    assert max(RULES) == NEWEST
    assert RULES[1] == Rule(late=timedelta(minutes=5), early=timedelta(minutes=5), brief=50)


SPANS = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(sorted)
RULE = st.builds(
    Rule,
    st.integers(0, 90).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 90).map(lambda seconds: timedelta(seconds=seconds)),
    st.sampled_from((0, 25, 50, 100)),
)


@settings(max_examples=100)
@given(st.integers(0, 2**32), SPANS, SPANS, RULE, st.booleans(), st.booleans())
def test_every_status_is_what_a_brute_force_over_every_second_finds(
    seed: int, bounds: list[int], own: list[int], rule: Rule, excused: bool, running: bool
) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        agree(chaos(chance), bounds, own, rule, excused=excused, running=running)


def agree(facts: list[Fact], bounds: list[int], own: list[int], rule: Rule, *, excused: bool, running: bool) -> None:
    start, end = bounds
    first, last = (min(max(each, start), end) for each in own)
    part = (first, last) if first < last else None
    if excused:
        facts = [*facts, *(Fact(10_000, 1, at(0), "", p.SiteExcused(site, "值守")) for site in SITES)]
    asked = {site: Part(at(part[0]), at(part[1])) if part else None for site in SITES}
    found = attendance(facts, asked, Window(at(start), at(end), running), rule)
    for site in SITES:
        there = brute_force.seconds_there(facts, site, start, end, running=running)
        late, early = (int(each.total_seconds()) for each in (rule.late, rule.early))
        status = found[site].status
        expected = brute_force.status(there, part, late, early, rule.brief, excused)
        assert (status.value if status else "not asked") == expected
        within = there & set(range(*part)) if part else there
        assert found[site].seconds == len(within)
        left_out = {s for one, two in found[site].gaps for s in range(after_start(one), after_start(two))}
        assert left_out == (set(range(*part)) - there if part else set())
