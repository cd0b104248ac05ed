"""What bridges read of other features' tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from meetinghub.agendas.claims import WAITING
from meetinghub.agendas.tables import ClaimRow


def minutes_claimed(db: Db, meetings: Sequence[int]) -> Mapping[int, int]:
    """Minutes that wait for the host's answer, by meeting."""
    found = db.exec(
        select(ClaimRow.meeting_id, func.sum(ClaimRow.minutes))
        .where(col(ClaimRow.meeting_id).in_(meetings), ClaimRow.state == WAITING.value)
        .group_by(col(ClaimRow.meeting_id))
    )
    return {meeting: int(minutes) for meeting, minutes in found}
