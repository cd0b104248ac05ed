"""Items as values, for rules that need no database."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.model import Notice, Origin, State, Week, Wording
from meetinghub.ids import DepartmentId, IssueId, NoticeId

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def notice(
    number: int,
    wording: Wording,
    *,
    position: int = 0,
    departments: tuple[int, ...] = (3,),
    sources: tuple[int, ...] = (),
    state: State = State.SUBMITTED,
    revision: int = 1,
) -> Notice:
    return Notice(
        id=NoticeId(number),
        departments=tuple(DepartmentId(each) for each in departments),
        wording=wording,
        state=state,
        origin=Origin.MERGE if sources else Origin.DEPARTMENT,
        origin_ref=None,
        revision=revision,
        position=position or number,
        issue=IssueId(1),
        week=Week(2026, 48),
        reason="",
        into=None,
        sources=tuple(NoticeId(each) for each in sources),
        attachments=(),
        written_by="dept-03",
        created_at=NOW,
        updated_by="dept-03",
        updated_at=NOW,
        submitted_at=NOW,
    )
