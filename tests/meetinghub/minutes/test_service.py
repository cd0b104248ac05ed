"""Minutes on both engines: drafts, editions, tasks and what is answered to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ledger import minutes as m
from meetinghub.minutes.model import Answer, Content, Wish
from tests.meetinghub.minutes.examples import (
    CIVIL,
    DUE,
    HOST,
    PARTY,
    SAID,
    book,
    committee,
    facts,
    held,
    segments,
)


async def published(database: Database) -> tuple[int, int]:
    """Meeting and first segment, with one edition."""
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    await book(database).save(meeting, first, SAID, HOST, revision=0)
    assert await book(database).publish(meeting, HOST) == 1
    return meeting, first


async def test_a_draft_is_kept_as_it_was_typed_and_seen_by_whoever_reads_it_next(database: Database) -> None:
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    draft = await book(database).save(meeting, first, SAID, HOST, revision=0)
    assert draft.revision == 1
    found = (await book(database).read(meeting)).minutes
    assert found.drafts[first].content == SAID
    assert found.edition == 0
    assert (await book(database).save(meeting, first, SAID, HOST, revision=1)).revision == 1


async def test_of_two_who_write_at_once_the_second_is_told(database: Database) -> None:
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    await book(database).save(meeting, first, SAID, HOST, revision=0)
    with pytest.raises(Stale, match="changed_meanwhile"):
        await book(database).save(meeting, first, Content("另一句"), HOST, revision=0)


async def test_a_department_writes_its_own_segment_and_no_other(database: Database) -> None:
    meeting = database.write_now(held)
    found = (await book(database).read(meeting)).minutes.meeting
    own = next(each.id for each in found.segments if each.department_id == PARTY.department)
    other = next(each.id for each in found.segments if each.department_id != PARTY.department)
    assert (await book(database).save(meeting, own, SAID, PARTY, revision=0)).revision == 1
    with pytest.raises(Forbidden):
        await book(database).save(meeting, other, SAID, PARTY, revision=0)
    with pytest.raises(Forbidden):
        await book(database).publish(meeting, PARTY)
    with pytest.raises(NotFound):
        await book(database).save(meeting, 9999, SAID, HOST, revision=0)


async def test_nothing_is_written_before_the_meeting_and_nothing_published_before_its_end(database: Database) -> None:
    meeting = database.write_now(lambda db: held(db, over=False))
    first = segments(database, meeting)[0]
    await book(database).save(meeting, first, SAID, HOST, revision=0)
    with pytest.raises(Refused, match="not_over"):
        await book(database).publish(meeting, HOST)


async def test_publishing_gives_the_tasks_and_writes_facts_bound_to_the_text(database: Database) -> None:
    meeting, first = await published(database)
    found = (await book(database).read(meeting)).minutes
    (task,) = found.tasks
    assert [each.who.name for each in task.owners] == ["居委会1", "居委会2", "居委会3", "民政科"]
    assert (task.due, task.segment) == (DUE, first)
    said = facts(database, meeting, "minutes:")[0].payload
    assert isinstance(said, m.MinutesPublished)
    assert (said.edition, said.segments, len(said.digest)) == (1, (first,), 64)
    given = facts(database, meeting, "task:")[0].payload
    refs = ("committee:101", "committee:102", "committee:103", "department:3")
    assert given == m.TaskGiven(task.id, first, "2026-12-10", refs)


async def test_an_unknown_name_keeps_it_from_being_published_and_is_said(database: Database) -> None:
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    await book(database).save(meeting, first, Content("有话", (), (Wish("做", "无此科"),)), HOST, revision=0)
    with pytest.raises(Invalid) as caught:
        await book(database).publish(meeting, HOST)
    assert caught.value.values["name"] == "无此科"
    assert (await book(database).read(meeting)).minutes.edition == 0


async def test_a_correction_needs_a_reason_and_the_old_edition_stays_readable(database: Database) -> None:
    meeting, first = await published(database)
    await book(database).save(meeting, first, replace(SAID, text="办结 12 件。"), HOST, revision=1)
    with pytest.raises(Invalid):
        await book(database).publish(meeting, HOST)
    assert await book(database).publish(meeting, HOST, reason="数字有误") == 2
    found = (await book(database).read(meeting)).minutes
    old, new = found.says(first, 1), found.says(first, 2)
    assert old is not None
    assert new is not None
    assert (old.text, new.text) == (SAID.text, "办结 12 件。")
    assert len(found.tasks) == 1
    with pytest.raises(Refused, match="nothing_new"):
        await book(database).publish(meeting, HOST, reason="再来一次")


async def test_a_task_with_other_words_is_another_one_and_with_another_day_the_same(database: Database) -> None:
    meeting, first = await published(database)
    (task,) = (await book(database).read(meeting)).minutes.tasks
    await book(database).answer(task.id, committee(1), Answer.DONE, "已送")
    later = replace(SAID, tasks=(Wish("上报走访名单", "居委会1、民政科", date(2026, 12, 20)),))
    await book(database).save(meeting, first, later, HOST, revision=1)
    await book(database).publish(meeting, HOST, reason="延期")
    (same,) = (await book(database).read(meeting)).minutes.tasks
    assert same.due == date(2026, 12, 20)
    assert [(each.who.name, each.answer) for each in same.owners] == [("居委会1", Answer.DONE), ("民政科", Answer.OPEN)]
    other = replace(SAID, tasks=(Wish("上报走访名单和照片", "居委会1"),))
    await book(database).save(meeting, first, other, HOST, revision=2)
    await book(database).publish(meeting, HOST, reason="加照片")
    old, new = (await book(database).read(meeting)).minutes.tasks
    assert (old.ended, new.edition, new.owners[0].answer) == (3, 3, Answer.OPEN)
    with pytest.raises(Stale):
        await book(database).answer(old.id, committee(1), Answer.DONE)
    kinds = [each.payload.kind.value for each in facts(database, meeting, "task:")]
    assert kinds == ["task:given", "task:answered", "task:changed", "task:ended", "task:given"]


async def test_a_committee_takes_note_changes_its_mind_and_is_asked_again_after_a_correction(
    database: Database,
) -> None:
    meeting, first = await published(database)
    kept = book(database)
    assert [each.meeting for each in (await kept.waiting(committee(1))).unread] == [meeting]
    await kept.take_note(meeting, committee(1), edition=1, taken=True)
    await kept.take_note(meeting, committee(1), edition=1, taken=True)
    assert (await kept.waiting(committee(1))).unread == ()
    assert (await kept.read(meeting)).minutes.not_taken() == (102, 103)
    await kept.take_note(meeting, committee(1), edition=1, taken=False)
    await kept.take_note(meeting, committee(1), edition=1, taken=True)
    assert len(facts(database, meeting, "minutes:acknowledged")) == 3
    await kept.save(meeting, first, Content("更正"), HOST, revision=1)
    await kept.publish(meeting, HOST, reason="更正")
    (again,) = (await kept.waiting(committee(1))).unread
    assert again.corrects
    with pytest.raises(Stale):
        await kept.take_note(meeting, committee(2), edition=1, taken=True)
    with pytest.raises(Forbidden):
        await kept.take_note(meeting, HOST, edition=2, taken=True)


async def test_open_tasks_wait_for_those_concerned_by_due_date_until_they_say_done(database: Database) -> None:
    meeting = database.write_now(held)
    first = segments(database, meeting)[0]
    tasks = (Wish("不急", "居委会1"), Wish("十日", "居委会1", DUE), Wish("一日", "居委会1、民政科", date(2026, 12, 1)))
    await book(database).save(meeting, first, Content("", (), tasks), HOST, revision=0)
    await book(database).publish(meeting, HOST)
    mine = (await book(database).waiting(committee(1))).tasks
    assert [each.text for each in mine] == ["一日", "十日", "不急"]
    assert [each.overdue(date(2026, 12, 5)) for each in mine] == [True, False, False]
    assert [each.text for each in (await book(database).waiting(CIVIL)).tasks] == ["一日"]
    assert (await book(database).waiting(committee(2))).tasks == ()
    await book(database).answer(mine[0].task, committee(1), Answer.READ)
    assert len((await book(database).waiting(committee(1))).tasks) == 3
    await book(database).answer(mine[0].task, committee(1), Answer.DONE, "报了")
    assert [each.text for each in (await book(database).waiting(committee(1))).tasks] == ["十日", "不急"]
    assert [each.owner.note for each in await book(database).done(committee(1))] == ["报了"]
    await book(database).answer(mine[0].task, committee(1), Answer.OPEN)
    assert len((await book(database).waiting(committee(1))).tasks) == 3
    with pytest.raises(NotFound):
        await book(database).answer(mine[1].task, CIVIL, Answer.DONE)


async def test_the_host_is_reminded_of_a_meeting_without_minutes(database: Database) -> None:
    meeting = database.write_now(held)
    assert [each.meeting for each in (await book(database).waiting(HOST)).unwritten] == [meeting]
    await book(database).save(meeting, segments(database, meeting)[0], SAID, HOST, revision=0)
    await book(database).publish(meeting, HOST)
    assert (await book(database).waiting(HOST)).unwritten == ()
