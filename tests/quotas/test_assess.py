"""The seed's rules, one by one: who may call, who must ask, who is refused and by which rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from quotas.assess import assess
from quotas.charge import Charge, State
from quotas.finding import Assessment, Finding, Outcome
from quotas.policy import (
    Action,
    Ceiling,
    CeilingUnit,
    ExemptKinds,
    Filing,
    MonthlyMeeting,
    NoMeetingDays,
    Per,
    Quota,
    Rule,
    SpeechCap,
    Unit,
)
from quotas.wish import Call, Wish
from tests.quotas.examples import (
    ALL_SITES,
    LEADS,
    NOW,
    SEED,
    SELF_GOVERNMENT,
    Weekdays,
    charged,
    policy,
    quota,
    wish,
)


def judged(asked: Wish, *rules: Rule, usage: tuple[Charge, ...] = ()) -> Assessment:
    return assess(usage, asked, policy(*rules), now=NOW, workdays=Weekdays())


def only(found: Assessment) -> Finding:
    (finding,) = found.findings
    return finding


def line_meetings(count: int) -> tuple[Charge, ...]:
    return tuple(charged(number, wish(date(2026, 10, 12 + number))) for number in range(count))


def test_without_a_policy_nothing_is_forbidden() -> None:
    found = assess((), wish(), None, now=NOW, workdays=Weekdays())
    assert (found.outcome, found.findings, found.policy) == (Outcome.GRANTED, (), 0)


def test_the_last_of_a_quota_is_granted_and_the_next_refused_with_the_rows_that_used_it_up() -> None:
    last = judged(wish(), quota(3), usage=line_meetings(2))
    assert last.outcome is Outcome.GRANTED
    assert (only(last).left, only(last).left_after) == (100, 0)
    refused = judged(wish(), quota(3), usage=line_meetings(3))
    assert refused.outcome is Outcome.REFUSED
    finding = only(refused)
    assert [row.id for row in finding.rows] == [0, 1, 2]
    assert (finding.limit, finding.used, finding.asked, finding.left) == (300, 300, 100, 0)
    assert (finding.first, finding.after) == (date(2026, 10, 1), date(2027, 1, 1))
    assert finding.key == "finding.quota_broken"


def test_riding_uses_nothing_up_unless_the_rule_gives_it_a_weight() -> None:
    ride = wish(own=False)
    assert judged(ride, quota(3), usage=line_meetings(3)).outcome is Outcome.GRANTED
    half = replace(quota(3), ride_percent=50)
    rides = tuple(charged(10 + number, ride) for number in range(3))
    assert only(judged(ride, half, usage=(*line_meetings(1), *rides))).used == 250
    assert judged(ride, half, usage=(*line_meetings(1), *rides)).outcome is Outcome.GRANTED
    assert judged(wish(), half, usage=(*line_meetings(1), *rides)).outcome is Outcome.REFUSED


def test_a_quota_counts_sittings_minutes_or_committee_attendances() -> None:
    small = wish(sites=frozenset({1, 2, 3}), minutes=40)
    units = {unit: only(judged(small, replace(quota(500), unit=unit), usage=line_meetings(2))) for unit in Unit}
    assert {unit: (found.used, found.asked) for unit, found in units.items()} == {
        Unit.SITTINGS: (200, 100),
        Unit.MINUTES: (12000, 4000),
        Unit.COMMITTEE_ATTENDANCES: (6600, 300),
    }


def test_a_quota_is_of_the_department_of_the_line_or_of_both() -> None:
    others = (charged(1, wish(department=4)), charged(2, wish(line="平安")), charged(3, wish()))
    used = {per: [row.id for row in only(judged(wish(), replace(quota(9), per=per), usage=others)).rows] for per in Per}
    assert used == {Per.DEPARTMENT: [2, 3], Per.LINE: [1, 3], Per.BOTH: [3]}


def test_a_quota_of_line_meetings_does_not_count_calls_on_secretaries() -> None:
    line = replace(quota(1), not_roles=LEADS)
    called = (charged(1, wish(roles=LEADS)),)
    assert judged(wish(), line, usage=called).outcome is Outcome.GRANTED
    assert judged(wish(roles=LEADS), line).findings == ()


def test_a_quota_may_be_of_some_departments_only() -> None:
    assert judged(wish(), replace(quota(0), departments=(9,))).findings == ()
    assert judged(wish(), replace(quota(0), departments=(3, 9))).outcome is Outcome.REFUSED
    assert judged(wish(department=None), quota(0)).findings == ()
    assert judged(wish(line=""), replace(quota(0), per=Per.LINE)).findings == ()


def test_calls_on_secretaries_need_the_coordinator_and_then_the_leader() -> None:
    found = judged(wish(roles=("secretary",)), *SEED)
    assert found.outcome is Outcome.NEEDS_APPROVAL
    assert found.approvers == ("coordinator", "leader")
    assert judged(wish(), *SEED).outcome is Outcome.GRANTED


def test_the_monthly_meeting_of_an_exempt_office_needs_nobody_and_the_second_one_does() -> None:
    monthly = wish(department=SELF_GOVERNMENT, roles=LEADS)
    assert judged(monthly, *SEED).outcome is Outcome.GRANTED
    second = judged(monthly, *SEED, usage=(charged(1, monthly),))
    assert second.outcome is Outcome.NEEDS_APPROVAL
    assert [row.id for found in second.broken if found.kind == "monthly_meeting" for row in found.rows] == [1]
    earlier = charged(1, replace(monthly, starts_at=monthly.starts_at - timedelta(days=31)))
    assert judged(monthly, *SEED, usage=(earlier,)).outcome is Outcome.GRANTED


def test_a_monthly_meeting_of_secretaries_does_not_cover_others() -> None:
    rules = (MonthlyMeeting("monthly", (SELF_GOVERNMENT,), ("secretary",)), *SEED[1:])
    asked = wish(department=SELF_GOVERNMENT, roles=LEADS)
    assert judged(asked, *rules).outcome is Outcome.NEEDS_APPROVAL


def test_a_ride_that_calls_somebody_new_is_a_call() -> None:
    ride = replace(wish(own=False, roles=LEADS), calls=(Call("director", frozenset({4})),))
    assert judged(ride, *SEED).outcome is Outcome.NEEDS_APPROVAL
    assert judged(wish(own=False, roles=LEADS), *SEED).outcome is Outcome.GRANTED


def test_a_ceiling_names_the_fullest_committee_and_how_many_are_over() -> None:
    ceiling = Ceiling("ceiling", ("line_worker",), limit=2, action=Action.BLOCK)
    usage = (
        charged(1, wish(department=4)),
        charged(2, wish(department=5, sites=frozenset({7, 8}))),
        charged(3, wish(department=5, sites=frozenset({8}))),
        charged(4, wish(date(2026, 11, 3), sites=frozenset({8}))),
    )
    found = only(judged(wish(), ceiling, usage=usage))
    assert (found.broken, found.site, found.role, found.crowded) == (True, 8, "line_worker", 2)
    assert [row.id for row in found.rows] == [1, 2, 3]
    free = only(judged(wish(sites=ALL_SITES - {7, 8}), ceiling, usage=usage))
    assert (free.broken, free.crowded, free.used) == (False, 0, 100)


def test_a_ride_adds_minutes_to_those_who_sit_there_but_no_sitting() -> None:
    ride = wish(own=False, minutes=20)
    sittings = Ceiling("ceiling", ("line_worker",), limit=1)
    assert judged(ride, sittings, usage=line_meetings(2)).findings == ()
    minutes = replace(sittings, unit=CeilingUnit.MINUTES, limit=130)
    assert only(judged(ride, minutes, usage=line_meetings(2))).broken
    assert not only(judged(ride, minutes, usage=line_meetings(1))).broken


def test_a_no_meeting_day_names_the_next_day_that_is_allowed() -> None:
    days = NoMeetingDays("days", weekdays=(1,), weeks=(4,))
    monday = judged(wish(date(2026, 11, 16)), days)
    assert monday.outcome is Outcome.REFUSED
    assert only(monday).earliest == date(2026, 11, 17)
    fourth_week = only(judged(wish(date(2026, 11, 24)), days))
    assert (fourth_week.broken, fourth_week.earliest) == (True, date(2026, 12, 1))
    assert not only(judged(wish(date(2026, 11, 17)), days)).broken
    assert judged(wish(date(2026, 11, 16), own=False), days).findings == ()


def test_a_day_off_is_no_day_for_a_meeting_unless_the_rule_says_so() -> None:
    saturday = wish(date(2026, 11, 21))
    assert only(judged(saturday, NoMeetingDays("days"))).broken
    assert not only(judged(saturday, NoMeetingDays("days", days_off=False))).broken
    every = NoMeetingDays("days", weekdays=(1, 2, 3, 4, 5, 6, 7))
    assert only(judged(saturday, every)).earliest is None


def test_filing_counts_working_days_from_today() -> None:
    filing = Filing("filing", 5)
    today = date(2026, 10, 8)
    earliest = Weekdays().add(today, 5)
    assert earliest == date(2026, 10, 15)
    early = only(judged(wish(earliest - timedelta(days=1)), filing))
    assert (early.broken, early.earliest) == (True, earliest)
    assert not only(judged(wish(earliest), filing)).broken


def test_a_speech_beyond_the_cap_is_warned_of_only() -> None:
    found = judged(wish(speeches=(8, 12)), SpeechCap("speech", 10))
    assert found.outcome is Outcome.GRANTED
    assert (only(found).broken, only(found).asked) == (True, 1200)
    assert judged(wish(), SpeechCap("speech", 10)).findings == ()


def test_an_exempt_kind_is_told_and_never_refused_and_uses_no_quota() -> None:
    rules = (ExemptKinds("exempt", ("emergency",)), quota(0), NoMeetingDays("days", weekdays=(2,)))
    found = judged(wish(exempt="emergency"), *rules)
    assert found.outcome is Outcome.GRANTED
    assert [(each.kind, each.broken, each.action) for each in found.findings] == [
        ("exempt_kinds", False, Action.WARN),
        ("no_meeting_days", True, Action.WARN),
    ]
    emergencies = (charged(1, wish(exempt="emergency")),)
    assert judged(wish(), replace(quota(1)), rules[0], usage=emergencies).outcome is Outcome.GRANTED
    assert judged(wish(exempt="statutory"), *rules).outcome is Outcome.REFUSED


def test_its_own_charge_does_not_stand_in_the_way_of_what_moves() -> None:
    usage = line_meetings(3)
    moved = replace(usage[0].wish, starts_at=usage[0].wish.starts_at + timedelta(days=3))
    rules = policy(quota(3))
    assert assess(usage, moved, rules, now=NOW, workdays=Weekdays(), ignoring=0).outcome is Outcome.GRANTED
    assert assess(usage, moved, rules, now=NOW, workdays=Weekdays()).outcome is Outcome.REFUSED


def test_an_expired_hold_and_a_released_charge_use_nothing_up() -> None:
    usage = (
        Charge(1, wish(), State.HELD, NOW),
        Charge(2, wish(), State.RELEASED),
        Charge(3, wish(), State.HELD, NOW + timedelta(seconds=1)),
    )
    assert [row.id for row in only(judged(wish(), quota(3), usage=usage)).rows] == [3]


def test_the_most_severe_of_what_is_broken_decides() -> None:
    rules: list[Rule] = [Quota(action.value, limit=0, action=action) for action in Action]
    outcomes = [judged(wish(), *rules[: count + 1]).outcome for count in range(4)]
    assert outcomes == [Outcome.GRANTED, Outcome.NEEDS_APPROVAL, Outcome.NEEDS_APPROVAL, Outcome.REFUSED]
    assert judged(wish(), *rules[:2]).approvers == ("coordinator",)
    assert judged(wish(), *rules[:3]).approvers == ("coordinator", "leader")
    refused = judged(wish(), *rules)
    assert refused.approvers == ()
    assert [found.action for found in refused.broken] == list(Action)[::-1]
