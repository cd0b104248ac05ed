"""Minutes and documents are as the ledger's digests say, or the first that is not is named; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db

from meetinghub.bridges.bound import Bound, Fault, Unbound, bound
from meetinghub.db import Database
from meetinghub.documents.service import Documents
from meetinghub.files.shelf import Shelf
from meetinghub.minutes.model import Content, Wish
from meetinghub.people.tables import PersonRow
from tests.meetinghub.files.examples import FILES
from tests.meetinghub.meetings.planned import SetClock
from tests.meetinghub.minutes.examples import AFTER, DUE, HOST, SAID, book, held, segments

Meeting = tuple[int, int]
ALTERED = [
    ("UPDATE minutes_segment SET text = '别的话' WHERE edition = 1", Fault.EDITION_CHANGED, 1),
    ("UPDATE minutes_segment SET decisions = '[]' WHERE edition = 2", Fault.EDITION_CHANGED, 2),
    ("UPDATE minutes_edition SET reason = '别的' WHERE number = 2", Fault.EDITION_CHANGED, 2),
    ("UPDATE minutes_edition SET digest = 'x' WHERE number = 1", Fault.EDITION_CHANGED, 1),
    ("DELETE FROM minutes_edition WHERE number = 2", Fault.EDITION_MISSING, 2),
    ("DELETE FROM minutes_segment WHERE edition = 1", Fault.EDITION_MISSING, 1),
    ("UPDATE task SET text = '别的事' WHERE id = 1", Fault.EDITION_CHANGED, 1),
    ("UPDATE task SET due_on = '2027-01-01' WHERE id = 2", Fault.TASK_CHANGED, 2),
    ("UPDATE task SET ended = NULL WHERE id = 1", Fault.TASK_CHANGED, 1),
    ("DELETE FROM task_owner WHERE committee_id = 102 AND task_id = 2", Fault.TASK_CHANGED, 2),
    ("UPDATE task_owner SET committee_id = 102 WHERE task_id = 4", Fault.TASK_CHANGED, 4),
    ("UPDATE document SET digest = 'x' WHERE id = 3", Fault.DOCUMENT_CHANGED, 3),
    ("DELETE FROM document WHERE id = 2", Fault.DOCUMENT_CHANGED, 2),
]


class Undone(Exception):
    """Takes back what was done for a look."""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "files")


@pytest.fixture
async def meeting(database: Database, shelf: Shelf) -> Meeting:
    """A meeting and its first segment, with two editions, tasks of every fate, two documents and a newer version."""

    def fill(db: Db) -> int:
        number = held(db)
        db.add(PersonRow(id=900, name="沈若琳", department_id=3))
        return number

    number = database.write_now(fill)
    first, second = segments(database, number)[:2]
    writer = book(database)
    tasks = (*SAID.tasks, Wish("报电梯清单", "党建办", None), Wish("核对名册", "沈若琳", DUE))
    await writer.save(number, first, replace(SAID, tasks=tasks), HOST, revision=0)
    await writer.save(number, second, Content("第二项。", (), (Wish("安排值班", "居委会1", DUE),)), HOST, revision=0)
    await writer.publish(number, HOST)
    later = (tasks[2], Wish("报电梯清单", "党建办、居委会2", date(2026, 12, 31)), Wish("新加的事", "居委会3", None))
    await writer.save(number, first, replace(SAID, tasks=later), HOST, revision=1)
    await writer.publish(number, HOST, reason="漏记一项")
    papers = Documents(database, SetClock(AFTER), shelf)
    one = await papers.add(number, first, HOST, name="甲.pdf", data=FILES["pdf"])
    await papers.add(number, first, HOST, name="乙.txt", data=FILES["txt"])
    await papers.add(number, first, HOST, name="甲.pdf", data=FILES["docx"], replaces=one)
    await papers.remove(number, one + 1, HOST, reason="放错了")
    return number, first


def found(database: Database, shelf: Shelf) -> Bound | Unbound:
    return database.read_now(bound, shelf)


def after(database: Database, shelf: Shelf, statement: str) -> Bound | Unbound:
    """What is found once somebody has done this; it is taken back."""
    seen: list[Bound | Unbound] = []

    def look(db: Db) -> None:
        db.execute(text(statement))
        seen.append(bound(db, shelf))
        raise Undone

    with pytest.raises(Undone):
        database.write_now(look)
    return seen[0]


def do(database: Database, statement: str, **values: object) -> None:
    database.write_now(lambda db: db.execute(text(statement), values))


async def test_what_was_published_is_found_as_it_was(database: Database, shelf: Shelf, meeting: Meeting) -> None:
    assert found(database, shelf) == Bound(2, 3)


async def test_a_person_who_left_the_register_is_not_missed(database: Database, shelf: Shelf, meeting: Meeting) -> None:
    do(database, "DELETE FROM person WHERE id = 900")
    assert found(database, shelf) == Bound(2, 3)


async def test_answers_are_no_part_of_what_was_published(database: Database, shelf: Shelf, meeting: Meeting) -> None:
    do(database, "UPDATE task_owner SET answer = 'done', note = '已报'")
    assert found(database, shelf) == Bound(2, 3)


async def test_what_somebody_altered_is_named(database: Database, shelf: Shelf, meeting: Meeting) -> None:
    for statement, fault, subject in ALTERED:
        said = after(database, shelf, statement)
        assert isinstance(said, Unbound), statement
        assert (said.meeting, said.fault, said.subject) == (meeting[0], fault, subject), statement


@pytest.mark.parametrize(("act", "fault"), [
    (lambda path: path.write_bytes(b"%PDF-1.7 other"), Fault.FILE_CHANGED),
    (lambda path: path.unlink(), Fault.FILE_MISSING),
])  # fmt: skip
async def test_a_file_that_is_not_what_was_put_there_is_named(
    database: Database, shelf: Shelf, meeting: Meeting, act: Callable[[Path], object], fault: Fault
) -> None:
    row = database.read_now(lambda db: db.execute(text("SELECT digest FROM document WHERE id = 1")).scalar_one())
    act(shelf.path(row))
    said = found(database, shelf)
    assert isinstance(said, Unbound)
    assert (said.fault, said.subject) == (fault, 1)


async def test_of_several_the_one_written_first_is_named(database: Database, shelf: Shelf, meeting: Meeting) -> None:
    do(database, "UPDATE document SET bytes = 1")
    do(database, "UPDATE minutes_segment SET text = '别的话' WHERE edition = 2")
    said = found(database, shelf)
    assert isinstance(said, Unbound)
    assert (said.fault, said.subject) == (Fault.EDITION_CHANGED, 2)
