"""Approval and what it freezes, supplements and corrections, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from digest import board, issue_store, item_store, page
from digest.board_service import Where
from digest.model import Audience, Issue, IssueKind, IssueState, Kind, State, Wording
from digest.page import OwnMeeting
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import CommitteeId, IssueId, NoticeId
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from meetinghub.meetings.model import Mode
from tests.digest.boards import FRIDAY, SENDING, WEEK, action, committee, information, register, submitted
from tests.digest.serving import CIVIL, HOST, Week, boards, facts, issues
from tests.meetinghub.agendas import hosted
from tests.meetinghub.meetings.planned import SetClock

MEETING = OwnMeeting(7, "例会", "302 会议室", SENDING, SENDING + timedelta(hours=1), Mode.VIDEO, (), 2)


def fill(db: Db) -> tuple[IssueId, list[NoticeId]]:
    register(db)
    issue = issue_store.open_issue(db, WEEK, send_at=SENDING).id
    gas = action("用气安全", due=date(2026, 11, 27), seats=(1, 2))
    return issue, [
        submitted(db, gas, issue=issue, department=hosted.SAFETY, position=1),
        submitted(db, action(), issue=issue, position=2),
        submitted(db, information(seats=(3,)), issue=issue, position=3),
    ]


def seen(database: Database, issue: IssueId) -> str:
    return board.mark(database.read_now(item_store.on_board, issue))


async def approved(database: Database, clock: SetClock | None = None) -> Issue:
    issue, _ = database.write_now(fill)
    return await issues(database, clock).approve(issue, HOST, seen=seen(database, issue))


def titles(found: page.Page) -> list[str]:
    return [each.title for each in found.items]


async def test_approval_freezes_items_and_every_committees_page(database: Database) -> None:
    issue, items = database.write_now(fill)
    week = Week({committee(2): (MEETING,)})
    service = issues(database, week=week)
    frozen = await service.approve(issue, HOST, seen=seen(database, issue))
    assert (frozen.state, frozen.approved_by, frozen.approved_at) == (IssueState.APPROVED, HOST.username, FRIDAY)
    assert week.asked == [(date(2026, 11, 23), date(2026, 11, 29))]
    kept = database.read_now(issue_store.items, issue)
    assert [each.notice for each in kept] == [items[1], items[0], items[2]]
    assert kept[1].departments == ("平安办",)
    _, content = await service.content(issue, HOST)
    assert set(content.pages) == {committee(1), committee(2), committee(3)}
    first, last = content.pages[committee(1)], content.pages[committee(3)]
    assert titles(first) == ["报高龄津贴未复核名单", "用气安全"]
    assert titles(last) == ["报高龄津贴未复核名单", "冬季流感疫苗接种点与时间"]
    assert content.pages[committee(2)].meetings == (MEETING,)
    assert (first.head.day, first.head.office, first.head.frozen_at) == (date(2026, 11, 23), "清河湾街道", FRIDAY)
    assert frozen.digest == page.digest(content.pages.values(), kept)
    assert facts(database, FactKind.ISSUE_APPROVED) == [
        n.IssueApproved(issue, tuple(each.id for each in kept), frozen.digest)
    ]
    states = [database.read_now(item_store.notice, each) for each in items]
    assert {each.state for each in states if each} == {State.FROZEN}


async def test_nothing_changes_after_approval(database: Database) -> None:
    issue = await approved(database)
    notice = database.read_now(issue_store.items, issue.id)[0].notice
    before = await issues(database).content(issue.id, HOST)
    mark = seen(database, issue.id)
    host = boards(database)
    for act in (
        issues(database).approve(issue.id, HOST, seen=mark),
        host.step(issue.id, notice, 1, HOST, seen=mark),
        host.merge(issue.id, [notice], HOST, seen=mark),
        host.edit(notice, action("改"), HOST, revision=1),
        host.put(notice, Where.NEXT, HOST),
    ):
        with pytest.raises(Refused):
            await act
    assert await issues(database).content(issue.id, HOST) == before


async def test_the_draft_is_what_would_be_frozen(database: Database) -> None:
    issue, _ = database.write_now(fill)
    _, draft = await issues(database).content(issue, HOST)
    await issues(database).approve(issue, HOST, seen=seen(database, issue))
    _, frozen = await issues(database).content(issue, HOST)
    numbers = {each.notice: each.id for each in frozen.items}

    def numbered(found: page.Page) -> page.Page:
        def each(item: page.PageItem) -> page.PageItem:
            return replace(item, item=numbers[NoticeId(-item.item)])

        return replace(found, actions=tuple(map(each, found.actions)), information=tuple(map(each, found.information)))

    assert {key: numbered(each) for key, each in draft.pages.items()} == frozen.pages


async def test_only_what_was_seen_is_approved_and_only_by_those_who_may(database: Database) -> None:
    issue, items = database.write_now(fill)
    mark = seen(database, issue)
    await boards(database).edit(items[0], action("用气安全，改了", due=date(2026, 11, 27)), HOST, revision=1)
    with pytest.raises(Stale):
        await issues(database).approve(issue, HOST, seen=mark)
    with pytest.raises(Forbidden):
        await issues(database).approve(issue, CIVIL, seen=seen(database, issue))
    with pytest.raises(NotFound):
        await issues(database).approve(IssueId(999), HOST, seen="")


async def test_of_two_who_approve_at_once_one_freezes(database: Database) -> None:
    issue, _ = database.write_now(fill)
    mark = seen(database, issue)
    outcomes = await asyncio.gather(
        issues(database).approve(issue, HOST, seen=mark),
        issues(database).approve(issue, HOST, seen=mark),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Issue", "Refused"]
    assert len(facts(database, FactKind.ISSUE_APPROVED)) == 1


async def test_one_committees_page_is_the_same_alone_and_among_all(database: Database) -> None:
    issue, _ = database.write_now(fill)
    for frozen in (False, True):
        if frozen:
            await issues(database).approve(issue, HOST, seen=seen(database, issue))
        _, everything = await issues(database).content(issue, HOST)
        _, one = await issues(database).content(issue, HOST, only=committee(2))
        assert one.items == everything.items
        assert one.pages == {committee(2): everything.pages[committee(2)]}


async def test_no_action_is_due_before_anybody_reads_of_it(database: Database) -> None:
    issue, _ = database.write_now(fill)
    late = SetClock(datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI))
    with pytest.raises(Refused, match="due_before_sent"):
        await issues(database, late).approve(issue, HOST, seen=seen(database, issue))


async def test_a_week_that_is_over_or_has_no_working_day_is_not_approved(database: Database) -> None:
    issue, _ = database.write_now(fill)
    over = SetClock(datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI))
    with pytest.raises(Refused, match="week_over"):
        await issues(database, over).approve(issue, HOST, seen=seen(database, issue))


async def test_an_empty_week_still_reaches_every_committee(database: Database) -> None:
    database.write_now(register)
    issue = database.write_now(issue_store.open_issue, WEEK, send_at=SENDING).id
    await issues(database).approve(issue, HOST, seen=seen(database, issue))
    _, content = await issues(database).content(issue, HOST)
    assert [each.empty for each in content.pages.values()] == [True, True, True]


async def test_a_supplement_goes_to_those_whom_it_concerns_at_once_or_at_a_chosen_time(database: Database) -> None:
    await approved(database)
    clock = SetClock(SENDING + timedelta(hours=3))

    def late(seat: int) -> NoticeId:
        wording = information(seats=(seat,))
        return database.write_now(submitted, wording, issue=None, at=FRIDAY + timedelta(hours=4))

    first = await boards(database, clock).put(late(1), Where.SUPPLEMENT, HOST)
    done = await issues(database, clock).approve(first.id, HOST, seen=seen(database, first.id))
    assert (done.part, done.send_at) == (1, clock.now())
    _, content = await issues(database, clock).content(first.id, HOST)
    assert set(content.pages) == {committee(1)}

    second = await boards(database, clock).put(late(2), Where.SUPPLEMENT, HOST)
    assert second.part == 2
    for wrong in (clock.now() - timedelta(minutes=1), clock.now() + timedelta(days=30)):
        with pytest.raises(Invalid):
            await issues(database, clock).approve(second.id, HOST, seen=seen(database, second.id), send_at=wrong)
    wanted = clock.now() + timedelta(hours=4)
    done = await issues(database, clock).approve(second.id, HOST, seen=seen(database, second.id), send_at=wanted)
    assert done.send_at == wanted


async def test_a_supplement_with_nothing_in_it_is_not_approved(database: Database) -> None:
    database.write_now(register)
    issue = database.write_now(issue_store.open_issue, WEEK, part=1, kind=IssueKind.SUPPLEMENT)
    with pytest.raises(Refused, match="nothing_to_send"):
        await issues(database).approve(issue.id, HOST, seen=seen(database, issue.id))


async def sent(database: Database) -> tuple[Issue, int]:
    issue = await approved(database)
    database.write_now(issue_store.set_sent, issue.id, SENDING)
    item = database.read_now(issue_store.items, issue.id)[1]
    assert item.wording.title == "用气安全"
    return issue, item.id


async def test_a_correction_names_what_it_puts_right_and_reaches_all_who_got_it(database: Database) -> None:
    issue, item = await sent(database)
    clock = SetClock(SENDING + timedelta(hours=5))
    service, host = issues(database, clock), boards(database, clock)
    number, notice = await service.correct(item, HOST)
    assert await service.correct(item, HOST) == (number, notice)
    made = database.read_now(issue_store.issue, number)
    assert made is not None
    assert (made.kind, made.week, made.part, made.corrects) == (IssueKind.CORRECTION, WEEK, 1, issue.id)
    found = database.read_now(item_store.notice, notice)
    assert found is not None
    assert (found.wording.title, found.department) == ("用气安全", hosted.SAFETY)

    narrower = Wording("用气安全", kind=Kind.ACTION, due_on=date(2026, 11, 30), audiences=(_only(1),))
    with pytest.raises(Invalid) as refused:
        await host.edit(notice, narrower, HOST, revision=found.revision)
    assert "committees" in refused.value.fields
    for act in (
        host.give_back(notice, "退", HOST, revision=found.revision),
        host.put(notice, Where.NEXT, HOST),
    ):
        with pytest.raises(Refused, match="correction_alone"):
            await act

    await host.edit(notice, replace(narrower, audiences=(_only(1, 2, 3),)), HOST, revision=found.revision)
    await service.approve(number, HOST, seen=seen(database, number))
    _, content = await service.content(number, HOST)
    assert set(content.pages) == {committee(1), committee(2), committee(3)}
    corrects = content.pages[committee(1)].actions[0].corrects
    assert corrects is not None
    assert (corrects.item, corrects.issue, corrects.title) == (item, 48, "用气安全")
    with pytest.raises(Refused, match="corrected_already"):
        await service.correct(item, HOST)


async def test_a_correction_can_be_given_up_and_begun_again(database: Database) -> None:
    _, item = await sent(database)
    service = issues(database, SetClock(SENDING + timedelta(hours=5)))
    number, notice = await service.correct(item, HOST)
    await service.drop(notice, HOST)
    assert database.read_now(item_store.on_board, number) == []
    again, same = await service.correct(item, HOST)
    assert (again != number, same) == (True, notice)
    with pytest.raises(NotFound):
        await service.drop(NoticeId(999), HOST)


async def test_what_was_not_sent_needs_no_correction(database: Database) -> None:
    issue = await approved(database)
    item = database.read_now(issue_store.items, issue.id)[0]
    with pytest.raises(Refused, match="not_sent"):
        await issues(database).correct(item.id, HOST)
    with pytest.raises(NotFound):
        await issues(database).correct(999, HOST)


async def test_a_correction_after_its_week_is_an_issue_of_this_week(database: Database) -> None:
    _, item = await sent(database)
    clock = SetClock(SENDING + timedelta(days=8))
    number, _ = await issues(database, clock).correct(item, HOST)
    made = database.read_now(issue_store.issue, number)
    assert made is not None
    assert made.week == WEEK.after()


async def test_the_next_issue_asks_again_for_what_nobody_answered(database: Database) -> None:
    await sent(database)
    following = database.write_now(issue_store.open_issue, WEEK.after(), send_at=SENDING + timedelta(days=7)).id
    _, content = await issues(database, SetClock(SENDING + timedelta(days=3))).content(following, HOST)
    unread = {seat: [each.title for each in content.pages[committee(seat)].unread] for seat in (1, 3)}
    assert unread == {
        1: ["报高龄津贴未复核名单", "用气安全"],
        3: ["报高龄津贴未复核名单", "冬季流感疫苗接种点与时间"],
    }


def _only(*seats: int) -> Audience:
    return Audience(frozenset(CommitteeId(committee(seat)) for seat in seats))
