"""Meetings that were avoided, on both engines: counted again from the rows, one by one."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session as Db
from sqlmodel import select

from digest import avoided_store, issue_store, item_store
from digest.avoided_store import Avoided
from digest.model import Item, Origin, State, Week, Wording
from digest.tables import IssueItemRow, IssueRow, NoticeRow
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ids import NoticeId
from meetinghub.ledger import store as ledger
from tests.digest import boards
from tests.digest.answered import MONDAY

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
READ_OUTS = (Origin.REQUEST, Origin.CLAIM, Origin.SEGMENT)


def put(db: Db, issue: int, origin: Origin, ref: int, wording: Wording, *, department: int = boards.CIVIL) -> NoticeId:
    number = boards.submitted(db, wording, issue=None, department=department)
    row = db.get(NoticeRow, number)
    assert row is not None
    row.origin, row.origin_ref, row.issue_id = origin.value, ref, issue
    db.add(row)
    db.flush()
    return number


def fill(db: Db) -> None:
    """A sent issue: one item each way, one merged of a claim and a department's own; and one that was not sent."""
    boards.register(db)
    ledger.take(db)
    sent = issue_store.open_issue(db, boards.WEEK, send_at=MONDAY)
    notices = [
        put(db, sent.id, origin, place, boards.information(f"第{place}条", seats=(1, 2)))
        for place, origin in enumerate((*READ_OUTS, Origin.API), 1)
    ]
    parts = [
        put(db, sent.id, Origin.CLAIM, 70, boards.information("认领", seats=(3,)), department=boards.SAFETY),
        put(db, sent.id, Origin.DEPARTMENT, 71, boards.information("自己写的")),
    ]
    merged = put(db, sent.id, Origin.MERGE, 72, boards.information("合成一条"))
    item_store.merge(db, parts, merged)
    freeze(db, sent.id, [*notices, merged])
    issue_store.approve(db, sent.id, digest="0" * 64, by="host", now=MONDAY)
    issue_store.set_sent(db, sent.id, MONDAY)
    waiting = issue_store.open_issue(db, Week(2026, 49), send_at=MONDAY + timedelta(days=7))
    freeze(db, waiting.id, [put(db, waiting.id, Origin.REQUEST, 80, boards.information("还没发"))])


def freeze(db: Db, issue: int, notices: list[NoticeId]) -> None:
    found = issue_store.issue(db, issue)  # type: ignore[arg-type]
    assert found is not None
    items = []
    for place, number in enumerate(notices, 1):
        row = item_store.notice(db, number)
        assert row is not None
        items.append(Item(0, found.id, number, place, row.wording, ("民政科",), ()))
        item_store.note(db, number, State.FROZEN, by="host", now=MONDAY)
    issue_store.add_items(db, items, {each: [boards.CIVIL] for each in notices})


def again(db: Db) -> dict[int, str]:
    """The same figure, row by row: notice → origin."""
    found = {}
    for item in db.exec(select(IssueItemRow)).all():
        issue = db.get(IssueRow, item.issue_id)
        assert issue is not None
        if issue.state != "sent" or issue.sent_at is None:
            continue
        if not FIRST <= issue.sent_at.astimezone(SHANGHAI).date() <= LAST:
            continue
        for notice in db.exec(select(NoticeRow)).all():
            if item.notice_id in {notice.id, notice.into_id} and notice.origin in READ_OUTS:
                found[notice.id or 0] = notice.origin
    return found


def test_what_was_sent_instead_of_being_read_out_is_counted_once_and_nothing_else(database: Database) -> None:
    database.write_now(fill)
    found = database.read_now(avoided_store.avoided, FIRST, LAST)
    assert {each.notice: each.origin.value for each in found} == database.read_now(again)
    assert sorted(each.title for each in found) == ["第1条", "第2条", "第3条", "认领"]
    assert sum(len(each.committees) for each in found) == 2 * 3 + 1
    assert {each.day for each in found} == {MONDAY.date()}


def test_a_department_has_its_own_and_a_committee_what_it_got(database: Database) -> None:
    database.write_now(fill)

    def titles(**view: int) -> list[str]:
        found: tuple[Avoided, ...] = database.read_now(lambda db: avoided_store.avoided(db, FIRST, LAST, **view))
        return sorted(each.title for each in found)

    assert titles(department=boards.SAFETY) == ["认领"]
    assert titles(department=boards.CIVIL) == ["第1条", "第2条", "第3条"]
    assert titles(committee=103) == ["认领"]
    assert titles(committee=101) == ["第1条", "第2条", "第3条"]


def test_a_period_ends_with_its_last_day_in_shanghai(database: Database) -> None:
    database.write_now(fill)
    day = MONDAY.date()

    def count(first: date, last: date) -> int:
        return len(database.read_now(avoided_store.avoided, first, last))

    assert count(day, day) == 4
    assert count(day - timedelta(days=7), day - timedelta(days=1)) == 0
    assert count(day + timedelta(days=1), LAST) == 0
