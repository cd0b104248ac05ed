"""All queries about sealed sheets; rows become frozen values here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """A sealed meeting in a list: how many sites of each status, or, where one committee was asked for, its own."""

    meeting: int
    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    sealed_at: datetime
    sites: int
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
    row = db.get(AttendanceSheetRow, number)
    if row is None:
        db.add(AttendanceSheetRow(meeting_id=number, sealed=sheet.seal.number, sealed_at=sheet.seal.at))
    for table in (AttendanceRow, AttendanceCorrectionRow):
        db.exec(delete(table).where(col(table.meeting_id) == number))
    db.flush()
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
    found, sheet = _MEETING.c, _SHEET.c
    wanted = (
        core.select(found.id, found.title, found.host, found.starts_at, found.ends_at, sheet.sealed_at)
        .join_from(_SHEET, _MEETING, found.id == sheet.meeting_id)
        .where(*_conditions(search))
        .order_by(found.starts_at.desc(), found.id.desc())
        .offset(offset)
        .limit(limit)
    )
    rows = db.execute(wanted).all()
    numbers = [number for number, *_ in rows]
    lines = _lines(db, numbers, search.committee)
    waits = _waiting(db, numbers, search.committee)
    return [_entry(row, lines[row[0]], waits.get(row[0], 0), search.committee) for row in rows]


def count(db: Db, search: Search) -> int:
    """How many sealed meetings ``search`` asks for."""
    wanted = core.select(core.func.count()).select_from(_SHEET.join(_MEETING, _MEETING.c.id == _SHEET.c.meeting_id))
    return int(db.execute(wanted.where(*_conditions(search))).scalar_one())


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


def _conditions(search: Search) -> list[core.ColumnElement[bool]]:
    meeting, line = _MEETING.c, _LINE.c
    said: list[core.ColumnElement[bool]] = []
    if search.since is not None:
        said.append(meeting.starts_at >= search.since)
    if search.until is not None:
        said.append(meeting.starts_at < search.until)
    if search.department is not None:
        speaks = core.exists().where(_SEGMENT.c.meeting_id == meeting.id, _SEGMENT.c.department_id == search.department)
        said.append(core.or_(meeting.host_department_id == search.department, speaks))
    theirs = [line.meeting_id == meeting.id]
    if search.committee is not None:
        theirs.append(line.committee_id == search.committee)
    if search.status is not None:
        theirs.append(_has(search.status))
    if len(theirs) > 1:
        said.append(core.exists().where(*theirs))
    if search.text:
        titled = meeting.title.contains(search.text, autoescape=True)
        if search.committee is None:
            named = core.exists().where(
                line.meeting_id == meeting.id,
                line.committee_id == _COMMITTEE.c.id,
                _COMMITTEE.c.name.contains(search.text, autoescape=True),
            )
            titled = core.or_(titled, named)
        said.append(titled)
    return said


def _has(status: Status) -> core.ColumnElement[bool]:
    """A line of that status; who was late and left early is found under both."""
    line = _LINE.c
    both = {Status.LATE: line.late, Status.LEFT_EARLY: line.left_early}.get(status)
    same: core.ColumnElement[bool] = line.status == status.value
    return same if both is None else core.or_(same, both)


def _lines(db: Db, numbers: Sequence[int], committee: int | None) -> Mapping[int, list[core.Row[tuple[object, ...]]]]:
    wanted = core.select(_LINE).where(_LINE.c.meeting_id.in_(numbers))
    if committee is not None:
        wanted = wanted.where(_LINE.c.committee_id == committee)
    found: dict[int, list[core.Row[tuple[object, ...]]]] = {number: [] for number in numbers}
    for row in db.execute(wanted):
        found[row.meeting_id].append(row)
    return found


def _waiting(db: Db, numbers: Sequence[int], committee: int | None) -> Mapping[int, int]:
    said = _CORRECTION.c
    wanted = core.select(said.meeting_id, core.func.count()).where(
        said.meeting_id.in_(numbers), said.decided_at.is_(None)
    )
    if committee is not None:
        wanted = wanted.where(said.committee_id == committee)
    return {number: count for number, count in db.execute(wanted.group_by(said.meeting_id))}


def _entry(
    meeting: Sequence[Any],
    lines: Sequence[core.Row[tuple[object, ...]]],
    waits: int,
    committee: int | None,
) -> Entry:
    number, title, host, starts_at, ends_at, sealed_at = meeting
    asked = [line for line in lines if line.status is not None]
    heads = [line.headcount for line in lines if line.headcount is not None]
    own = lines[0] if committee is not None and lines else None
    return Entry(
        meeting=number,
        title=title,
        host=host,
        starts_at=starts_at,
        ends_at=ends_at,
        sealed_at=sealed_at,
        sites=len(asked),
        counts=Counter(Status(line.status) for line in asked),
        headcount=sum(heads) if heads else None,
        corrected=sum(1 for line in lines if line.corrected),
        waiting=waits,
        statuses=both(Status(own.status) if own.status else None, late=own.late, left_early=own.left_early)
        if own is not None
        else (),
    )
