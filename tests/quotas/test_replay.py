"""Replaying is the same engine: a log judges itself again, and a draft shows what it would have changed."""

from __future__ import annotations

from datetime import date, timedelta

from quotas.finding import Outcome
from quotas.policy import Policy
from quotas.replay import Asked, Charged, Entered, Event, Released, compare, replay
from tests.quotas.examples import LEADS, NOW, SEED, Weekdays, policy, quota, wish

HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=30)


def outcomes(events: list[Event], rules: Policy) -> list[Outcome]:
    return [each.assessment.outcome for each in replay(events, lambda asked: rules, Weekdays())]


def asked(number: int, *, hours: int = 0, day: date = date(2026, 10, 20)) -> Asked:
    return Asked(NOW + hours * HOUR, number, wish(day), LATER)


def test_each_wish_is_judged_over_what_those_before_it_left() -> None:
    three = [asked(number, hours=number) for number in range(4)]
    assert outcomes([*three], policy(quota(3))) == [Outcome.GRANTED] * 3 + [Outcome.REFUSED]


def test_what_was_given_back_or_expired_can_be_used_again() -> None:
    events: list[Event] = [asked(1), Released(NOW + HOUR, 1), asked(2, hours=2)]
    assert outcomes(events, policy(quota(1))) == [Outcome.GRANTED, Outcome.GRANTED]
    short = Asked(NOW, 1, wish(), NOW + HOUR)
    assert outcomes([short, asked(2, hours=2)], policy(quota(1))) == [Outcome.GRANTED, Outcome.GRANTED]
    kept: list[Event] = [short, Charged(NOW, 1, 7), asked(2, hours=2)]
    assert outcomes(kept, policy(quota(1))) == [Outcome.GRANTED, Outcome.REFUSED]


def test_a_meeting_that_was_entered_counts_without_having_been_judged() -> None:
    events: list[Event] = [Entered(NOW, 9, wish()), asked(1, hours=1)]
    assert outcomes(events, policy(quota(1))) == [Outcome.REFUSED]


def test_moving_is_asking_again_for_the_same_row() -> None:
    events: list[Event] = [
        asked(1), Charged(NOW, 1, 7), asked(1, hours=1, day=date(2027, 1, 12)), asked(2, hours=2), asked(3, hours=3),
    ]  # fmt: skip
    assert outcomes(events, policy(quota(1)))[1:] == [Outcome.GRANTED, Outcome.GRANTED, Outcome.REFUSED]


def test_a_refused_move_leaves_the_row_where_it_was() -> None:
    events: list[Event] = [
        Entered(NOW, 9, wish(date(2027, 1, 5))), asked(1), Charged(NOW, 1, 7),
        asked(1, hours=1, day=date(2027, 1, 12)), asked(2, hours=2),
    ]  # fmt: skip
    assert outcomes(events, policy(quota(1))) == [Outcome.GRANTED, Outcome.REFUSED, Outcome.REFUSED]


def test_what_a_draft_would_have_changed_is_named_wish_by_wish_and_rule_by_rule() -> None:
    events: list[Event] = [asked(1), asked(2, hours=1), Asked(NOW + 2 * HOUR, 3, wish(roles=LEADS))]
    seen = compare(events, lambda asked: policy(quota(9)), lambda day: policy(*SEED[2:3], quota(1)), Weekdays())
    assert [(each.asked.charge, each.before.outcome, each.after.outcome) for each in seen.changed] == [
        (2, Outcome.GRANTED, Outcome.REFUSED),
        (3, Outcome.GRANTED, Outcome.REFUSED),
    ]
    assert (seen.judged, seen.before[Outcome.GRANTED], seen.after[Outcome.GRANTED]) == (3, 3, 1)
    assert seen.by_rule == {"quota": 2, "calls": 1}


def test_what_a_draft_refuses_uses_nothing_up_in_its_history() -> None:
    monday, tuesday = date(2026, 10, 19), date(2026, 10, 20)
    rules = policy(quota(1), SEED[5])
    assert outcomes([asked(1, day=monday), asked(2, day=tuesday)], rules) == [Outcome.REFUSED, Outcome.GRANTED]


def test_a_version_compared_with_itself_changes_nothing() -> None:
    events: list[Event] = [asked(number, hours=number) for number in range(9)]
    seen = compare(events, lambda asked: policy(*SEED), lambda day: policy(*SEED), Weekdays())
    assert seen.changed == ()
    assert seen.before == seen.after
