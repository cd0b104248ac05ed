"""Whether the rules let a meeting be called: granted, approval needed, or refused, always with the rows that count.

Pure: what is used up comes as rows, the day and the working days are handed in. Every rule that concerns the wish gives
a finding, kept or broken, so that a page can say what is left before anything is sent. More usage never turns a refusal
into something milder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol, assert_never

from quotas import counting
from quotas.charge import Charge, State
from quotas.finding import WHOLE, Assessment, Finding, Outcome, concluded
from quotas.period import Period, bounds, local_day, week_of_month
from quotas.policy import (
    Action,
    CallApproval,
    Ceiling,
    ExemptKinds,
    Filing,
    Limit,
    MonthlyMeeting,
    NoMeetingDays,
    Policy,
    Quota,
    SpeechCap,
    in_force,
)
from quotas.wish import Wish

SEARCHED = 92
"""Days ahead among which the next allowed one is looked for."""


class Workdays(Protocol):
    def is_working(self, day: date) -> bool: ...

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``."""
        ...


def assess(
    usage: Iterable[Charge],
    wish: Wish,
    policy: Policy | None,
    *,
    now: datetime,
    workdays: Workdays,
    ignoring: int | None = None,
) -> Assessment:
    """Judge ``wish`` by ``policy`` as things stand at ``now``.

    ``usage`` may hold rows that do not count (released, expired, other periods). ``ignoring``: the wish's own charge,
    when it is asked for again because it moves or is about to be approved.
    """
    if policy is None:
        return Assessment(Outcome.GRANTED)
    counted = [
        each
        for each in usage
        if each.id != ignoring
        and ((each.hold_expires_at is None and each.state is not State.RELEASED) or each.counts(now))
    ]  # most need no call to be told
    judge = _Judge(counted, wish, policy, now, workdays)
    return concluded(tuple(judge.findings()), policy.number)


def forbidden(rule: NoMeetingDays, day: date, workdays: Workdays) -> bool:
    if day.isoweekday() in rule.weekdays or week_of_month(day) in rule.weeks:
        return True
    return rule.days_off and not workdays.is_working(day)


def next_day(day: date, policies: Iterable[Policy], workdays: Workdays) -> date | None:
    """The first working day after ``day`` on which no version forbids meetings, :data:`SEARCHED` days ahead at most."""
    known = tuple(policies)
    for distance in range(1, SEARCHED):
        ahead = day + timedelta(days=distance)
        policy = in_force(known, ahead)
        rules = [each for each in (policy.rules if policy else ()) if isinstance(each, NoMeetingDays)]
        if workdays.is_working(ahead) and not any(forbidden(each, ahead, workdays) for each in rules):
            return ahead
    return None


class _Judge:
    def __init__(self, usage: list[Charge], wish: Wish, policy: Policy, now: datetime, workdays: Workdays) -> None:
        self._usage = usage
        self._wish = wish
        self._rules = policy.rules
        self._now = now
        self._workdays = workdays
        self._kinds = {kind for rule in policy.rules if isinstance(rule, ExemptKinds) for kind in rule.kinds}

    def findings(self) -> Iterable[Finding]:
        """In the order of the rules. An exempt kind of meeting breaks nothing: it is told."""
        exempt = bool(self._wish.exempt) and self._wish.exempt in self._kinds
        for rule in self._rules:
            if isinstance(rule, ExemptKinds):
                if exempt and self._wish.exempt in rule.kinds:
                    yield Finding(rule.id, rule.kind, Action.WARN, broken=False)
            elif isinstance(rule, MonthlyMeeting):
                if self._wish.own and self._own_call(rule.roles) and self._wish.department in rule.departments:
                    yield self._monthly(rule)
            elif (found := self._limit(rule)) is not None:
                yield replace(found, action=Action.WARN) if exempt else found

    def _limit(self, rule: Limit) -> Finding | None:
        """None when the rule has nothing to say about the wish."""
        match rule:
            case CallApproval():
                return self._call(rule)
            case Quota():
                return self._quota(rule)
            case Ceiling():
                return self._ceiling(rule)
            case NoMeetingDays():
                return self._day(rule)
            case Filing():
                return self._filing(rule)
            case SpeechCap():
                return self._speech(rule)
            case _:
                assert_never(rule)

    def _own_call(self, roles: Iterable[str]) -> bool:
        """Whether it makes somebody with one of these roles come who would not come anyway."""
        wanted = set(roles)
        return any(call.role in wanted and call.sites for call in self._wish.called)

    def _monthly(self, rule: MonthlyMeeting) -> Finding:
        """How many of the office's monthly meetings are used; beyond them the approval of calls is needed as usual."""
        first, after = bounds(Period.MONTH, self._wish.day)
        roles = set(rule.roles)
        rows = [
            each
            for each in self._usage
            if first <= each.wish.day < after
            and each.wish.own
            and each.wish.department == self._wish.department
            and each.wish.exempt not in self._kinds
            and not roles.isdisjoint(each.wish.roles)
        ]
        used, limit = WHOLE * len(rows), WHOLE * rule.per_month
        return Finding(
            rule.id, rule.kind, Action.WARN, used + WHOLE > limit, tuple(sorted(rows, key=counting.by_date)),
            "sittings", limit, used, WHOLE, Period.MONTH, first, after,
        )  # fmt: skip

    def _call(self, rule: CallApproval) -> Finding | None:
        if not self._own_call(rule.roles):
            return None
        called = {call.role for call in self._wish.called if call.sites} & set(rule.roles)
        free: set[str] = set()
        for each in self._rules:
            if isinstance(each, MonthlyMeeting) and self._wish.own and self._wish.department in each.departments:
                free |= set(each.roles) if not self._monthly(each).broken else set()
        return Finding(rule.id, rule.kind, rule.action, broken=not called <= free)

    def _quota(self, rule: Quota) -> Finding | None:
        exempt = tuple(self._kinds)
        asked = counting.amount(rule, self._wish)
        if not counting.concerns(rule, self._wish, exempt):
            return None
        period = Period(rule.period.value)
        first, after = bounds(period, self._wish.day)
        rows = counting.of_quota(rule, self._wish, self._usage, first, after, exempt)
        used, limit = sum(counting.amount(rule, each.wish) for each in rows), WHOLE * rule.limit
        broken = bool(asked) and used + asked > limit
        return Finding(
            rule.id, rule.kind, rule.action, broken, rows, rule.unit.value, limit, used, asked, period, first, after
        )

    def _ceiling(self, rule: Ceiling) -> Finding | None:
        """One finding for all committees: that of the fullest, and how many are over."""
        wanted = counting.seats(rule, self._wish)
        if not wanted:
            return None
        first, after = bounds(rule.period, self._wish.day)
        called = counting.called(rule, wanted, self._usage, first, after)
        used = counting.of_ceiling(rule, wanted, called)
        asked, limit = counting.taken(rule, self._wish), WHOLE * rule.limit
        seats = [(site, role) for role, sites in wanted.items() for site in sites]
        site, role = min(seats, key=lambda seat: (-used[seat[1]][seat[0]], seat))
        crowded = {site for site, role in seats if used[role][site] + asked > limit}
        shown = [each for (of, sites), rows in called.items() if of == role and site in sites for each in rows]
        return Finding(
            rule.id, rule.kind, rule.action, bool(crowded), tuple(sorted(shown, key=counting.by_date)),
            rule.unit.value, limit, used[role][site], asked, rule.period, first, after, site, role, len(crowded),
        )  # fmt: skip

    def _day(self, rule: NoMeetingDays) -> Finding | None:
        """Rides add no meeting to a day."""
        if not self._wish.own:
            return None
        day = self._wish.day
        if not forbidden(rule, day, self._workdays):
            return Finding(rule.id, rule.kind, rule.action, broken=False)
        ahead = (day + timedelta(days=distance) for distance in range(1, SEARCHED))
        earliest = next((each for each in ahead if not forbidden(rule, each, self._workdays)), None)
        return Finding(rule.id, rule.kind, rule.action, broken=True, earliest=earliest)

    def _filing(self, rule: Filing) -> Finding | None:
        if not self._wish.own:
            return None
        earliest = self._workdays.add(local_day(self._now), rule.working_days)
        return Finding(
            rule.id, rule.kind, rule.action, self._wish.day < earliest, limit=WHOLE * rule.working_days,
            unit="working_days", earliest=earliest,
        )  # fmt: skip

    def _speech(self, rule: SpeechCap) -> Finding | None:
        if not self._wish.speeches:
            return None
        longest = max(self._wish.speeches)
        limit = WHOLE * rule.minutes
        return Finding(
            rule.id, rule.kind, rule.action, WHOLE * longest > limit, unit="minutes", limit=limit, asked=WHOLE * longest
        )
