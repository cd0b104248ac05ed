"""The same engine over what was: what was asked for, in order, judged again.

Over the log of live decisions it must give the live decisions. Over past meetings and a draft it shows what the draft
would have changed: a meeting that the draft refuses is not held in that history and uses nothing up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quotas import charge as charges
from quotas import counting
from quotas.assess import Workdays, assess
from quotas.charge import Charge, State
from quotas.counting import Account
from quotas.finding import Assessment, Outcome
from quotas.period import bounds
from quotas.policy import Policy
from quotas.wish import Wish


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish was judged at ``at``. ``charge`` names its row: a new one, or the one that moves or is about to be
    approved. Unless it was refused it is held until ``hold_expires_at``; a charged row that moves stays charged."""

    at: datetime
    charge: int
    wish: Wish
    hold_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A meeting that is charged without having been judged: planned elsewhere, or imported."""

    at: datetime
    charge: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class Charged:
    at: datetime
    charge: int
    meeting: int


@dataclass(frozen=True, slots=True)
class Released:
    at: datetime
    charge: int


Event = Asked | Entered | Charged | Released
PolicyOf = Callable[[Asked], Policy | None]
"""The version that judges a wish, as it was known when it was asked."""


@dataclass(frozen=True, slots=True)
class Decision:
    asked: Asked
    assessment: Assessment


class _Rows:
    """What is charged so far, found by account and by the month in which it counts."""

    def __init__(self) -> None:
        self._months: dict[tuple[Account, int], dict[int, Charge]] = {}
        self._known: dict[int, Charge] = {}

    def get(self, number: int) -> Charge | None:
        return self._known.get(number)

    def put(self, charge: Charge) -> None:
        self.take_out(charge.id)
        self._known[charge.id] = charge
        for account in counting.accounts(charge.wish):
            self._months.setdefault((account, _month(charge.wish.day)), {})[charge.id] = charge

    def take_out(self, number: int) -> None:
        known = self._known.pop(number, None)
        if known is not None:
            for account in counting.accounts(known.wish):
                del self._months[account, _month(known.wish.day)][number]

    def near(self, wish: Wish, policy: Policy) -> Iterable[Charge]:
        """What the policy's rules could count against the wish."""
        found: dict[int, Charge] = {}
        for account, period in counting.looked_at(policy, wish):
            first, after = bounds(period, wish.day)
            for month in range(_month(first), _month(after - timedelta(days=1)) + 1):
                found |= self._months.get((account, month), {})
        return found.values()


def _month(day: date) -> int:
    return 12 * day.year + day.month


def replay(events: Iterable[Event], policy_of: PolicyOf, workdays: Workdays) -> list[Decision]:
    """Every :class:`Asked` of ``events``, in order, judged over what those before it left."""
    rows = _Rows()
    decisions = []
    for event in events:
        match event:
            case Asked(at, number, wish, until):
                policy, held = policy_of(event), rows.get(number)
                usage = rows.near(wish, policy) if policy is not None else ()
                found = assess(usage, wish, policy, now=at, workdays=workdays, ignoring=number)
                decisions.append(Decision(event, found))
                if found.outcome is not Outcome.REFUSED:
                    fixed = held is not None and held.state is State.CHARGED
                    state, expires = (State.CHARGED, None) if fixed else (State.HELD, until)
                    rows.put(Charge(number, wish, state, expires))
            case Entered(_, number, wish):
                rows.put(Charge(number, wish, State.CHARGED))
            case Charged(_, number, meeting):
                if (held := rows.get(number)) is not None:
                    rows.put(charges.commit(held, meeting))
            case Released(_, number):
                rows.take_out(number)
    return decisions


@dataclass(frozen=True, slots=True)
class Changed:
    """A wish that two versions judge differently."""

    asked: Asked
    before: Assessment
    after: Assessment


@dataclass(frozen=True, slots=True)
class Comparison:
    """``before`` and ``after``: how often each outcome. ``by_rule``: which rules of the new version were broken."""

    judged: int
    before: Mapping[Outcome, int]
    after: Mapping[Outcome, int]
    changed: tuple[Changed, ...]
    by_rule: Mapping[str, int]


def compare(events: Sequence[Event], old: PolicyOf, new: PolicyOf, workdays: Workdays) -> Comparison:
    """The same history under two policies. Each keeps its own account of what is used up."""
    was, would = replay(events, old, workdays), replay(events, new, workdays)
    changed = tuple(
        Changed(one.asked, one.assessment, other.assessment)
        for one, other in zip(was, would, strict=True)
        if one.assessment.outcome is not other.assessment.outcome
    )
    broken: Counter[str] = Counter(finding.rule for each in would for finding in each.assessment.broken)
    return Comparison(len(would), _outcomes(was), _outcomes(would), changed, broken)


def _outcomes(decisions: Iterable[Decision]) -> dict[Outcome, int]:
    counted = Counter(each.assessment.outcome for each in decisions)
    return {outcome: counted[outcome] for outcome in Outcome}
