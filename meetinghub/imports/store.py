"""All queries about meetings held before; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, delete, func, select, update

from meetinghub.imports import document
from meetinghub.imports.model import Held, Settings, Table
from meetinghub.imports.tables import HeldMeetingRow, ImportDraftRow, ImportTakingRow

_HELD = SQLModel.metadata.tables[HeldMeetingRow.__tablename__]


@dataclass(frozen=True, slots=True)
class Draft:
    id: int
    file: str
    digest: str
    table: Table
    settings: Settings
    revision: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft as a list shows it."""

    id: int
    file: str
    rows: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Taking:
    id: int
    file: str
    format: str
    digest: str
    rows: str
    meetings: int
    known: int
    left_out: int
    skipped: int
    first_day: date
    last_day: date
    taken_at: datetime
    taken_by: str
    taken_back_at: datetime | None = None
    taken_back_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A held meeting as it is kept; ``persons`` is how many it called, by the register of the day it was taken."""

    id: int
    taking: int
    held: Held
    persons: int


def add_draft(db: Db, *, file: str, digest: str, table: Table, settings: Settings, by: str, now: datetime) -> int:
    row = ImportDraftRow(
        file=file,
        digest=digest,
        cells=document.packed(table),
        settings=document.plain(settings),
        rows=len(table.rows),
        made_by=by,
        made_at=now,
        changed_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def draft(db: Db, number: int) -> Draft | None:
    row = db.get(ImportDraftRow, number)
    if row is None:
        return None
    table, settings = document.unpacked(row.cells), document.settings(row.settings)
    return Draft(number, row.file, row.digest, table, settings, row.revision, row.made_by, row.made_at)


def draft_of(db: Db, digest: str) -> int | None:
    """The draft of that very file."""
    return db.exec(select(ImportDraftRow.id).where(ImportDraftRow.digest == digest)).first()


def drafts(db: Db) -> list[Waiting]:
    """Newest first."""
    columns = (ImportDraftRow.id, ImportDraftRow.file, ImportDraftRow.rows, ImportDraftRow.made_by)
    wanted = select(*columns, ImportDraftRow.made_at).order_by(col(ImportDraftRow.id).desc())  # type: ignore[call-overload]
    return [Waiting(*each) for each in db.exec(wanted)]


def set_settings(db: Db, number: int, settings: Settings, *, revision: int, now: datetime) -> bool:
    """Change a draft that is still at ``revision``; False when somebody was faster or it is gone."""
    done = db.exec(
        update(ImportDraftRow)
        .where(col(ImportDraftRow.id) == number, col(ImportDraftRow.revision) == revision)
        .values(settings=document.plain(settings), revision=revision + 1, changed_at=now)
    )
    return bool(done.rowcount)


def delete_draft(db: Db, number: int, *, revision: int | None = None) -> bool:
    """Whether it was there (at ``revision``)."""
    wanted = delete(ImportDraftRow).where(col(ImportDraftRow.id) == number)
    if revision is not None:
        wanted = wanted.where(col(ImportDraftRow.revision) == revision)
    return bool(db.exec(wanted).rowcount)


def forget_drafts(db: Db, before: datetime) -> None:
    """Those that nobody touched since: files hold people's data."""
    db.exec(delete(ImportDraftRow).where(col(ImportDraftRow.changed_at) < before))


def add_taking(db: Db, new: Taking, meetings: Sequence[tuple[Held, int]]) -> int:
    """Write it and its meetings, each with how many persons it called; its number. ``new.id`` is not looked at."""
    row = ImportTakingRow(
        file=new.file,
        format=new.format,
        digest=new.digest,
        rows=new.rows,
        meetings=new.meetings,
        known=new.known,
        left_out=new.left_out,
        skipped=new.skipped,
        first_day=new.first_day,
        last_day=new.last_day,
        taken_at=new.taken_at,
        taken_by=new.taken_by,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    if meetings:
        values = [{"taking_id": row.id, "persons": persons, **_values(held)} for held, persons in meetings]
        db.connection().execute(insert(_HELD), values)
    return row.id


def takings(db: Db) -> list[Taking]:
    """Newest first, also those that were taken back."""
    return [_taking(row) for row in db.exec(select(ImportTakingRow).order_by(col(ImportTakingRow.id).desc()))]


def taking(db: Db, number: int) -> Taking | None:
    row = db.get(ImportTakingRow, number)
    return None if row is None else _taking(row)


def taking_of(db: Db, digest: str) -> Taking | None:
    """The taking of that very file that counts."""
    wanted = select(ImportTakingRow).where(
        ImportTakingRow.digest == digest, col(ImportTakingRow.taken_back_at).is_(None)
    )
    row = db.exec(wanted.order_by(col(ImportTakingRow.id))).first()
    return None if row is None else _taking(row)


def take_back(db: Db, number: int, *, at: datetime, by: str, reason: str) -> bool:
    """Whether it counted until now."""
    done = db.exec(
        update(ImportTakingRow)
        .where(col(ImportTakingRow.id) == number, col(ImportTakingRow.taken_back_at).is_(None))
        .values(taken_back_at=at, taken_back_by=by, reason=reason)
    )
    return bool(done.rowcount)


def held(db: Db, first: datetime, until: datetime) -> list[HeldMeeting]:
    """What counts and began in ``first`` ≤ … < ``until``, by time."""
    wanted = (
        select(HeldMeetingRow)
        .join(ImportTakingRow, col(ImportTakingRow.id) == col(HeldMeetingRow.taking_id))
        .where(
            col(ImportTakingRow.taken_back_at).is_(None),
            col(HeldMeetingRow.starts_at) >= first,
            col(HeldMeetingRow.starts_at) < until,
        )
    )
    rows = db.exec(wanted.order_by(col(HeldMeetingRow.starts_at), col(HeldMeetingRow.id)))
    return [_held(row) for row in rows]


def meetings_of(db: Db, number: int, *, after: int = 0, most: int | None = None) -> list[HeldMeeting]:
    """A taking's meetings in the order of its file, ``after`` so many."""
    wanted = select(HeldMeetingRow).where(HeldMeetingRow.taking_id == number)
    rows = db.exec(wanted.order_by(col(HeldMeetingRow.row), col(HeldMeetingRow.id)).offset(after).limit(most))
    return [_held(row) for row in rows]


def held_meeting(db: Db, number: int) -> HeldMeeting | None:
    """One that counts."""
    row = db.get(HeldMeetingRow, number)
    of = db.get(ImportTakingRow, row.taking_id) if row is not None else None
    return None if row is None or of is None or of.taken_back_at is not None else _held(row)


def sittings_of(db: Db, number: int) -> list[int]:
    """The numbers of a taking's meetings that were no rides, in the order of its file."""
    wanted = select(HeldMeetingRow.id).where(HeldMeetingRow.taking_id == number, col(HeldMeetingRow.own).is_(True))
    found = db.exec(wanted.order_by(col(HeldMeetingRow.row), col(HeldMeetingRow.id)))
    return [each for each in found if each is not None]


def known_uids(db: Db, uids: Iterable[str]) -> set[str]:
    """Those that a meeting that counts has."""
    found: set[str] = set()
    several = sorted(set(uids) - {""})
    for place in range(0, len(several), 500):
        wanted = (
            select(HeldMeetingRow.uid)
            .join(ImportTakingRow, col(ImportTakingRow.id) == col(HeldMeetingRow.taking_id))
            .where(
                col(ImportTakingRow.taken_back_at).is_(None),
                col(HeldMeetingRow.uid).in_(several[place : place + 500]),
            )
        )
        found.update(db.exec(wanted))
    return found


def count_held(db: Db) -> int:
    """How many meetings of takings count."""
    wanted = select(func.sum(ImportTakingRow.meetings)).where(col(ImportTakingRow.taken_back_at).is_(None))
    return int(db.exec(wanted).one() or 0)


def _taking(row: ImportTakingRow) -> Taking:
    return Taking(**row.model_dump())


def _values(held: Held) -> dict[str, object]:
    return {
        "row": held.row,
        "uid": held.uid,
        "title": held.title,
        "starts_at": held.starts_at,
        "minutes": held.minutes,
        "department_id": held.department,
        "department_name": held.department_name,
        "line": held.line,
        "committees": sorted(held.committees),
        "roles": sorted(held.roles),
        "mode": held.mode,
        "own": held.own,
        "place": held.place,
        "filed_at": held.filed_at,
    }


def _held(row: HeldMeetingRow) -> HeldMeeting:
    held = Held(
        row=row.row,
        title=row.title,
        starts_at=row.starts_at,
        minutes=row.minutes,
        department=row.department_id,
        department_name=row.department_name,
        committees=frozenset(row.committees),
        roles=frozenset(row.roles),
        line=row.line,
        mode=row.mode,
        own=row.own,
        place=row.place,
        uid=row.uid,
        filed_at=row.filed_at,
    )
    return HeldMeeting(row.id or 0, row.taking_id, held, row.persons)
