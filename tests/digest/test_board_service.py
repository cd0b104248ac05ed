"""The host office at its board, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session as Db

from digest import board, board_store, issue_store, item_store, settings_store
from digest.board_service import Shown, Where
from digest.model import Audience, IssueKind, Kind, Origin, State, Wording
from digest.settings import Settings
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import DepartmentId, IssueId, NoticeId
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from tests.digest.boards import FRIDAY, SENDING, WEEK, action, committee, information, register, submitted
from tests.digest.serving import CIVIL, HOST, boards, facts, mails
from tests.meetinghub.agendas import hosted
from tests.meetinghub.meetings.planned import SetClock


def fill(db: Db) -> tuple[IssueId, list[NoticeId]]:
    register(db)
    issue = issue_store.open_issue(db, WEEK, send_at=SENDING).id
    gas = action("入户排查独居老人用气安全", due=date(2026, 11, 27), seats=(1, 2))
    items = [
        submitted(db, action(), issue=issue, position=1),
        submitted(db, gas, issue=issue, department=hosted.SAFETY, position=2),
        submitted(db, information(), issue=issue, position=3),
        submitted(db, information("区级文明小区评比"), issue=issue, department=2, position=4),
    ]
    for each in items:
        item_store.add_revision(db, each, of_host=False)
    return issue, items


def show(database: Database, issue: IssueId) -> Shown:
    return asyncio.run(boards(database).show(issue, HOST))


def numbers(shown: Shown) -> list[int]:
    return [each.id for each in shown.notices]


def test_the_board_shows_what_is_on_it_and_what_is_late(database: Database) -> None:
    issue, items = database.write_now(fill)
    late = database.write_now(submitted, information("迟交的一条"), issue=None)
    shown = show(database, issue)
    assert numbers(shown) == items
    assert [each.id for each in shown.late] == [late]
    assert shown.plan is not None
    assert shown.plan.sends == SENDING


async def test_somebody_elses_board_is_not_shown(database: Database) -> None:
    issue, _ = database.write_now(fill)
    for act in (
        boards(database).show(issue, CIVIL),
        boards(database).order(issue, [], CIVIL, seen=""),
        boards(database).edit(NoticeId(1), action(), CIVIL, revision=1),
    ):
        with pytest.raises(Forbidden):
            await act


async def test_the_named_host_office_and_the_deputy_may_and_nobody_else(database: Database) -> None:
    issue, _ = database.write_now(fill)
    settings = Settings(host=DepartmentId(hosted.SAFETY), deputy=CIVIL.username, revision=1)
    database.write_now(settings_store.put, settings)
    await boards(database).show(issue, CIVIL)
    await boards(database).show(issue, hosted.account(hosted.SAFETY))
    with pytest.raises(Forbidden):
        await boards(database).show(issue, HOST)


async def test_an_order_holds_for_everybody(database: Database) -> None:
    issue, items = database.write_now(fill)
    shown = await boards(database).show(issue, HOST)
    wanted = [items[0], items[1], items[3], items[2]]
    await boards(database).order(issue, wanted, HOST, seen=shown.seen)
    assert numbers(await boards(database).show(issue, HOST)) == wanted


async def test_of_two_who_order_at_once_the_second_is_told(database: Database) -> None:
    issue, items = database.write_now(fill)
    seen = (await boards(database).show(issue, HOST)).seen
    outcomes = await asyncio.gather(
        boards(database).step(issue, items[3], -1, HOST, seen=seen),
        boards(database).step(issue, items[3], -1, HOST, seen=seen),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "Stale"]
    shown = await boards(database).show(issue, HOST)
    assert numbers(shown) == [items[0], items[1], items[3], items[2]]


async def test_an_item_goes_up_down_and_to_a_place(database: Database) -> None:
    issue, items = database.write_now(fill)
    host = boards(database)
    await host.step(issue, items[2], 1, HOST, seen=show_now(database, issue))
    assert numbers(await host.show(issue, HOST))[2:] == [items[3], items[2]]
    await host.move(issue, items[2], 0, HOST, seen=show_now(database, issue))
    assert numbers(await host.show(issue, HOST))[2:] == [items[2], items[3]]
    with pytest.raises(Stale):
        await host.step(issue, NoticeId(999), 1, HOST, seen=show_now(database, issue))


async def test_merging_credits_all_and_splitting_restores_all(database: Database) -> None:
    issue, items = database.write_now(fill)
    host = boards(database)
    before = [database.read_now(item_store.notice, each) for each in items[:2]]
    merged = await host.merge(issue, items[:2], HOST, seen=show_now(database, issue))
    found = database.read_now(item_store.notice, merged)
    assert found is not None
    assert (found.origin, found.departments, found.sources) == (Origin.MERGE, (3, 4), tuple(items[:2]))
    assert (found.wording.kind, found.wording.due_on) == (Kind.ACTION, date(2026, 11, 25))
    assert found.wording.text.startswith(
        "民政科：报高龄津贴未复核名单（11月25日（周三）前）\n请各居委会核对后上报。\n\n平安办："
    )
    assert found.wording.reached([committee(3)]) == {committee(3)}
    assert numbers(await host.show(issue, HOST)) == [merged, items[2], items[3]]
    assert [(kind, to) for kind, to, _ in mails(database)] == [
        ("notice_merged", "dept-03@qinghewan.example"),
        ("notice_merged", "dept-04@qinghewan.example"),
    ]
    await host.split(merged, HOST)
    after = [database.read_now(item_store.notice, each) for each in items[:2]]
    assert [each.wording for each in after if each] == [each.wording for each in before if each]
    assert numbers(await host.show(issue, HOST)) == items
    gone = database.read_now(item_store.notice, merged)
    assert gone is not None
    assert (gone.state, gone.sources) == (State.WITHDRAWN, ())
    assert facts(database, FactKind.NOTICE_MERGED, FactKind.NOTICE_SPLIT) == [
        n.NoticesMerged(merged, tuple(items[:2])),
        n.NoticeSplit(merged, tuple(items[:2])),
    ]


async def test_a_merged_item_takes_up_further_ones_and_other_merged_ones(database: Database) -> None:
    issue, items = database.write_now(fill)
    host = boards(database)
    one = await host.merge(issue, items[:2], HOST, seen=show_now(database, issue))
    two = await host.merge(issue, items[2:], HOST, seen=show_now(database, issue))
    whole = await host.merge(issue, [one, two], HOST, seen=show_now(database, issue))
    assert whole == one
    found = database.read_now(item_store.notice, one)
    assert found is not None
    assert (set(found.sources), found.departments) == (set(items), (3, 4, 2))
    await host.split(one, HOST)
    assert set(numbers(await host.show(issue, HOST))) == set(items)


async def test_one_alone_cannot_be_merged_nor_what_is_not_there(database: Database) -> None:
    issue, items = database.write_now(fill)
    with pytest.raises(Invalid):
        await boards(database).merge(issue, items[:1], HOST, seen=show_now(database, issue))
    with pytest.raises(Stale):
        await boards(database).merge(issue, [items[0], NoticeId(999)], HOST, seen=show_now(database, issue))
    with pytest.raises(Refused):
        await boards(database).split(items[0], HOST)


async def test_a_change_is_kept_as_a_revision_and_told_to_the_department(database: Database) -> None:
    _, items = database.write_now(fill)
    wanted = replace(action("高龄津贴：报未复核名单", due=date(2026, 11, 26)), text="新的正文。")
    assert await boards(database).edit(items[0], wanted, HOST, revision=1) == 2
    kept = database.read_now(item_store.revisions, items[0])
    assert [(each.revision, each.of_host, each.wording.title) for each in kept] == [
        (1, False, "报高龄津贴未复核名单"),
        (2, True, "高龄津贴：报未复核名单"),
    ]
    ((kind, to, text),) = mails(database)
    assert (kind, to) == ("notice_edited", "dept-03@qinghewan.example")
    for said in (
        "标题，现在是：高龄津贴：报未复核名单",
        "完成日期，现在是：11月26日（周四）",
        "正文",
        "/notice/items/",
    ):
        assert said in text
    assert facts(database, FactKind.NOTICE_EDITED) == [n.NoticeEdited(items[0], 2)]
    assert await boards(database).edit(items[0], wanted, HOST, revision=2) == 2
    assert len(mails(database)) == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wording(""), "title"),
        (Wording("报名单", kind=Kind.ACTION), "due_on"),
        (action(due=date(2026, 11, 20)), "due_on"),
        (Wording("报名单", audiences=(Audience(frozenset()),)), "committees"),
    ],
)
async def test_what_could_not_be_handed_in_cannot_be_written_by_the_host_either(
    database: Database, wanted: Wording, field: str
) -> None:
    _, items = database.write_now(fill)
    with pytest.raises(Invalid) as refused:
        await boards(database).edit(items[0], wanted, HOST, revision=1)
    assert field in refused.value.fields


async def test_a_change_over_somebody_elses_is_refused(database: Database) -> None:
    _, items = database.write_now(fill)
    await boards(database).edit(items[0], action("一"), HOST, revision=1)
    with pytest.raises(Stale):
        await boards(database).edit(items[0], action("二"), HOST, revision=1)


async def test_a_returned_item_is_the_departments_again_with_the_reason(database: Database) -> None:
    issue, items = database.write_now(fill)
    await boards(database).give_back(items[0], " 请写明联系人 ", HOST, revision=1)
    found = database.read_now(item_store.notice, items[0])
    assert found is not None
    assert (found.state, found.reason, found.issue) == (State.RETURNED, "请写明联系人", None)
    shown = await boards(database).show(issue, HOST)
    assert ([each.id for each in shown.returned], numbers(shown)) == ([items[0]], items[1:])
    ((kind, to, text),) = mails(database)
    assert (kind, to) == ("notice_returned", "dept-03@qinghewan.example")
    assert "> 请写明联系人" in text
    assert facts(database, FactKind.NOTICE_RETURNED) == [n.NoticeReturned(items[0], "请写明联系人")]
    with pytest.raises(Stale):
        await boards(database).give_back(items[0], "再一次", HOST, revision=1)


async def test_nothing_is_returned_without_a_reason_or_while_it_is_merged(database: Database) -> None:
    issue, items = database.write_now(fill)
    for reason in ("", "  ", "字" * 201):
        with pytest.raises(Invalid):
            await boards(database).give_back(items[0], reason, HOST, revision=1)
    merged = await boards(database).merge(issue, items[:2], HOST, seen=show_now(database, issue))
    with pytest.raises(Refused, match="split_first"):
        await boards(database).give_back(merged, "退回", HOST, revision=1)
    with pytest.raises(Stale):
        await boards(database).give_back(items[0], "退回", HOST, revision=1)


async def test_a_late_item_goes_into_a_supplement_or_the_next_issue(database: Database) -> None:
    issue, _ = database.write_now(fill)
    at = FRIDAY + timedelta(hours=4)
    one, two, three = (
        database.write_now(submitted, information(f"迟交{each}"), issue=None, at=at) for each in range(3)
    )
    into = await boards(database).put(one, Where.SUPPLEMENT, HOST)
    assert (into.kind, into.week, into.part) == (IssueKind.SUPPLEMENT, WEEK, 1)
    assert await boards(database).put(two, Where.SUPPLEMENT, HOST) == into
    monday = boards(database, SetClock(SENDING + timedelta(hours=2)))
    following = await monday.put(three, Where.NEXT, HOST)
    assert (following.kind, following.week, following.part) == (IssueKind.REGULAR, WEEK.after(), 0)
    shown = await boards(database).show(into.id, HOST)
    assert (numbers(shown), shown.plan) == ([one, two], None)
    assert (await boards(database).show(issue, HOST)).late == ()
    assert facts(database, FactKind.NOTICE_MOVED)[0] == n.NoticeMoved(one, into.id)


async def test_a_merged_item_moves_with_its_parts(database: Database) -> None:
    issue, items = database.write_now(fill)
    merged = await boards(database).merge(issue, items[:2], HOST, seen=show_now(database, issue))
    following = await boards(database).put(merged, Where.NEXT, HOST)
    await boards(database).split(merged, HOST)
    assert set(numbers(await boards(database).show(following.id, HOST))) == set(items[:2])
    assert numbers(await boards(database).show(issue, HOST)) == items[2:]


async def test_the_current_issue_is_the_first_that_waits_and_can_still_go_out(database: Database) -> None:
    database.write_now(register)
    clock = SetClock(FRIDAY)

    async def current() -> str:
        number = await boards(database, clock).current(HOST)
        assert number == await boards(database, clock).current(HOST)
        issue = database.read_now(issue_store.issue, number)
        assert issue is not None
        return str(issue.week)

    assert await current() == "2026-W48"
    clock.time = SENDING + timedelta(hours=1)
    assert await current() == "2026-W48"  # held: it may still go out
    clock.time = SENDING + timedelta(days=5)
    assert await current() == "2026-W49"


async def test_what_is_not_there_is_said_so(database: Database) -> None:
    database.write_now(register)
    with pytest.raises(NotFound):
        await boards(database).show(IssueId(999), HOST)
    with pytest.raises(NotFound):
        await boards(database).edit(NoticeId(999), action(), HOST, revision=1)


async def test_a_frozen_item_is_left_alone(database: Database) -> None:
    _, items = database.write_now(fill)
    database.write_now(board_store.set_frozen, items[:1])
    for act in (
        boards(database).edit(items[0], action("改"), HOST, revision=1),
        boards(database).give_back(items[0], "退", HOST, revision=1),
        boards(database).put(items[0], Where.NEXT, HOST),
        boards(database).split(items[0], HOST),
    ):
        with pytest.raises(Refused, match="item_frozen"):
            await act


def show_now(database: Database, issue: IssueId) -> str:
    return board.mark(database.read_now(item_store.on_board, issue))
