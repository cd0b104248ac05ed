"""Who looks after a meeting, and after one segment of it."""

from __future__ import annotations

from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people.model import Account, Right

LEADS = (Right.CHAIR, Right.OPERATOR, Right.COORDINATOR)
WRITES = (*LEADS, Right.HOST, Right.DEPARTMENT)
"""Who may look after something in some meeting; what, the functions below say."""


def leads(meeting: Meeting, account: Account) -> bool:
    """Chair and operator, the coordinator, the host department's people."""
    if account.may(*LEADS):
        return True
    own = meeting.host_department_id
    if own is None:
        return account.may(Right.HOST)
    return account.may(Right.HOST, Right.DEPARTMENT) and account.department == own


def writes(meeting: Meeting, segment: Segment, account: Account) -> bool:
    """A segment is also its own department's."""
    if leads(meeting, account):
        return True
    own = segment.department_id is not None and account.department == segment.department_id
    return own and account.may(Right.HOST, Right.DEPARTMENT)
