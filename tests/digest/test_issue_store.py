"""Issues and what they froze, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Db

from digest import issue_store as store
from digest.model import Issue, IssueKind, IssueState, Item, State, Week
from digest.tables import NoticeRow
from meetinghub.db import Database
from meetinghub.errors import Stale
from tests.digest.boards import FRIDAY, SENDING, WEEK, action, committee, register, submitted

DIGEST = "ab" * 32


def frozen(db: Db) -> Issue:
    register(db)
    issue = store.open_issue(db, WEEK, send_at=SENDING)
    number = submitted(db, action(), issue=issue.id)
    row = db.get(NoticeRow, number)
    assert row is not None
    row.state = State.FROZEN.value
    store.add_items(db, [Item(0, issue.id, number, 1, action(), ("民政科",), ())], {number: (3,)})
    store.add_pages(db, issue.id, {committee(1): ({"seat": 1}, DIGEST)})
    return store.approve(db, issue.id, digest=DIGEST, by="host", now=FRIDAY)


def test_an_issue_is_made_once_however_often_it_is_opened(database: Database) -> None:
    first = database.write_now(store.open_issue, WEEK, send_at=SENDING)
    again = database.write_now(store.open_issue, WEEK, send_at=SENDING + timedelta(days=1))
    assert first == again
    assert (first.number, first.part, first.kind, first.state) == (48, 0, IssueKind.REGULAR, IssueState.OPEN)
    assert again.send_at == SENDING


def test_supplements_and_corrections_count_on(database: Database) -> None:
    def make(db: Db) -> list[Issue]:
        first = store.open_issue(db, WEEK)
        store.open_issue(db, WEEK, part=store.next_part(db, WEEK), kind=IssueKind.SUPPLEMENT)
        part = store.next_part(db, WEEK)
        store.open_issue(db, WEEK, part=part, kind=IssueKind.CORRECTION, corrects=first.id)
        store.open_issue(db, Week(2027, 1))
        return store.issues(db)

    found = database.write_now(make)
    assert [(str(each.week), each.part) for each in found] == [
        ("2027-W01", 0),
        ("2026-W48", 2),
        ("2026-W48", 1),
        ("2026-W48", 0),
    ]
    assert found[1].corrects == found[3].id
    older = database.read_now(store.issues, before=found[1], limit=1)
    assert older == [found[2]]


def test_what_was_frozen_is_read_as_it_was_written(database: Database) -> None:
    issue = database.write_now(frozen)
    assert (issue.state, issue.digest, issue.approved_by) == (IssueState.APPROVED, DIGEST, "host")
    (item,) = database.read_now(store.items, issue.id)
    assert (item.wording, item.departments) == (action(), ("民政科",))
    assert database.read_now(store.item, item.id) == item
    assert database.read_now(store.items_of_notice, item.notice) == [item]
    assert database.read_now(store.department_ids, item.id) == (3,)
    assert database.read_now(store.page, issue.id, committee(1)) == ({"seat": 1}, DIGEST)
    assert database.read_now(store.page, issue.id, committee(2)) is None
    assert set(database.read_now(store.pages, issue.id)) == {committee(1)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notice_issue_item SET position = 9",
        "DELETE FROM notice_issue_item",
        "UPDATE notice_issue_page SET digest = ''",
        "DELETE FROM notice_issue_page",
        "INSERT INTO notice_issue_page (issue_id, committee_id, page, digest) "
        "SELECT id, 102, '{}', '' FROM notice_issue",
        "UPDATE notice_issue SET digest = ''",
        "UPDATE notice_issue SET approved_by = 'somebody'",
        "UPDATE notice_issue SET state = 'open'",
        "DELETE FROM notice_issue",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_frozen(database: Database, statement: str) -> None:
    issue = database.write_now(frozen)
    with pytest.raises(DBAPIError, match=r"never changed|FOREIGN KEY"):
        database.write_now(lambda db: db.execute(text(statement)))
    assert database.read_now(store.issue, issue.id) == issue
    assert len(database.read_now(store.items, issue.id)) == 1


def test_an_approved_issue_is_sent_once(database: Database) -> None:
    issue = database.write_now(frozen)
    database.write_now(store.set_sent, issue.id, SENDING)
    found = database.read_now(store.issue, issue.id)
    assert found is not None
    assert (found.state, found.sent_at) == (IssueState.SENT, SENDING)
    with pytest.raises(Stale):
        database.write_now(store.set_sent, issue.id, SENDING)
    with pytest.raises(Stale):
        database.write_now(store.approve, issue.id, digest=DIGEST, by="host", now=FRIDAY)


def test_what_a_lapsed_issue_held_waits_behind_the_following_one(database: Database) -> None:
    issue = database.write_now(frozen)

    def lapse(db: Db) -> tuple[list[int], list[tuple[int | None, int, str]]]:
        following = store.open_issue(db, WEEK.after())
        submitted(db, action("早已排上的一条"), issue=following.id, position=4)
        moved = store.lapse(db, issue.id, following=following.id)
        row = db.get(NoticeRow, moved[0])
        assert row is not None
        return list(moved), [(row.issue_id - following.id if row.issue_id else None, row.position, row.state)]

    moved, rows = database.write_now(lapse)
    assert len(moved) == 1
    assert rows == [(0, 5, "submitted")]
    found = database.read_now(store.issue, issue.id)
    assert found is not None
    assert found.state is IssueState.LAPSED


def test_it_is_known_who_was_told(database: Database) -> None:
    issue = database.write_now(store.open_issue, WEEK, send_at=SENDING)
    database.write_now(store.set_told, issue.id, SENDING - timedelta(hours=1))
    database.write_now(store.set_told, issue.id, SENDING, deputy=True)
    database.write_now(store.set_send_at, issue.id, SENDING + timedelta(days=1))
    told = database.read_now(store.told, issue.id)
    assert (told.host, told.deputy) == (SENDING - timedelta(hours=1), SENDING)
    found = database.read_now(store.issue, issue.id)
    assert found is not None
    assert found.send_at == SENDING + timedelta(days=1)
