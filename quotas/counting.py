"""How much of a quota or a ceiling charges use up: sums over rows, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from quotas.charge import Charge
from quotas.finding import WHOLE
from quotas.period import Period
from quotas.policy import Ceiling, CeilingUnit, MonthlyMeeting, Per, Policy, Quota, Unit
from quotas.wish import Wish

Seats = Mapping[str, frozenset[int]]
"""Role → committees."""


def concerns(rule: Quota, wish: Wish, exempt: Sequence[str]) -> bool:
    """Whether the quota counts it at all. ``exempt`` are the kinds of meetings that the policy exempts."""
    if wish.exempt and wish.exempt in exempt:
        return False
    if rule.per is not Per.LINE and wish.department is None:
        return False
    if rule.per is not Per.DEPARTMENT and not wish.line:
        return False
    if rule.departments and wish.department not in rule.departments:
        return False
    return wish.roles.isdisjoint(rule.not_roles)


def same_account(rule: Quota, one: Wish, other: Wish) -> bool:
    """Whether both are charged to the same department, line or both."""
    if rule.per is not Per.LINE and one.department != other.department:
        return False
    return rule.per is Per.DEPARTMENT or one.line == other.line


def amount(rule: Quota, wish: Wish) -> int:
    """What it uses of the quota, in hundredths of the unit."""
    units = 1 if rule.unit is Unit.SITTINGS else wish.minutes if rule.unit is Unit.MINUTES else len(wish.sites)
    return units * (WHOLE if wish.own else rule.ride_percent)


def of_quota(
    rule: Quota, wish: Wish, usage: Iterable[Charge], first: date, after: date, exempt: Sequence[str]
) -> tuple[Charge, ...]:
    """The charges that use up the wish's quota between two days, by date; those that weigh nothing are left out."""
    found = [
        each
        for each in usage
        if first <= each.wish.day < after
        and same_account(rule, wish, each.wish)
        and concerns(rule, each.wish, exempt)
        and amount(rule, each.wish)
    ]
    return tuple(sorted(found, key=by_date))


def seats(rule: Ceiling, wish: Wish) -> Seats:
    """Whose time it takes, of those the ceiling protects: who is called anew, or (minutes) whom it is addressed to."""
    if rule.unit is CeilingUnit.SITTINGS and wish.calls is not None:
        return {call.role: call.sites for call in wish.calls if call.role in rule.roles and call.sites}
    return {role: wish.sites for role in rule.roles if role in wish.roles and wish.sites}


def taken(rule: Ceiling, wish: Wish) -> int:
    """What it takes of each of :func:`seats`, in hundredths."""
    return WHOLE if rule.unit is CeilingUnit.SITTINGS else WHOLE * wish.minutes


Called = Mapping[tuple[str, frozenset[int]], Sequence[Charge]]
"""Charges by the role and the committees that they call: most call the same ones."""


def called(rule: Ceiling, wanted: Seats, usage: Iterable[Charge], first: date, after: date) -> Called:
    """The charges that take of a wanted role between two days."""
    alike: dict[tuple[object, ...], list[Charge]] = {}
    for each in usage:
        wish = each.wish
        if first <= wish.day < after:
            alike.setdefault((wish.roles, wish.sites, wish.calls), []).append(each)
    found: dict[tuple[str, frozenset[int]], list[Charge]] = {}
    for charges in alike.values():
        for role, sites in seats(rule, charges[0].wish).items():
            if role in wanted:
                found.setdefault((role, sites), []).extend(charges)
    return found


def of_ceiling(rule: Ceiling, wanted: Seats, charges: Called) -> dict[str, Counter[int]]:
    """What they take of each wanted seat: role → committee → hundredths."""
    used: dict[str, Counter[int]] = {role: Counter() for role in wanted}
    once = rule.unit is CeilingUnit.SITTINGS
    for (role, sites), rows in charges.items():
        amounts = WHOLE * len(rows) if once else sum(taken(rule, each.wish) for each in rows)
        used[role].update(dict.fromkeys(sites & wanted[role], amounts))
    return used


Account = tuple[str, object]
"""Whose charges: ``line`` or ``department_id`` and which; an empty name for everybody's."""


def accounts(wish: Wish) -> tuple[Account, ...]:
    """Those under which a charge of this wish is found."""
    return ("line", wish.line), ("department_id", wish.department), ("", None)


def looked_at(policy: Policy, wish: Wish) -> tuple[tuple[Account, Period], ...]:
    """Accounts, each in the period around the wish's day, with all that the rules could count against it."""
    line, department, everybody = accounts(wish)
    found: dict[tuple[Account, Period], None] = {}  # each once
    for rule in policy.rules:
        if isinstance(rule, Quota):
            found[line if rule.per is Per.LINE else department, Period(rule.period.value)] = None
        elif isinstance(rule, MonthlyMeeting) and wish.department in rule.departments:
            found[department, Period.MONTH] = None
        elif isinstance(rule, Ceiling) and seats(rule, wish):
            found[everybody, rule.period] = None
    return tuple(found)


def by_date(charge: Charge) -> tuple[object, ...]:
    return charge.wish.starts_at, charge.id
