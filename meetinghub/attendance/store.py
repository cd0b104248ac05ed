"""All queries about sealed sheets; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, delete, select, update

from meetinghub.attendance.sheet import Sheet, both
from meetinghub.attendance.tables import AttendanceCorrectionRow, AttendanceRow, AttendanceSheetRow
from meetinghub.ledger.attendance import Status
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.tables import MeetingRow, SegmentRow
from meetinghub.people.tables import CommitteeRow, PersonRow

_SHEET, _LINE, _CORRECTION, _MEETING, _SEGMENT, _COMMITTEE = (
    SQLModel.metadata.tables[row.__tablename__]
    for row in (AttendanceSheetRow, AttendanceRow, AttendanceCorrectionRow, MeetingRow, SegmentRow, CommitteeRow)
)


@dataclass(frozen=True, slots=True)
class Search:
    """Which sealed sheets a list shows. ``committee``: only those it was asked to, its own line instead of sums.
    ``department``: only meetings it hosts or speaks in. ``text`` is a part of the title or of a committee's name."""

    committee: int | None = None
    department: int | None = None
    text: str = ""
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed meeting in a list: of how many sites each word is said, or, for one committee, what is said of it."""

    meeting: int
    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    sealed_at: datetime
    asked: int
    counts: Mapping[Status, int] = field(default_factory=dict)
    headcount: int | None = None
    corrected: int = 0
    waiting: int = 0
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A correction that somebody has to decide."""

    number: int
    meeting: int
    title: str
    committee: str
    by: str
    at: datetime


def due(db: Db, before: datetime, limit: int) -> list[int]:
    """Meetings that ended at ``before`` or earlier and are not sealed, oldest first."""
    wanted = (
        select(MeetingRow.id)
        .outerjoin(AttendanceSheetRow, col(AttendanceSheetRow.meeting_id) == MeetingRow.id)
        .where(MeetingRow.state == State.ENDED.value, MeetingRow.ends_at <= before)
        .where(col(AttendanceSheetRow.meeting_id).is_(None))
        .order_by(col(MeetingRow.ends_at))
        .limit(limit)
    )
    return [number for number in db.exec(wanted) if number is not None]


def is_sealed(db: Db, meeting: int) -> bool:
    return db.get(AttendanceSheetRow, meeting) is not None


def note(db: Db, sheet: Sheet) -> None:
    """Repeat for lists what the sealed sheet and its corrections say now."""
    assert sheet.seal is not None
    number = sheet.meeting.id
    figures = {**_figures(sheet), "headcount": sheet.headcount}
    if is_sealed(db, number):
        db.execute(core.update(_SHEET).where(_SHEET.c.meeting_id == number).values(figures))
    else:
        once = {"meeting_id": number, "sealed": sheet.seal.number, "sealed_at": sheet.seal.at}
        db.execute(core.insert(_SHEET).values({**once, **figures}))
    for table in (AttendanceRow, AttendanceCorrectionRow):
        db.exec(delete(table).where(col(table.meeting_id) == number))
    lines = [
        {
            "meeting_id": number,
            "committee_id": line.place.committee_id,
            "status": line.status.value if line.status is not None else None,
            "late": line.late,
            "left_early": line.left_early,
            "headcount": line.headcount,
            "corrected": line.corrected,
        }
        for line in sheet.lines
    ]
    said = [
        {
            "number": each.number,
            "meeting_id": number,
            "committee_id": line.place.committee_id,
            "proposed_by": each.by,
            "proposed_at": each.at,
            "decided_at": each.decided.at if each.decided else None,
        }
        for line in sheet.lines
        for each in line.corrections
    ]
    if lines:
        db.execute(core.insert(_LINE), lines)
    if said:
        db.execute(core.insert(_CORRECTION), said)


def without_checkpoint(db: Db) -> list[int]:
    """Sealed meetings of which no checkpoint was kept yet."""
    wanted = select(AttendanceSheetRow.meeting_id).where(col(AttendanceSheetRow.checkpointed_at).is_(None))
    return list(db.exec(wanted.order_by(col(AttendanceSheetRow.sealed))))


def note_checkpoint(db: Db, meetings: Iterable[int], now: datetime) -> None:
    changed = update(AttendanceSheetRow).where(col(AttendanceSheetRow.meeting_id).in_(list(meetings)))
    db.exec(changed.values(checkpointed_at=now))


def entries(db: Db, search: Search, *, offset: int = 0, limit: int = 50) -> list[Entry]:
    """Sealed meetings that ``search`` asks for, newest first."""
    found, sheet, line = _MEETING.c, _SHEET.c, _LINE.c
    columns = [found.id, found.title, found.host, found.starts_at, found.ends_at, *sheet]
    if search.committee is not None:
        columns += [line.status.label("own"), line.late.label("own_late"), line.left_early.label("own_early")]
        columns += [line.headcount.label("own_headcount"), line.corrected.label("own_corrected")]
    source, conditions = _source(search), _conditions(db, search)
    if search.committee is not None and search.status is None:
        # From the newest meeting on, which an index leads to, instead of sorting all the committee was asked to.
        source = _held().outerjoin(_LINE, _of(_LINE, search.committee))
        theirs = _LINE.alias()
        conditions.append(core.exists().where(_of(theirs, search.committee)))
    wanted = core.select(*columns).select_from(source).where(*conditions)
    rows = db.execute(wanted.order_by(found.starts_at.desc(), found.id.desc()).offset(offset).limit(limit)).all()
    waits = _waiting(db, [row.id for row in rows], search.committee)
    return [_entry(row, waits.get(row.id, 0), own=search.committee is not None) for row in rows]


def count(db: Db, search: Search) -> int:
    """How many sealed meetings ``search`` asks for."""
    conditions = _conditions(db, search)
    if not conditions and search.committee is not None:  # a line stands only where a sheet does
        lines = core.select(core.func.count()).where(_LINE.c.committee_id == search.committee)
        return int(db.execute(lines).scalar_one())
    source = _source(search) if conditions else _SHEET
    return int(db.execute(core.select(core.func.count()).select_from(source).where(*conditions)).scalar_one())


def waiting(db: Db, *, not_by: str, limit: int = 20) -> list[Waiting]:
    """Corrections that somebody else than ``not_by`` proposed and nobody decided, oldest first."""
    said, meeting, committee = _CORRECTION.c, _MEETING.c, _COMMITTEE.c
    wanted = (
        core.select(said.number, meeting.id, meeting.title, committee.name, said.proposed_by, said.proposed_at)
        .join_from(_CORRECTION, _MEETING, meeting.id == said.meeting_id)
        .join(_COMMITTEE, committee.id == said.committee_id)
        .where(said.decided_at.is_(None), said.proposed_by != not_by)
        .order_by(said.number)
        .limit(limit)
    )
    return [Waiting(*row) for row in db.execute(wanted)]


def person_names(db: Db, numbers: Iterable[int]) -> Mapping[int, str]:
    """The people's names by the numbers of their rows."""
    wanted = select(PersonRow.id, PersonRow.name).where(col(PersonRow.id).in_(set(numbers)))
    return {number: name for number, name in db.exec(wanted) if number is not None}


def _source(search: Search) -> core.Join:
    return _held() if search.committee is None else _held().join(_LINE, _of(_LINE, search.committee))


def _held() -> core.Join:
    return _SHEET.join(_MEETING, _MEETING.c.id == _SHEET.c.meeting_id)


def _of(line: core.FromClause, committee: int) -> core.ColumnElement[bool]:
    """The line of a sheet that is the committee's."""
    return core.and_(line.c.meeting_id == _SHEET.c.meeting_id, line.c.committee_id == committee)


def _conditions(db: Db, search: Search) -> list[core.ColumnElement[bool]]:
    meeting = _MEETING.c
    said: list[core.ColumnElement[bool]] = []
    if search.since is not None:
        said.append(meeting.starts_at >= search.since)
    if search.until is not None:
        said.append(meeting.starts_at < search.until)
    if search.department is not None:
        speaks = core.exists().where(_SEGMENT.c.meeting_id == meeting.id, _SEGMENT.c.department_id == search.department)
        said.append(core.or_(meeting.host_department_id == search.department, speaks))
    if search.status is not None:
        said.append(_has(search.status) if search.committee is not None else _SHEET.c[search.status.value] > 0)
    if search.text:
        said.append(_named(db, search))
    return said


def _named(db: Db, search: Search) -> core.ColumnElement[bool]:
    """The text is part of the title, or of the name of a committee that was there."""
    titled: core.ColumnElement[bool] = _MEETING.c.title.contains(search.text, autoescape=True)
    if search.committee is not None:
        return titled
    named = select(CommitteeRow.id).where(col(CommitteeRow.name).contains(search.text, autoescape=True))
    committees = db.exec(named).all()
    if not committees:
        return titled
    line = _LINE.alias()
    theirs = core.exists().where(line.c.meeting_id == _MEETING.c.id, line.c.committee_id.in_(committees))
    return core.or_(titled, theirs)


def _has(status: Status) -> core.ColumnElement[bool]:
    """A line of that status; who was late and left early is found under both."""
    line = _LINE.c
    same: core.ColumnElement[bool] = line.status == status.value
    if status is Status.LATE:
        return core.or_(same, line.late)
    return core.or_(same, line.left_early) if status is Status.LEFT_EARLY else same


def _waiting(db: Db, numbers: Sequence[int], committee: int | None) -> Mapping[int, int]:
    said = _CORRECTION.c
    wanted = core.select(said.meeting_id, core.func.count()).where(
        said.meeting_id.in_(numbers), said.decided_at.is_(None)
    )
    if committee is not None:
        wanted = wanted.where(said.committee_id == committee)
    return {number: count for number, count in db.execute(wanted.group_by(said.meeting_id))}


def _entry(row: core.Row[Any], waits: int, *, own: bool) -> Entry:
    whole = Entry(
        meeting=row.id,
        title=row.title,
        host=row.host,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        sealed_at=row.sealed_at,
        asked=row.asked,
        waiting=waits,
    )
    if own:
        status = Status(row.own) if row.own is not None else None
        statuses = both(status, late=row.own_late, left_early=row.own_early)
        return replace(whole, statuses=statuses, headcount=row.own_headcount, corrected=int(row.own_corrected))
    counts = {status: count for status in Status if (count := getattr(row, status.value))}
    return replace(whole, counts=counts, headcount=row.headcount, corrected=row.corrected)


def _figures(sheet: Sheet) -> dict[str, int]:
    counts = sheet.counts
    corrected = sum(1 for line in sheet.lines if line.corrected)
    return {"asked": sheet.asked, "corrected": corrected, **{status.value: counts[status] for status in Status}}
