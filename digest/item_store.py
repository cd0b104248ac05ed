"""All queries about items, their revisions and attachments; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, delete, func, select, update

from digest.model import (
    Attachment,
    Kind,
    Link,
    LinkKind,
    Notice,
    Origin,
    State,
    Week,
    Wording,
    audience_json,
    audience_of,
)
from digest.spelling import time_of, time_text, wording_json, wording_of
from digest.tables import IssueRow, NoticeFileRow, NoticeRevisionRow, NoticeRow
from meetinghub.files.kinds import Kind as FileKind
from meetinghub.files.kinds import of_ending
from meetinghub.ids import DepartmentId, IssueId, NoticeId


@dataclass(frozen=True, slots=True)
class Revision:
    """What an item said once. ``of_host``: the host office wrote it."""

    revision: int
    wording: Wording
    by: str
    of_host: bool
    at: datetime


def add(
    db: Db,
    department: DepartmentId,
    wording: Wording,
    *,
    by: str,
    now: datetime,
    origin: Origin = Origin.DEPARTMENT,
    origin_ref: int | None = None,
) -> NoticeId:
    """A new draft at revision 1; its number."""
    row = NoticeRow(
        department_id=department,
        state=State.DRAFT.value,
        origin=origin.value,
        origin_ref=origin_ref,
        revision=1,
        written_by=by,
        created_at=now,
        updated_by=by,
        updated_at=now,
        **_said(wording),
    )
    db.add(row)
    db.flush()
    return NoticeId(_id(row.id))


def keep(db: Db, number: NoticeId, wording: Wording, *, by: str, now: datetime) -> int:
    """Write what it says now; the new revision."""
    row = _row(db, number)
    for name, value in _said(wording).items():
        setattr(row, name, value)
    row.revision, row.updated_by, row.updated_at = row.revision + 1, by, now
    db.add(row)
    db.flush()
    return row.revision


def note(
    db: Db,
    number: NoticeId,
    state: State,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    submitted: bool = False,
) -> None:
    """Give it another state. What leaves the board leaves its issue; ``submitted``: handed in at this moment."""
    row = _row(db, number)
    row.state, row.reason, row.updated_by, row.updated_at = state.value, reason, by, now
    if state in {State.DRAFT, State.RETURNED, State.WITHDRAWN}:
        row.issue_id, row.position = None, 0
    if submitted:
        row.submitted_at = now
    db.add(row)
    db.flush()


def place(db: Db, number: NoticeId, issue: IssueId | None, position: int = 0) -> None:
    """Put it on a board; ``issue`` None: the host office has to choose one."""
    changed = update(NoticeRow).where(col(NoticeRow.id) == number)
    db.exec(changed.values(issue_id=issue, position=position))
    db.expire_all()


def last_position(db: Db, issue: IssueId) -> int:
    """The position of the last item on a board, 0 for none."""
    return db.exec(select(func.max(NoticeRow.position)).where(NoticeRow.issue_id == issue)).one() or 0


def merge(db: Db, sources: Collection[NoticeId], into: NoticeId | None) -> None:
    """Let ``sources`` be part of another item; None: they stand for themselves again."""
    state = State.SUBMITTED if into is None else State.MERGED
    db.exec(update(NoticeRow).where(col(NoticeRow.id).in_(list(sources))).values(into_id=into, state=state.value))
    db.expire_all()


def forget(db: Db, origin: Origin, ref: int) -> None:
    """Delete the draft that came from there, unless somebody has handed it in."""
    mine = [col(NoticeRow.origin) == origin.value, col(NoticeRow.origin_ref) == ref]
    db.exec(delete(NoticeRow).where(*mine, col(NoticeRow.state) == State.DRAFT.value))


def notice(db: Db, number: int) -> Notice | None:
    found = _notices(db, col(NoticeRow.id) == number)
    return found[0] if found else None


def of_origin(db: Db, origin: Origin, ref: int) -> Notice | None:
    found = _notices(db, col(NoticeRow.origin) == origin.value, col(NoticeRow.origin_ref) == ref)
    return found[0] if found else None


def of_department(
    db: Db,
    department: DepartmentId,
    states: Collection[State] = tuple(State),
    *,
    before: int | None = None,
    limit: int = 200,
) -> list[Notice]:
    """A department's own items, newest first; ``before``: numbered below it."""
    mine = col(NoticeRow.department_id) == department
    return _notices(db, mine, *_listed(states, before), limit=limit, newest=True)


def all_of(
    db: Db, states: Collection[State] = tuple(State), *, before: int | None = None, limit: int = 200
) -> list[Notice]:
    """Every department's, newest first."""
    return _notices(db, *_listed(states, before), limit=limit, newest=True)


def on_board(db: Db, issue: IssueId) -> list[Notice]:
    """What stands on an issue's board, in its order; parts of merged items are in those."""
    wanted = col(NoticeRow.state).in_([State.SUBMITTED.value, State.FROZEN.value])
    return _notices(db, col(NoticeRow.issue_id) == issue, wanted)


def waiting(db: Db) -> list[Notice]:
    """Handed in after the deadline: the host office has to choose an issue."""
    return _notices(db, col(NoticeRow.state) == State.SUBMITTED.value, col(NoticeRow.issue_id).is_(None))


def drafts_waiting(db: Db, department: DepartmentId) -> int:
    """How many read-outs of a department wait to be handed in as items."""
    kept = [each.value for each in (Origin.REQUEST, Origin.CLAIM, Origin.SEGMENT)]
    wanted = select(func.count()).select_from(NoticeRow).where(NoticeRow.department_id == department)
    return db.exec(wanted.where(NoticeRow.state == State.DRAFT.value, col(NoticeRow.origin).in_(kept))).one()


def add_revision(db: Db, number: NoticeId, *, of_host: bool) -> None:
    """Keep for ever what it says now, by whoever wrote it last."""
    row = _row(db, number)
    wording = wording_json(_wording(row))
    key = (number, row.revision)
    if db.get(NoticeRevisionRow, key) is None:
        db.add(
            NoticeRevisionRow(
                notice_id=number,
                revision=row.revision,
                wording=wording,
                by=row.updated_by,
                of_host=of_host,
                at=row.updated_at,
            )
        )
        db.flush()


def revisions(db: Db, number: NoticeId) -> list[Revision]:
    """What it said when it was handed in and after each change of the host office, oldest first."""
    rows = db.exec(
        select(NoticeRevisionRow).where(NoticeRevisionRow.notice_id == number).order_by(col(NoticeRevisionRow.revision))
    )
    return [Revision(row.revision, wording_of(row.wording), row.by, row.of_host, row.at) for row in rows]


def add_file(
    db: Db, number: NoticeId, *, name: str, kind: FileKind, size: int, digest: str, by: str, now: datetime
) -> int:
    row = NoticeFileRow(
        notice_id=number, name=name, ending=kind.ending, bytes=size, digest=digest, added_by=by, added_at=now
    )
    db.add(row)
    db.flush()
    return _id(row.id)


def remove_file(db: Db, file: int) -> None:
    db.exec(delete(NoticeFileRow).where(col(NoticeFileRow.id) == file))


def _notices(db: Db, *conditions: ColumnElement[bool], limit: int | None = None, newest: bool = False) -> list[Notice]:
    """In the order of their board, or newest first; in three queries however many there are."""
    number = col(NoticeRow.id)
    order = [number.desc()] if newest else [col(NoticeRow.position).asc(), number.asc()]
    rows = db.exec(
        select(NoticeRow, IssueRow)
        .join(IssueRow, col(IssueRow.id) == col(NoticeRow.issue_id), isouter=True)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    ).all()
    numbers = [_id(row.id) for row, _ in rows]
    parts = _parts(db, numbers)
    files = _files(db, [*numbers, *(_id(each.id) for found in parts.values() for each in found)])
    return [_notice(row, issue, parts[_id(row.id)], files) for row, issue in rows]


def _listed(states: Collection[State], before: int | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [col(NoticeRow.state).in_([each.value for each in states])]
    if before is not None:
        wanted.append(col(NoticeRow.id) < before)
    return wanted


def _parts(db: Db, numbers: Sequence[int]) -> dict[int, list[NoticeRow]]:
    found: dict[int, list[NoticeRow]] = defaultdict(list)
    if numbers:
        wanted = select(NoticeRow).where(col(NoticeRow.into_id).in_(numbers))
        for row in db.exec(wanted.order_by(col(NoticeRow.position), col(NoticeRow.id))):
            found[row.into_id or 0].append(row)
    return found


def _files(db: Db, numbers: Sequence[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    if numbers:
        wanted = select(NoticeFileRow).where(col(NoticeFileRow.notice_id).in_(numbers))
        for row in db.exec(wanted.order_by(col(NoticeFileRow.id))):
            file = Attachment(_id(row.id), row.name, of_ending(row.ending), row.bytes, row.digest)
            found[row.notice_id].append(file)
    return found


def _notice(
    row: NoticeRow, issue: IssueRow | None, parts: Sequence[NoticeRow], files: dict[int, list[Attachment]]
) -> Notice:
    number = _id(row.id)
    departments = dict.fromkeys([row.department_id, *(each.department_id for each in parts)])
    carried = [*files.get(number, ()), *(file for each in parts for file in files.get(_id(each.id), ()))]
    return Notice(
        id=NoticeId(number),
        departments=tuple(DepartmentId(each) for each in departments),
        wording=_wording(row),
        state=State(row.state),
        origin=Origin(row.origin),
        origin_ref=row.origin_ref,
        revision=row.revision,
        position=row.position,
        issue=None if row.issue_id is None else IssueId(row.issue_id),
        week=None if issue is None else Week(issue.year, issue.week),
        reason=row.reason,
        into=None if row.into_id is None else NoticeId(row.into_id),
        sources=tuple(NoticeId(_id(each.id)) for each in parts),
        attachments=tuple(carried),
        written_by=row.written_by,
        created_at=row.created_at,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
    )


def _said(wording: Wording) -> dict[str, Any]:
    """The columns of what it says."""
    return {
        "title": wording.title,
        "text": wording.text,
        "kind": wording.kind.value,
        "due_on": wording.due_on,
        "due_at": time_text(wording.due_at),
        "audiences": [audience_json(each) for each in wording.audiences],
        "link_kind": wording.link.kind.value,
        "link_target": wording.link.target,
    }


def _wording(row: NoticeRow) -> Wording:
    return Wording(
        title=row.title,
        text=row.text,
        kind=Kind(row.kind),
        due_on=row.due_on,
        due_at=time_of(row.due_at),
        audiences=tuple(audience_of(each) for each in row.audiences),
        link=Link(LinkKind(row.link_kind), row.link_target),
    )


def _row(db: Db, number: NoticeId) -> NoticeRow:
    row = db.get(NoticeRow, number)
    if row is None:
        raise LookupError(number)
    return row


def _id(number: int | None) -> int:
    assert number is not None
    return number
