"""What facts are bound to by a digest, held against rows and files: editions of minutes, documents.

The chain keeps facts from being changed; texts and files lie outside it, and only the digest in a fact vouches for
them. Tasks are followed through the facts, so that an edition is made again as it was published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import file_digest

from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.documents.tables import DocumentRow
from meetinghub.files.shelf import Shelf
from meetinghub.ledger import documents as d
from meetinghub.ledger import minutes as m
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, FactKind
from meetinghub.minutes.model import Who
from meetinghub.minutes.publishing import Printed, digest
from meetinghub.minutes.tables import MinutesEditionRow, MinutesSegmentRow, TaskOwnerRow, TaskRow
from meetinghub.people.tables import PersonRow

_MINUTES = (FactKind.MINUTES_PUBLISHED, FactKind.TASK_GIVEN, FactKind.TASK_CHANGED, FactKind.TASK_ENDED)


class Fault(StrEnum):
    EDITION_CHANGED = "edition_changed"
    EDITION_MISSING = "edition_missing"
    TASK_CHANGED = "task_changed"
    DOCUMENT_CHANGED = "document_changed"
    FILE_CHANGED = "file_changed"
    FILE_MISSING = "file_missing"


@dataclass(frozen=True, slots=True)
class Unbound:
    """``number``: the fact that says otherwise. ``subject``: the number of an edition, a task or a document."""

    number: int
    meeting: int
    subject: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything is as the ledger says."""

    editions: int
    documents: int


@dataclass
class _Task:
    """As its facts leave it; ``number`` is the last one's."""

    number: int
    meeting: int
    segment: int
    due: str
    owners: tuple[str, ...]
    ended: bool = False


@dataclass
class _Edition:
    number: int
    meeting: int
    said: m.MinutesPublished
    tasks: dict[int, _Task] = field(default_factory=dict)


def bound(db: Db, shelf: Shelf) -> Bound | Unbound:
    """The first fact whose text or file is not what it was, if there is one."""
    editions, tasks = _followed(ledger.of_kinds(db, _MINUTES))
    added = ledger.of_kinds(db, (FactKind.DOCUMENT_ADDED,))
    faults = [*_editions(db, editions), *_tasks(db, tasks), *_documents(db, added, shelf)]
    return min(faults, key=lambda each: each.number, default=None) or Bound(len(editions), len(added))


def _followed(facts: Iterable[Fact]) -> tuple[list[_Edition], dict[int, _Task]]:
    """Every edition with the tasks that stood in it, and every task as it was left. An edition's tasks are said after
    it, in the same transaction."""
    editions: list[_Edition] = []
    newest: dict[int, _Edition] = {}
    tasks: dict[int, _Task] = {}
    for fact in facts:
        meeting, said = fact.meeting_id or 0, fact.payload
        match said:
            case m.MinutesPublished():
                before = newest.get(meeting)
                newest[meeting] = _Edition(fact.number, meeting, said, dict(before.tasks) if before else {})
                editions.append(newest[meeting])
            case m.TaskGiven():
                tasks[said.task] = _Task(fact.number, meeting, said.segment, said.due, said.owners)
                newest[meeting].tasks[said.task] = tasks[said.task]
            case m.TaskChanged():
                known = tasks[said.task]
                tasks[said.task] = _Task(fact.number, meeting, known.segment, said.due, said.owners)
                newest[meeting].tasks[said.task] = tasks[said.task]
            case m.TaskEnded():
                known = tasks[said.task]
                tasks[said.task] = _Task(fact.number, meeting, known.segment, known.due, known.owners, ended=True)
                newest[meeting].tasks.pop(said.task)
            case _:
                pass
    return editions, tasks


def _editions(db: Db, editions: Iterable[_Edition]) -> Iterable[Unbound]:
    for each in editions:
        number = each.said.edition
        row = db.get(MinutesEditionRow, (each.meeting, number))
        said = {
            segment.segment_id: segment
            for segment in db.exec(
                select(MinutesSegmentRow).where(
                    MinutesSegmentRow.meeting_id == each.meeting, MinutesSegmentRow.edition == number
                )
            )
        }
        if row is None or said.keys() != {*each.said.segments}:
            yield Unbound(each.number, each.meeting, number, Fault.EDITION_MISSING)
            continue
        texts = _texts(db, each.tasks)
        printed = [
            Printed(segment, said[segment].text, tuple(said[segment].decisions), _printed(each, segment, texts))
            for segment in each.said.segments
        ]
        found = digest(each.meeting, number, printed)
        if not found == row.digest == each.said.digest or row.reason != each.said.reason:
            yield Unbound(each.number, each.meeting, number, Fault.EDITION_CHANGED)


def _texts(db: Db, tasks: Iterable[int]) -> dict[int, str]:
    rows = db.exec(select(TaskRow.id, TaskRow.text).where(col(TaskRow.id).in_(list(tasks))))
    return {number: text for number, text in rows if number is not None}


def _printed(edition: _Edition, segment: int, texts: dict[int, str]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    tasks = ((number, each) for number, each in edition.tasks.items() if each.segment == segment)
    return tuple((texts.get(number, ""), each.due, each.owners) for number, each in tasks)


def _tasks(db: Db, tasks: dict[int, _Task]) -> Iterable[Unbound]:
    """Tasks as they stand now: their day and whom they are given to. People who left the register are not missed."""
    owners: defaultdict[int, set[str]] = defaultdict(set)
    for owner in db.exec(select(TaskOwnerRow)):
        who = Who(owner.name, owner.committee_id, owner.department_id, owner.person_id)
        owners[owner.task_id].add(who.ref)
    people = {f"person:{number}" for number in db.exec(select(PersonRow.id))}
    rows = {row.id: row for row in db.exec(select(TaskRow))}
    for number, each in tasks.items():
        row = rows.get(number)
        if row is not None:
            wanted = {ref for ref in each.owners if not ref.startswith("person:") or ref in people}
            due = row.due_on.isoformat() if row.due_on else ""
            given = (row.segment_id, due, row.ended is not None) == (each.segment, each.due, each.ended)
            extra = owners[number] - wanted if wanted == {*each.owners} else set()
            if given and wanted <= owners[number] and not extra:
                continue
        yield Unbound(each.number, each.meeting, number, Fault.TASK_CHANGED)


def _documents(db: Db, added: Iterable[Fact], shelf: Shelf) -> Iterable[Unbound]:
    rows = {row.id: row for row in db.exec(select(DocumentRow))}
    known: dict[str, Fault | None] = {}
    for fact in added:
        said = fact.payload
        assert isinstance(said, d.DocumentAdded)
        row, meeting = rows.get(said.document), fact.meeting_id or 0
        told = (meeting, said.segment, said.digest, said.bytes)
        if row is None or (row.meeting_id, row.segment_id, row.digest, row.bytes) != told:
            yield Unbound(fact.number, meeting, said.document, Fault.DOCUMENT_CHANGED)
            continue
        if said.digest not in known:
            known[said.digest] = _content(shelf, said.digest)
        if (fault := known[said.digest]) is not None:
            yield Unbound(fact.number, meeting, said.document, fault)


def _content(shelf: Shelf, wanted: str) -> Fault | None:
    try:
        with shelf.path(wanted).open("rb") as file:
            return None if file_digest(file, "sha256").hexdigest() == wanted else Fault.FILE_CHANGED
    except FileNotFoundError:
        return Fault.FILE_MISSING
