"""All queries about merge plans; rows become frozen values here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from meetinghub.merging.model import Proposed, ProposedPart, ProposedRow
from meetinghub.merging.tables import MergePlanRow, MergeRowRow


def add(db: Db, plan: Proposed) -> int:
    """Write a new plan; its number. Ids in ``plan`` are not looked at."""
    row = MergePlanRow(
        made_at=plan.made_at,
        made_by=plan.made_by,
        first_day=plan.first,
        last_day=plan.last,
        meetings=plan.meetings,
        before=plan.before,
        after=plan.after,
        at_least=plan.at_least,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    for each in plan.rows:
        db.add(
            MergeRowRow(
                plan_id=row.id,
                host_meeting_id=each.host,
                ride=each.ride,
                parts=[_document(part) for part in each.parts],
                attendances_before=each.attendances_before,
                attendances_after=each.attendances_after,
                seated_before=each.seated_before,
                seated_after=each.seated_after,
            )
        )
        db.flush()
    return row.id


def newest(db: Db) -> Proposed | None:
    row = db.exec(select(MergePlanRow).order_by(col(MergePlanRow.id).desc()).limit(1)).first()
    if row is None or row.id is None:
        return None
    rows = db.exec(select(MergeRowRow).where(MergeRowRow.plan_id == row.id).order_by(col(MergeRowRow.id)))
    return Proposed(
        id=row.id,
        made_at=row.made_at,
        made_by=row.made_by,
        first=row.first_day,
        last=row.last_day,
        meetings=row.meetings,
        before=row.before,
        after=row.after,
        at_least=row.at_least,
        rows=tuple(_row(each) for each in rows),
    )


def made_since(db: Db, moment: datetime) -> int:
    """How many plans were made by themselves or by somebody since."""
    return db.exec(select(func.count()).select_from(MergePlanRow).where(MergePlanRow.made_at >= moment)).one()


def accept(db: Db, number: int, *, at: datetime, by: str) -> bool:
    """Whether nobody had accepted it before."""
    done = db.exec(
        update(MergeRowRow)
        .where(col(MergeRowRow.id) == number, col(MergeRowRow.accepted_at).is_(None))
        .values(accepted_at=at, accepted_by=by)
    )
    return bool(done.rowcount)


def _document(part: ProposedPart) -> dict[str, Any]:
    return {
        "meeting": part.meeting,
        "starts_at": part.starts_at.isoformat(),
        "minutes": part.minutes,
        "persons": part.persons,
        "anyway": part.anyway,
    }


def _row(row: MergeRowRow) -> ProposedRow:
    assert row.id is not None
    parts = tuple(
        ProposedPart(
            meeting=part["meeting"],
            starts_at=datetime.fromisoformat(part["starts_at"]),
            minutes=part["minutes"],
            persons=part["persons"],
            anyway=part["anyway"],
        )
        for part in row.parts
    )
    return ProposedRow(
        id=row.id,
        host=row.host_meeting_id,
        ride=row.ride,
        parts=parts,
        attendances_before=row.attendances_before,
        attendances_after=row.attendances_after,
        seated_before=row.seated_before,
        seated_after=row.seated_after,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
    )
