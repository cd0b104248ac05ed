"""All queries about documents; rows become frozen values here."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.documents.model import Document, Removed
from meetinghub.documents.tables import DocumentRow
from meetinghub.files.kinds import Kind, of_ending


def of_meeting(db: Db, meeting: int) -> list[Document]:
    """Every version, removed ones too, in the order in which they came."""
    rows = db.exec(select(DocumentRow).where(DocumentRow.meeting_id == meeting).order_by(col(DocumentRow.id)))
    return [_document(row) for row in rows]


def document(db: Db, number: int) -> Document | None:
    row = db.get(DocumentRow, number)
    return _document(row) if row else None


def add(
    db: Db,
    *,
    meeting: int,
    segment: int,
    name: str,
    kind: Kind,
    size: int,
    digest: str,
    by: str,
    now: datetime,
    after: Document | None,
) -> int:
    """A new document, or the version that follows ``after``; its number."""
    row = DocumentRow(
        meeting_id=meeting,
        segment_id=segment,
        group_id=after.group if after else None,
        version=after.version + 1 if after else 1,
        name=name,
        ending=kind.ending,
        bytes=size,
        digest=digest,
        added_by=by,
        added_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    if row.group_id is None:
        row.group_id = row.id
        db.add(row)
        db.flush()
    return row.id


def remove(db: Db, number: int, removed: Removed) -> None:
    row = db.get(DocumentRow, number)
    assert row is not None
    row.removed_by, row.removed_at, row.reason = removed.by, removed.at, removed.reason
    db.add(row)
    db.flush()


def _document(row: DocumentRow) -> Document:
    assert row.id is not None
    removed = Removed(row.removed_by, row.removed_at, row.reason) if row.removed_at is not None else None
    return Document(
        id=row.id,
        meeting=row.meeting_id,
        segment=row.segment_id,
        name=row.name,
        kind=of_ending(row.ending),
        bytes=row.bytes,
        digest=row.digest,
        by=row.added_by,
        at=row.added_at,
        group=row.group_id or row.id,
        version=row.version,
        removed=removed,
    )
