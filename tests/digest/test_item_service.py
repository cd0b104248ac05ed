"""A department's acts on both engines: nothing is lost, nothing is seen by others, wrong things are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from digest import issue_store, item_store
from digest.item_service import LARGEST_FILE, MOST_FILES
from digest.model import Audience, Kind, Link, LinkKind, Origin, State, Week, Wording
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.ledger import notices as n
from tests.digest import offices
from tests.digest.offices import CIVIL, HOST, SAFETY, facts
from tests.meetinghub.agendas.hosted import MONDAY
from tests.meetinghub.files.examples import FILES
from tests.meetinghub.meetings.planned import SetClock
from tests.meetinghub.minutes.examples import committee

FRIDAY_NOON = MONDAY + timedelta(days=4, hours=2)
SAID = Wording("报名单", "请报。", Kind.ACTION, date(2026, 12, 2))


async def test_a_draft_saves_itself_and_a_stale_window_changes_nothing(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL)
    assert await items.begin(CIVIL) == number
    assert (await items.desk(CIVIL)).notices == ()
    kept = await items.save(number, CIVIL, SAID, revision=1)
    assert (kept.revision, kept.wording) == (2, SAID)
    assert (await items.save(number, CIVIL, SAID, revision=1)).revision == 2
    with pytest.raises(Stale):
        await items.save(number, CIVIL, replace(SAID, text="另一个窗口"), revision=1)
    assert (await items.seen(number, CIVIL)).notice.wording == SAID
    assert await items.begin(CIVIL) != number
    assert facts(database) == []


async def test_it_is_handed_in_to_the_board_of_the_next_issue(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    first, second = await items.begin(CIVIL, SAID), await items.begin(SAFETY, replace(SAID, title="二"))
    for number, account in ((first, CIVIL), (second, SAFETY)):
        made = await items.submit(number, account, revision=1)
        assert (made.state, made.week, made.submitted_at) == (State.SUBMITTED, Week(2026, 49), MONDAY)
    issue = database.read_now(issue_store.issue_of, Week(2026, 49))
    assert issue is not None
    assert issue.send_at == MONDAY.replace(hour=8, minute=30) + timedelta(days=7)
    assert [each.id for each in database.read_now(item_store.on_board, issue.id)] == [first, second]
    assert facts(database)[0] == n.NoticeSubmitted(first, 1, CIVIL.department or 0, issue.id)
    assert [each.revision for each in (await items.seen(first, CIVIL)).revisions] == [1]
    with pytest.raises(Refused):
        await items.submit(first, CIVIL)
    with pytest.raises(Refused):
        await items.save(first, CIVIL, replace(SAID, text="改"), revision=1)


async def test_after_the_deadline_the_host_office_has_to_choose(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    clock = SetClock(FRIDAY_NOON - timedelta(seconds=1))
    items = offices.items(database, tmp_path, clock)
    punctual, late = await items.begin(CIVIL, SAID), await items.begin(CIVIL, SAID)
    assert (await items.submit(punctual, CIVIL)).week == Week(2026, 49)
    assert not (await items.desk(CIVIL)).late
    clock.wait(seconds=1)
    desk = await items.desk(CIVIL)
    assert (desk.late, desk.plan.week) == (True, Week(2026, 49))
    made = await items.submit(late, CIVIL)
    assert (made.issue, made.state) == (None, State.SUBMITTED)
    assert [each.id for each in database.read_now(item_store.waiting)] == [late]


async def test_an_issue_that_was_approved_early_takes_no_more(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))

    def approve(db: Db) -> IssueId:
        issue = issue_store.open_issue(db, Week(2026, 49)).id
        issue_store.approve(db, issue, digest="0" * 64, by="host", now=MONDAY)
        return issue

    database.write_now(approve)
    assert (await items.submit(await items.begin(CIVIL, SAID), CIVIL)).issue is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " \u200b"}, "title"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 27)}, "due_on"),
        ({"audiences": (Audience(frozenset({CommitteeId(5)})),)}, "committees"),
        ({"link": Link(LinkKind.MEETING, "77")}, "link"),
        ({"link": Link(LinkKind.WEB, "https://a.cn/\r\nBcc: x@y.cn")}, "link"),
    ],
)
async def test_what_is_wrong_is_not_handed_in_and_stays_a_draft(
    sqlite_database: Database, tmp_path: Path, changed: dict[str, object], field: str
) -> None:
    sqlite_database.write_now(offices.office)
    items = offices.items(sqlite_database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL, replace(SAID, **changed))  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        await items.submit(number, CIVIL)
    assert list(refused.value.fields) == [field]
    assert (await items.seen(number, CIVIL)).notice.state is State.DRAFT


async def test_lines_smuggled_into_any_field_end_as_spaces_or_are_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    sqlite_database.write_now(offices.office)
    items = offices.items(sqlite_database, tmp_path, SetClock(MONDAY))
    evil = "通知\r\nBcc: all@x.cn\u2028\x85\x00"
    said = replace(SAID, title=evil, text=evil, audiences=(Audience(line=evil),))
    kept = (await items.seen(await items.begin(CIVIL, said), CIVIL)).notice.wording
    assert kept.title == kept.audiences[0].line == "通知 Bcc: all@x.cn"
    assert kept.text == "通知\nBcc: all@x.cn"
    number = await items.begin(CIVIL, SAID)
    await items.attach(number, CIVIL, name="a\r\nB: c.pdf", data=FILES["pdf"])
    (file,) = (await items.seen(number, CIVIL)).notice.attachments
    assert file.name == "aB: c.pdf".replace(":", "")
    for longer in ({"title": "一" * 81}, {"text": "一" * 20_001}):
        with pytest.raises(Invalid):
            await items.save(number, CIVIL, replace(SAID, **longer), revision=1)  # type: ignore[arg-type]


async def test_other_departments_and_committees_find_nothing(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL, SAID)
    file = await items.attach(number, CIVIL, name="a.pdf", data=FILES["pdf"])
    for account in (SAFETY, HOST, committee(1)):
        with pytest.raises(NotFound):
            await items.seen(number, account)
        with pytest.raises(NotFound):
            await items.fetch(number, file, account)
        with pytest.raises((NotFound, Forbidden)):
            await items.save(number, account, replace(SAID, text="改"), revision=1)
        with pytest.raises((NotFound, Forbidden)):
            await items.withdraw(number, account)
    with pytest.raises(Forbidden):
        await items.begin(committee(1), SAID)
    assert await items.page(committee(1)) == []
    await items.submit(number, CIVIL)
    assert (await items.seen(number, HOST)).mine is False
    assert (await items.fetch(number, file, HOST))[1] == FILES["pdf"]
    with pytest.raises(NotFound):
        await items.seen(number, SAFETY)
    assert [each.id for each in await items.page(CIVIL)] == [number]


async def test_it_is_taken_back_laid_aside_and_gone_on_with(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL, SAID)
    await items.submit(number, CIVIL)
    back = await items.withdraw(number, CIVIL)
    assert (back.state, back.issue, back.wording) == (State.DRAFT, None, SAID)
    assert (await items.withdraw(number, CIVIL)).state is State.WITHDRAWN
    with pytest.raises(Refused):
        await items.withdraw(number, CIVIL)
    assert (await items.restore(number, CIVIL)).state is State.DRAFT
    with pytest.raises(Refused):
        await items.restore(number, CIVIL)
    assert [type(each) for each in facts(database)] == [n.NoticeSubmitted, n.NoticeWithdrawn, n.NoticeWithdrawn]


async def test_a_returned_item_is_changed_and_handed_in_again(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL, SAID)
    made = await items.submit(number, CIVIL)

    def give_back(db: Db) -> None:
        item_store.note(db, made.id, State.RETURNED, by="host", now=MONDAY, reason="日期不对")

    database.write_now(give_back)
    assert (await items.seen(number, CIVIL)).editable
    await items.save(number, CIVIL, replace(SAID, due_on=date(2026, 12, 3)), revision=1)
    again = await items.submit(number, CIVIL, revision=2)
    assert (again.state, again.week, again.reason) == (State.SUBMITTED, Week(2026, 49), "")
    assert [each.revision for each in (await items.seen(number, CIVIL)).revisions] == [1, 2]
    with pytest.raises(Refused):
        await items.submit(number, CIVIL, revision=1)


async def test_attachments_are_few_small_and_named_by_their_content(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    number = await items.begin(CIVIL, SAID)
    first = await items.attach(number, CIVIL, name="../../etc/值班表.pdf.exe", data=FILES["pdf"])
    assert await items.attach(number, CIVIL, name="again.pdf", data=FILES["pdf"]) == first
    (file,) = (await items.seen(number, CIVIL)).notice.attachments
    assert file.name == "值班表.pdf.pdf"
    for name, data in (("a.exe", b"MZ\x90"), ("a.pdf", b""), ("a.pdf", b"%PDF-" + b"0" * LARGEST_FILE)):
        with pytest.raises(Invalid):
            await items.attach(number, CIVIL, name=name, data=data)
    for place in range(MOST_FILES - 1):
        await items.attach(number, CIVIL, name=f"{place}.txt", data=f"第{place}".encode())
    with pytest.raises(Invalid):
        await items.attach(number, CIVIL, name="6.txt", data="第六".encode())
    await items.detach(number, first, CIVIL)
    with pytest.raises(NotFound):
        await items.detach(number, first, CIVIL)
    with pytest.raises(NotFound):
        await items.fetch(number, first, CIVIL)


async def test_what_was_merged_is_seen_by_all_who_are_credited_in_it(database: Database, tmp_path: Path) -> None:
    database.write_now(offices.office)
    items = offices.items(database, tmp_path, SetClock(MONDAY))
    numbers = [await items.begin(CIVIL, SAID), await items.begin(SAFETY, SAID)]
    mine, theirs = await items.submit(numbers[0], CIVIL), await items.submit(numbers[1], SAFETY)

    def merge(db: Db) -> int:
        whole = item_store.add(db, mine.department, SAID, by="host", now=MONDAY, origin=Origin.MERGE)
        item_store.note(db, whole, State.SUBMITTED, by="host", now=MONDAY, submitted=True)
        item_store.merge(db, [mine.id, theirs.id], whole)
        return whole

    whole = database.write_now(merge)
    for account in (CIVIL, SAFETY):
        seen = await items.seen(whole, account)
        assert not seen.editable
        with pytest.raises(NotFound):
            await items.save(whole, account, SAID, revision=1)
    assert [each.id for each in (await items.desk(CIVIL)).notices] == [mine.id]
    with pytest.raises(Refused):
        await items.withdraw(mine.id, CIVIL)
