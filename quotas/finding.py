"""What assessing finds: one finding a rule, with the rows that count and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quotas.charge import Charge
from quotas.period import Period
from quotas.policy import Action

WHOLE = 100
"""Amounts are whole hundredths of a unit, because a ride may count for a part of a sitting."""


class Outcome(StrEnum):
    GRANTED = "granted"
    NEEDS_APPROVAL = "needs_approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` is the rule's id, ``kind`` its kind. ``broken``: the wish goes against it, and ``action`` follows.

    ``rows`` are the charges that count. ``limit``, ``used`` (before this wish) and ``asked`` (by it) are in hundredths
    of ``unit``. Where they count per ``period`` it runs from ``first`` until before ``after``. ``site`` and ``role``:
    the fullest of the ``crowded`` committees' holders of a role. ``earliest``: the next day that this rule allows.
    """

    rule: str
    kind: str
    action: Action
    broken: bool
    rows: tuple[Charge, ...] = ()
    unit: str = ""
    limit: int = 0
    used: int = 0
    asked: int = 0
    period: Period | None = None
    first: date | None = None
    after: date | None = None
    site: int | None = None
    role: str = ""
    crowded: int = 0
    earliest: date | None = None

    @property
    def left(self) -> int:
        """What was left before this wish."""
        return max(0, self.limit - self.used)

    @property
    def left_after(self) -> int:
        return max(0, self.limit - self.used - self.asked)

    @property
    def key(self) -> str:
        """Of the catalogue: the sentence that says it."""
        return f"finding.{self.kind}_{'broken' if self.broken else 'kept'}"


@dataclass(frozen=True, slots=True)
class Assessment:
    """``policy`` is the number of the version that judged; 0 = none was in force, and nothing is forbidden."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    policy: int = 0

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The most severe first."""
        order = list(Action)
        return tuple(
            sorted((each for each in self.findings if each.broken), key=lambda each: -order.index(each.action))
        )

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who decides, one after the other; empty unless approval is needed."""
        if self.outcome is not Outcome.NEEDS_APPROVAL:
            return ()
        return max((each.action.approvers for each in self.broken), key=len)


def concluded(findings: tuple[Finding, ...], policy: int) -> Assessment:
    """The most severe of what is broken decides."""
    actions = {each.action for each in findings if each.broken}
    if Action.BLOCK in actions:
        outcome = Outcome.REFUSED
    elif any(action.approvers for action in actions):
        outcome = Outcome.NEEDS_APPROVAL
    else:
        outcome = Outcome.GRANTED
    return Assessment(outcome, findings, policy)
