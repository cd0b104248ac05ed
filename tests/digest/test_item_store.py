"""Items in rows, on both engines: kept, put on boards, merged, with their revisions and attachments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db

from digest import item_store as store
from digest.issue_store import open_issue
from digest.model import Audience, Kind, Link, LinkKind, Notice, Origin, State, Week, Wording
from meetinghub.db import Database
from meetinghub.files.kinds import Kind as FileKind
from meetinghub.ids import CommitteeId, DepartmentId, NoticeId
from meetinghub.people.model import Role
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import MONDAY

CIVIL, SAFETY = DepartmentId(hosted.CIVIL), DepartmentId(hosted.SAFETY)
ASKED = Wording(
    "报高龄津贴未复核名单",
    "请核对：\n- 姓名\n- 住址",
    Kind.ACTION,
    date(2026, 12, 2),
    time(17, 0),
    (Audience(frozenset({CommitteeId(101), CommitteeId(103)}), (Role.LINE_WORKER,), "民政"),),
    Link(LinkKind.PAGE, "/tasks"),
)


def add(db: Db, wording: Wording = ASKED, department: DepartmentId = CIVIL) -> NoticeId:
    return store.add(db, department, wording, by="dept-03", now=MONDAY)


def found(db: Db, number: int) -> Notice:
    notice = store.notice(db, number)
    assert notice is not None
    return notice


def test_an_item_is_read_as_it_was_written(database: Database) -> None:
    database.write_now(hosted.register)
    number = database.write_now(add)
    made = database.read_now(found, number)
    assert (made.wording, made.state, made.revision, made.department) == (ASKED, State.DRAFT, 1, CIVIL)
    changed = replace(ASKED, title="改了", due_at=None, audiences=(Audience(),), link=Link())
    later = MONDAY + timedelta(minutes=1)
    assert database.write_now(store.keep, number, changed, by="clerk", now=later) == 2
    made = database.read_now(found, number)
    assert (made.wording, made.updated_by, made.updated_at, made.written_by) == (changed, "clerk", later, "dept-03")
    assert database.read_now(store.notice, 999) is None


def test_a_department_lists_its_own_newest_first(database: Database) -> None:
    database.write_now(hosted.register)
    first, second = database.write_now(add), database.write_now(add)
    other = database.write_now(add, ASKED, SAFETY)
    assert [each.id for each in database.read_now(store.of_department, CIVIL)] == [second, first]
    assert [each.id for each in database.read_now(store.of_department, CIVIL, before=second)] == [first]
    assert database.read_now(store.of_department, CIVIL, [State.RETURNED]) == []
    assert [each.id for each in database.read_now(store.all_of)] == [other, second, first]


def test_boards_have_an_order_and_late_items_wait_beside_them(database: Database) -> None:
    database.write_now(hosted.register)

    def write(db: Db) -> tuple[list[NoticeId], list[NoticeId]]:
        issue = open_issue(db, Week(2026, 48)).id
        first, second, late = add(db), add(db), add(db)
        for place, number in enumerate((second, first), 1):
            assert store.last_position(db, issue) == place - 1
            store.note(db, number, State.SUBMITTED, by="dept-03", now=MONDAY, submitted=True)
            store.place(db, number, issue, place)
        store.note(db, late, State.SUBMITTED, by="dept-03", now=MONDAY, submitted=True)
        board, waiting = store.on_board(db, issue), store.waiting(db)
        assert [each.week for each in board] == [Week(2026, 48)] * 2
        assert [each.id for each in board] == [second, first]
        assert [each.id for each in waiting] == [late]
        store.note(db, first, State.RETURNED, by="host", now=MONDAY, reason="日期不对")
        returned = found(db, first)
        assert (returned.issue, returned.reason, returned.submitted_at) == (None, "日期不对", MONDAY)
        return [each.id for each in store.on_board(db, issue)], [second]

    board, expected = database.write_now(write)
    assert board == expected


def test_a_merged_item_credits_and_carries_what_its_sources_do(database: Database) -> None:
    database.write_now(hosted.register)

    def write(db: Db) -> None:
        first, second = add(db), add(db, ASKED, SAFETY)
        whole = store.add(db, CIVIL, ASKED, by="host", now=MONDAY, origin=Origin.MERGE)
        file = store.add_file(
            db, second, name="名单.xlsx", kind=FileKind.XLSX, size=9, digest="a" * 64, by="dept-04", now=MONDAY
        )
        store.merge(db, [first, second], whole)
        merged = found(db, whole)
        assert merged.departments == (CIVIL, SAFETY)
        assert merged.sources == (first, second)
        assert [(each.id, each.name, each.kind) for each in merged.attachments] == [(file, "名单.xlsx", FileKind.XLSX)]
        assert (found(db, first).state, found(db, first).into) == (State.MERGED, whole)
        store.merge(db, [first, second], None)
        assert (found(db, whole).sources, found(db, second).state) == ((), State.SUBMITTED)
        store.remove_file(db, file)
        assert found(db, second).attachments == ()

    database.write_now(write)


def test_a_revision_is_kept_once_and_never_changed(database: Database) -> None:
    database.write_now(hosted.register)

    def write(db: Db) -> None:
        number = add(db)
        store.add_revision(db, number, of_host=False)
        store.add_revision(db, number, of_host=True)
        changed = replace(ASKED, title="改了")
        store.keep(db, number, changed, by="host", now=MONDAY)
        store.add_revision(db, number, of_host=True)
        kept = store.revisions(db, number)
        assert [(each.revision, each.wording, each.by, each.of_host) for each in kept] == [
            (1, ASKED, "dept-03", False),
            (2, changed, "host", True),
        ]

    database.write_now(write)


def test_what_was_offered_elsewhere_comes_once(database: Database) -> None:
    database.write_now(hosted.register)

    def offer(db: Db, ref: int = 7) -> NoticeId:
        return store.add(db, CIVIL, ASKED, by="dept-03", now=MONDAY, origin=Origin.CLAIM, origin_ref=ref)

    number = database.write_now(offer)
    assert database.read_now(store.drafts_waiting, CIVIL) == 1
    with pytest.raises(IntegrityError):
        database.write_now(offer)
    other = database.write_now(offer, 8)
    database.write_now(store.note, other, State.SUBMITTED, by="dept-03", now=MONDAY)
    database.write_now(store.forget, Origin.CLAIM, 7)
    database.write_now(store.forget, Origin.CLAIM, 8)
    assert database.read_now(store.notice, number) is None
    kept = database.read_now(store.of_origin, Origin.CLAIM, 8)
    assert kept is not None
    assert kept.id == other
    assert database.read_now(store.of_origin, Origin.CLAIM, 7) is None
