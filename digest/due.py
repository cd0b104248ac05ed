"""What is due for an issue that has not gone out: derived from its row, the clock and the settings, nothing remembered.

Whoever asks at the same moment gets the same answer; whoever asks after three days without a worker gets what is right
then, not what was missed.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from digest import schedule
from digest.model import Issue, IssueKind, IssueState
from digest.settings import Settings, Unapproved
from meetinghub.workdays.calendar import Workdays


class Due(StrEnum):
    """``WARN``: nobody has approved and it is time to tell the host office; ``WARN_DEPUTY``: the deputy, too.
    ``HELD``: it would go out now, but nobody has approved; ``PAUSED``: but somebody stopped all sending."""

    NOTHING = "nothing"
    WARN = "warn"
    WARN_DEPUTY = "warn_deputy"
    HELD = "held"
    PAUSED = "paused"
    FREEZE = "freeze"
    SEND = "send"
    LAPSE = "lapse"


def due(issue: Issue, workdays: Workdays, settings: Settings, now: datetime) -> Due:
    if issue.state not in {IssueState.OPEN, IssueState.APPROVED}:
        return Due.NOTHING
    if issue.kind is not IssueKind.REGULAR:
        return _of_supplement(issue, workdays, settings, now)
    plan = schedule.plan(issue.week, workdays, settings)
    if plan is None or now >= plan.latest:
        return Due.LAPSE
    approved = issue.state is IssueState.APPROVED
    if now >= plan.sends:
        if settings.paused is not None:
            return Due.PAUSED
        if approved:
            return Due.SEND
        return Due.FREEZE if settings.unapproved is Unapproved.SEND else Due.HELD
    if approved or now < plan.tells:
        return Due.NOTHING
    return Due.WARN if now < plan.tells_deputy else Due.WARN_DEPUTY


def _of_supplement(issue: Issue, workdays: Workdays, settings: Settings, now: datetime) -> Due:
    """Supplements and corrections go out as soon as they are approved, and never without."""
    approved = issue.state is IssueState.APPROVED
    moments = [each for each in (issue.approved_at, issue.send_at) if each is not None]
    ready_at = max(moments) if approved and moments else None
    if now >= schedule.lasts_until(issue.week, ready_at, workdays, settings):
        return Due.LAPSE
    if not approved or (ready_at is not None and now < ready_at):
        return Due.NOTHING
    return Due.PAUSED if settings.paused is not None else Due.SEND
