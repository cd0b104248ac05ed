"""Who must say yes, in which order, until when; and who may say it.

The chain is what the assessment asks for, the coordinator always before the leader. A step is decided by an account
with that office's right, or by a deputy whom such an account named for a time; never by whoever asked, and nobody
decides two steps of one round. Approving the last step grants the request; returning or refusing at any step ends the
round and needs a reason. A step past its due day stays open and is shown as overdue: nothing is approved by silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden, Invalid, Refused, Stale
from meetinghub.people.model import Right

DAYS = 2
"""Working days an approver has for one step; due at the end of the last of them."""
CLOSING = time(18, 0)
REMINDING = time(9, 0)
"""On the day a step is due, which is a working day."""
LONGEST_REASON = 200


class Office(StrEnum):
    COORDINATOR = "coordinator"
    LEADER = "leader"


ORDER = tuple(Office)


class Verdict(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


class WorkingDays(Protocol):
    def add(self, day: date, n: int, /) -> date:
        """The ``n``-th working day after ``day``."""
        ...


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """``position`` counts from 1. ``due_at`` is None until it is this step's turn."""

    position: int
    office: Office
    due_at: datetime | None = None
    verdict: Verdict | None = None
    by: str = ""
    reason: str = ""
    decided_at: datetime | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deputy:
    """``account`` decides for ``office`` from ``since`` until before ``until``; ``when_late``: only what is overdue."""

    office: Office
    account: str
    since: datetime
    until: datetime
    when_late: bool = False

    def stands_in(self, office: Office, account: str, now: datetime) -> bool:
        return self.office is office and self.account == account and self.since <= now < self.until

    def decides(self, step: ApprovalStep, account: str, now: datetime) -> bool:
        late = step.due_at is not None and step.due_at <= now
        return self.stands_in(step.office, account, now) and (late or not self.when_late)


def chain(offices: Iterable[str], now: datetime, days: WorkingDays) -> tuple[ApprovalStep, ...]:
    """A new round: each office once, in the fixed order, the first with its due time."""
    wanted = set(offices)
    steps = [ApprovalStep(position, office) for position, office in enumerate((o for o in ORDER if o in wanted), 1)]
    return tuple(replace(step, due_at=due(now, days)) if step.position == 1 else step for step in steps)


def widened(
    steps: tuple[ApprovalStep, ...], offices: Iterable[str], now: datetime, days: WorkingDays
) -> tuple[ApprovalStep, ...]:
    """The round with a further step for each of ``offices`` that nobody thought of when it began."""
    missing = set(offices) - {step.office for step in steps}
    new = [ApprovalStep(len(steps) + n, office) for n, office in enumerate((o for o in ORDER if o in missing), 1)]
    if new and granted(steps):
        new[0] = replace(new[0], due_at=due(now, days))
    return (*steps, *new)


def due(now: datetime, days: WorkingDays) -> datetime:
    """When a step that begins ``now`` should be decided."""
    return datetime.combine(days.add(now.astimezone(SHANGHAI).date(), DAYS), CLOSING, SHANGHAI)


def remind_at(due_at: datetime) -> datetime:
    """When whoever has not decided yet is reminded: on the morning of the last day."""
    return datetime.combine(due_at.astimezone(SHANGHAI).date(), REMINDING, SHANGHAI)


def current(steps: Sequence[ApprovalStep]) -> ApprovalStep | None:
    """The step whose turn it is; None when the round is over."""
    if any(step.verdict in {Verdict.RETURN, Verdict.REFUSE} for step in steps):
        return None
    return next((step for step in steps if step.verdict is None), None)


def may_decide(
    steps: Sequence[ApprovalStep],
    *,
    account: str,
    rights: frozenset[Right],
    deputies: Iterable[Deputy],
    asker: str,
    now: datetime,
) -> ApprovalStep:
    """The step that this account may decide now; raises :class:`Stale`, :class:`Forbidden` or :class:`Refused`."""
    step = current(steps)
    if step is None:
        raise Stale("asking.decided_already")
    deputy = any(each.decides(step, account, now) for each in deputies)
    if Right(step.office.value) not in rights and not deputy:
        raise Forbidden("asking.not_your_turn")
    if account == asker:
        raise Refused("asking.own_request")
    if any(each.by == account for each in steps):
        raise Refused("asking.second_step")
    return step


def decide(
    steps: Sequence[ApprovalStep],
    *,
    verdict: Verdict,
    reason: str,
    by: str,
    now: datetime,
    days: WorkingDays,
) -> tuple[ApprovalStep, ...]:
    """The round with its current step decided; whoever calls has asked :func:`may_decide`."""
    step = current(steps)
    if step is None:
        raise Stale("asking.decided_already")
    reason = reason.strip()
    if verdict is not Verdict.APPROVE and not reason:
        raise Invalid(fields={"reason": "asking.verdict_reason_missing"})
    if len(reason) > LONGEST_REASON:
        raise Invalid(fields={"reason": "form.too_long"})
    decided = replace(step, verdict=verdict, by=by, reason=reason, decided_at=now)
    place = steps.index(step)
    rest = list(steps[place + 1 :])
    if rest and verdict is Verdict.APPROVE:
        rest[0] = replace(rest[0], due_at=due(now, days))
    return (*steps[:place], decided, *rest)


def granted(steps: Sequence[ApprovalStep]) -> bool:
    """Whether everybody who had to has said yes. A round without steps is granted."""
    return all(step.verdict is Verdict.APPROVE for step in steps)
