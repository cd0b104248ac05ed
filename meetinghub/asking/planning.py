"""An approved request → the meeting that is planned of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetinghub.asking.model import Request
from meetinghub.meetings.model import Audience, Meeting, Mode, Segment
from meetinghub.people.model import Committee


def meeting_of(found: Request, *, phone: str, starts_at: datetime) -> Meeting:
    """``phone``: whom a committee calls that cannot get in. ``starts_at``: of a series, which time it is."""
    wish, own = found.wish, found.wish.own
    assert own is not None
    return Meeting(
        id=0,
        title=wish.title,
        host=found.department,
        host_department_id=found.department_id,
        place=own.place,
        phone=phone,
        starts_at=starts_at,
        chair=own.chair,
        audience=Audience(tuple(role.value for role in wish.audience.roles), wish.audience.line),
        sites=(),
        segments=tuple(
            Segment(
                id=0,
                department=found.department,
                department_id=found.department_id,
                title=item.title,
                speaker=item.speaker,
                minutes=item.minutes,
            )
            for item in own.items
        ),
        capacity=own.minutes + own.spare,
        mode=Mode(own.mode),
    )


def called_committees(found: Request, committees: Sequence[Committee]) -> list[Committee]:
    wanted = found.wish.audience.committees
    return [each for each in committees if wanted is None or each.id in wanted]
