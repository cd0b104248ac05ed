"""Departments, committees and items on the board of a week's issue, in a database."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session as Db

from digest import spelling
from digest.model import Audience, Kind, Origin, State, Week, Wording, audience_json
from digest.tables import NoticeRow
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, IssueId, NoticeId
from tests.meetinghub.agendas import hosted

WEEK = Week(2026, 48)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
SENDING = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
CIVIL, SAFETY = 3, 4


def committee(seat: int) -> CommitteeId:
    return CommitteeId(100 + seat)


def action(
    title: str = "报高龄津贴未复核名单", *, due: date = date(2026, 11, 25), seats: tuple[int, ...] = ()
) -> Wording:
    return Wording(title, "请各居委会核对后上报。", Kind.ACTION, due, audiences=(_audience(seats),))


def information(title: str = "冬季流感疫苗接种点与时间", *, seats: tuple[int, ...] = ()) -> Wording:
    return Wording(title, "接种点见附件。", audiences=(_audience(seats),))


def submitted(
    db: Db,
    wording: Wording,
    *,
    issue: IssueId | None,
    department: int = CIVIL,
    position: int = 1,
    at: datetime = FRIDAY,
) -> NoticeId:
    """A department's item as it lies on a board; ``issue`` None: handed in too late for one."""
    row = NoticeRow(
        department_id=department,
        state=State.SUBMITTED.value,
        origin=Origin.DEPARTMENT.value,
        title=wording.title,
        text=wording.text,
        kind=wording.kind.value,
        due_on=wording.due_on,
        due_at=spelling.time_text(wording.due_at),
        audiences=[audience_json(each) for each in wording.audiences],
        revision=1,
        position=position,
        issue_id=issue,
        written_by=f"dept-{department:02d}",
        created_at=at,
        updated_by=f"dept-{department:02d}",
        updated_at=at,
        submitted_at=at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return NoticeId(row.id)


def register(db: Db, committees: int = 3) -> None:
    hosted.register(db, committees)


def _audience(seats: tuple[int, ...]) -> Audience:
    return Audience(frozenset(committee(seat) for seat in seats) if seats else None)
