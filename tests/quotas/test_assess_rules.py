"""What holds for every policy and every usage."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from quotas import charge as charges
from quotas.assess import assess
from quotas.charge import Charge, State
from quotas.document import read
from quotas.finding import Outcome
from quotas.policy import Ceiling, CeilingUnit, Per, Policy, Quota, Status, Unit, in_force
from quotas.wish import Wish
from tests.quotas.examples import NOW, Weekdays, policy, wish
from tests.quotas.test_document import RULES

SEVERITY = {outcome: place for place, outcome in enumerate(Outcome)}
MOMENTS = st.integers(0, 200 * 24 * 4).map(lambda quarters: NOW + timedelta(minutes=15 * quarters))
SITES = st.frozensets(st.integers(1, 4), min_size=1)
ROLES = st.sets(st.sampled_from(["secretary", "director", "line_worker"]), min_size=1).map(lambda drawn: tuple(drawn))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    plain = wish(
        department=draw(st.sampled_from([None, 1, 2])),
        line=draw(st.sampled_from(["", "民政", "平安"])),
        roles=draw(ROLES),
        sites=draw(SITES),
        minutes=draw(st.integers(1, 120)),
        own=draw(st.booleans()),
        exempt=draw(st.sampled_from(["", "", "emergency"])),
        speeches=tuple(draw(st.lists(st.integers(1, 30), max_size=2))),
    )
    return replace(plain, starts_at=draw(MOMENTS))


@st.composite
def usages(draw: st.DrawFn) -> list[Charge]:
    drawn = draw(st.lists(st.tuples(wishes(), st.sampled_from(State), st.none() | MOMENTS), max_size=12))
    return [
        Charge(number, each, state, until if state is State.HELD else None)
        for number, (each, state, until) in enumerate(drawn)
    ]


POLICIES = RULES.map(lambda given: policy(*read(given)))


@given(usages(), wishes(), st.sampled_from(Per), st.sampled_from(Unit), st.integers(0, 100), MOMENTS)
def test_a_quota_counts_what_a_naive_recount_counts(
    usage: list[Charge], asked: Wish, per: Per, unit: Unit, percent: int, now: datetime
) -> None:
    rule = Quota("q", per=per, unit=unit, limit=5, not_roles=("secretary",), ride_percent=percent)
    found = assess(usage, asked, policy(rule), now=now, workdays=Weekdays()).findings

    def account(one: Wish) -> tuple[object, ...] | None:
        whose = {Per.DEPARTMENT: (one.department,), Per.LINE: (one.line,), Per.BOTH: (one.department, one.line)}[per]
        return None if "secretary" in one.roles or not all(whose) else whose

    def quarter(one: Wish) -> tuple[int, int]:
        day = (one.starts_at.astimezone(UTC) + timedelta(hours=8)).date()  # Shanghai keeps no summer time
        return day.year, (day.month - 1) // 3

    def weight(one: Wish) -> Fraction:
        units = {"sittings": 1, "minutes": one.minutes, "committee_attendances": len(one.sites)}[unit.value]
        return Fraction(units) * (1 if one.own else Fraction(percent, 100))

    if account(asked) is None:
        assert found == ()
        return
    rows = [
        row
        for row in usage
        if row.state is State.CHARGED
        or (row.state is State.HELD and (row.hold_expires_at is None or row.hold_expires_at > now))
    ]
    rows = [row for row in rows if account(row.wish) == account(asked) and quarter(row.wish) == quarter(asked)]
    assert Fraction(found[0].used, 100) == sum(weight(row.wish) for row in rows)
    assert {row.id for row in found[0].rows} == {row.id for row in rows if weight(row.wish)}
    assert found[0].broken == (weight(asked) > 0 and sum(weight(row.wish) for row in [*rows]) + weight(asked) > 5)


@given(usages(), wishes(), st.sampled_from(CeilingUnit), st.integers(0, 3))
def test_a_ceiling_counts_what_a_naive_recount_counts(
    usage: list[Charge], asked: Wish, unit: CeilingUnit, limit: int
) -> None:
    rule = Ceiling("c", ("director", "line_worker"), unit=unit, limit=limit)
    found = assess(usage, asked, policy(rule), now=NOW, workdays=Weekdays()).findings

    def takes(one: Wish) -> Counter[tuple[int, str]]:
        called = one.own or unit is CeilingUnit.MINUTES  # these rides call nobody anew
        seats = {(site, role) for site in one.sites for role in one.roles & set(rule.roles)} if called else set()
        return Counter(dict.fromkeys(seats, 1 if unit is CeilingUnit.SITTINGS else one.minutes))

    total: Counter[tuple[int, str]] = Counter()
    for row in usage:
        if row.counts(NOW) and (row.wish.day.year, row.wish.day.month) == (asked.day.year, asked.day.month):
            total += takes(row.wish)
    mine = takes(asked)
    if not mine:
        assert found == ()
        return
    over = {site for (site, role), minutes in mine.items() if total[(site, role)] + minutes > limit}
    assert (found[0].broken, found[0].crowded) == (bool(over), len(over))
    assert found[0].used == 100 * max(total[seat] for seat in mine)


@given(usages(), wishes(), POLICIES, st.randoms())
def test_the_order_of_rows_changes_nothing(
    usage: list[Charge], asked: Wish, rules: Policy, chance: random.Random
) -> None:
    straight = assess(usage, asked, rules, now=NOW, workdays=Weekdays())
    chance.shuffle(usage)
    assert assess(usage, asked, rules, now=NOW, workdays=Weekdays()) == straight


@given(usages(), usages(), wishes(), POLICIES)
def test_more_usage_never_makes_an_answer_milder(
    usage: list[Charge], more: list[Charge], asked: Wish, rules: Policy
) -> None:
    added = [replace(row, id=1000 + row.id) for row in more]
    before = assess(usage, asked, rules, now=NOW, workdays=Weekdays())
    after = assess([*usage, *added], asked, rules, now=NOW, workdays=Weekdays())
    assert SEVERITY[after.outcome] >= SEVERITY[before.outcome]
    for one, other in zip(before.findings, after.findings, strict=True):
        assert other.used >= one.used
        assert other.broken >= one.broken


@given(usages(), wishes(), POLICIES, st.integers(0, 11), MOMENTS)
def test_a_meeting_that_moves_there_and_back_leaves_everything_as_it_was(
    usage: list[Charge], asked: Wish, rules: Policy, which: int, elsewhere: datetime
) -> None:
    moved = [
        charges.move(charges.move(row, elsewhere), row.wish.starts_at) if row.id == which else row for row in usage
    ]
    one, other = (assess(rows, asked, rules, now=NOW, workdays=Weekdays()) for rows in (usage, moved))
    assert one == other


@given(usages(), wishes(), POLICIES)
def test_every_answer_follows_from_its_findings_and_names_its_rows(
    usage: list[Charge], asked: Wish, rules: Policy
) -> None:
    found = assess(usage, asked, rules, now=NOW, workdays=Weekdays())
    assert (found.outcome is Outcome.NEEDS_APPROVAL) == bool(found.approvers)
    assert (found.outcome is Outcome.GRANTED) == all(not each.action.approvers for each in found.broken) or (
        found.outcome is Outcome.REFUSED
    )
    for finding in found.findings:
        assert all(row.counts(NOW) for row in finding.rows)
        if finding.kind in {"quota", "ceiling"} and finding.broken and finding.used:
            assert finding.rows
        if finding.period is not None:
            assert finding.first is not None
            assert finding.after is not None
            assert all(finding.first <= row.wish.day < finding.after for row in finding.rows)


@given(st.lists(st.tuples(st.sampled_from(Status), st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1)))))
def test_the_version_in_force_is_the_active_one_that_began_last(drawn: list[tuple[Status, date | None]]) -> None:
    versions = [Policy(number, (), status, since) for number, (status, since) in enumerate(drawn, start=1)]
    day = date(2026, 2, 1)
    began = [
        (each.effective_from, each.number)
        for each in versions
        if each.status is Status.ACTIVE and each.effective_from is not None and each.effective_from <= day
    ]
    found = in_force(versions, day)
    assert (found.effective_from, found.number) == max(began) if found else not began
