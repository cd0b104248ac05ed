"""All queries about surveys; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub.baselines.model import Baseline, DepartmentCount, Kept, Provenance
from meetinghub.baselines.tables import BaselineDepartmentRow, BaselineRow


def baselines(db: Db) -> tuple[Baseline, ...]:
    """Those that count, the latest period first; no two share a day."""
    return tuple(each.baseline for each in kept(db) if each.withdrawn_at is None)


def kept(db: Db) -> list[Kept]:
    """All there ever were, the latest period first."""
    departments: dict[int, list[DepartmentCount]] = defaultdict(list)
    for each in db.exec(select(BaselineDepartmentRow).order_by(col(BaselineDepartmentRow.position))):
        count = DepartmentCount(each.name, each.department_id, each.meetings, each.meetings_for_all)
        departments[each.baseline_id].append(count)
    rows = db.exec(select(BaselineRow).order_by(col(BaselineRow.period_from).desc(), col(BaselineRow.id).desc()))
    return [_kept(row, tuple(departments[row.id or 0])) for row in rows]


def add(db: Db, new: Baseline, provenance: Provenance) -> int:
    """Write it; its number. ``new.id`` is not looked at."""
    row = BaselineRow(
        period_from=new.period_from,
        period_to=new.period_to,
        meetings=new.meetings,
        meetings_for_all=new.meetings_for_all,
        committees=new.committees,
        source=new.source,
        url=provenance.url,
        file=provenance.file,
        digest=provenance.digest,
        added_at=provenance.added_at,
        added_by=provenance.added_by,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    for position, each in enumerate(new.departments):
        db.add(
            BaselineDepartmentRow(
                baseline_id=row.id,
                name=each.name,
                position=position,
                department_id=each.department,
                meetings=each.meetings,
                meetings_for_all=each.meetings_for_all,
            )
        )
    db.flush()
    return row.id


def withdraw(db: Db, number: int, *, at: datetime, by: str) -> bool:
    """Whether it counted until now."""
    done = db.exec(
        update(BaselineRow)
        .where(col(BaselineRow.id) == number, col(BaselineRow.withdrawn_at).is_(None))
        .values(withdrawn_at=at, withdrawn_by=by)
    )
    return bool(done.rowcount)


def _kept(row: BaselineRow, departments: tuple[DepartmentCount, ...]) -> Kept:
    baseline = Baseline(
        id=row.id or 0,
        period_from=row.period_from,
        period_to=row.period_to,
        meetings=row.meetings,
        meetings_for_all=row.meetings_for_all,
        committees=row.committees,
        source=row.source,
        departments=departments,
    )
    provenance = Provenance(row.added_at, row.added_by, row.file, row.digest, row.url)
    return Kept(baseline, provenance, row.withdrawn_at, row.withdrawn_by)
