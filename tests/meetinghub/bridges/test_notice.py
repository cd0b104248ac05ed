"""What the notice asks of meetings, minutes and its own earlier issues, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session as Db

from digest import answer_store, earlier_store
from digest.model import Acknowledgement, Answer, Week
from digest.page import Colour, LightKind, OpenTask, OwnMeeting, OwnPart, TaskKind
from meetinghub.bridges.notice_lights import LightsOn
from meetinghub.bridges.notice_meetings import MeetingsOfWeek
from meetinghub.bridges.notice_tasks import TasksNotDone
from meetinghub.bridges.parts import AgendaParts
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ids import CommitteeId
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import service, store
from meetinghub.meetings.model import Mode
from meetinghub.minutes.model import Answer as Said
from tests.digest import answered, boards
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.examples import FIRE, PARTY
from tests.meetinghub.agendas.hosted import MONDAY, THURSDAY
from tests.meetinghub.minutes import examples as minutes

ONE, TWO, THREE = CommitteeId(101), CommitteeId(102), CommitteeId(103)
ALL = (ONE, TWO, THREE)
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 29)
TODAY = date(2026, 11, 30)


def meetings(database: Database, first: date = FIRST, last: date = LAST) -> dict[CommitteeId, tuple[OwnMeeting, ...]]:
    return dict(database.read_now(MeetingsOfWeek(AgendaParts()).of, first, last, ALL))


def tasks(database: Database, today: date = TODAY) -> dict[CommitteeId, tuple[OpenTask, ...]]:
    return dict(database.read_now(TasksNotDone().of, ALL, today=today))


def lights(database: Database, committee: CommitteeId, today: date) -> list[tuple[LightKind, int, str]]:
    found = database.read_now(LightsOn(TasksNotDone()).of, ALL, today=today)
    return [(each.kind, each.count, each.path) for each in found[committee]]


def answer(database: Database, item: int, committee: CommitteeId, said: Answer) -> None:
    given = Acknowledgement(item, committee, said, "a@b.cn", "link", boards.SENDING)
    database.write_now(answer_store.put_answer, given)


def test_a_committee_reads_when_each_of_its_people_is_needed(database: Database) -> None:
    database.write_now(hosted.fill)
    found = meetings(database)[ONE]
    assert [each.title for each in found] == ["书记主任月度工作例会"]
    meeting = found[0]
    assert meeting.mode is Mode.VIDEO
    assert meeting.departments == 3
    at = THURSDAY.astimezone(meeting.starts_at.tzinfo)
    assert meeting.parts[0] == OwnPart("secretary", "", at, at + timedelta(minutes=30))
    assert meeting.parts[1] == OwnPart("director", "", at, at + timedelta(minutes=80))
    assert {(each.role, each.line) for each in meeting.parts[2:]} == {("line_worker", "民政"), ("line_worker", "平安")}


def test_only_meetings_of_the_week_are_told_its_first_and_last_day_included(database: Database) -> None:
    database.write_now(hosted.fill)
    assert meetings(database, THURSDAY.date(), THURSDAY.date())
    assert not meetings(database, FIRST, THURSDAY.date() - timedelta(days=1))
    assert not meetings(database, THURSDAY.date() + timedelta(days=1), LAST)


def test_a_cancelled_meeting_is_not_told(database: Database) -> None:
    def cancel(db: Db) -> None:
        number = hosted.fill(db)
        ledger.append(db, [NewFact(p.MeetingCancelled("改期"))], meeting_id=number, at=MONDAY, actor="chair")
        found = store.meeting(db, number)
        assert found is not None
        service.note(db, found, MONDAY)

    database.write_now(cancel)
    assert not meetings(database)


def test_a_committee_that_no_item_of_the_agenda_concerns_is_not_told_of_the_meeting(database: Database) -> None:
    def plan(db: Db) -> None:
        number = hosted.fill(db)
        found = store.meeting(db, number)
        assert found is not None
        own = (replace(PARTY, sites=("site-01",)), replace(FIRE, sites=("site-01", "site-02")))
        sites = [store.SitePlan(each, "", "") for each in ALL]
        other = replace(found, title="部分居委会的会", segments=own, mode=Mode.IN_PERSON, capacity=0)
        service.plan(db, meeting=other, sites=sites, now=MONDAY, actor="host")

    database.write_now(plan)
    titles = {committee: [each.title for each in found] for committee, found in meetings(database).items()}
    assert "部分居委会的会" in titles[ONE]
    assert "部分居委会的会" in titles[TWO]
    assert "部分居委会的会" not in titles[THREE]


async def test_tasks_of_minutes_are_told_until_they_are_done(database: Database) -> None:
    meeting = database.write_now(minutes.held)
    first = minutes.segments(database, meeting)[0]
    await minutes.book(database).save(meeting, first, minutes.SAID, minutes.HOST, revision=0)
    await minutes.book(database).publish(meeting, minutes.HOST)
    task = tasks(database)[ONE][0]
    assert (task.kind, task.text, task.due_on) == (TaskKind.MINUTES, "上报走访名单", minutes.DUE)
    assert (task.source, task.given_on) == ("书记主任月度工作例会", THURSDAY.date())
    assert (task.meeting, task.departments) == (meeting, ("自治办",))
    await minutes.book(database).answer(task.task, minutes.committee(1), Said.DONE, "")
    found = tasks(database)
    assert [found[ONE], len(found[TWO]), len(found[THREE])] == [(), 1, 1]


def test_actions_of_earlier_issues_are_tasks_until_they_are_done(database: Database) -> None:
    sent = database.write_now(answered.fill)
    task = tasks(database)[ONE][0]
    assert (task.kind, task.task, task.due_on) == (TaskKind.NOTICE, sent.action, answered.DUE)
    assert (task.given_on, task.departments) == (boards.SENDING.date(), ("民政科",))
    answer(database, sent.action, ONE, Answer.READ)
    assert len(tasks(database)[ONE]) == 1
    answer(database, sent.action, ONE, Answer.DONE)
    found = tasks(database)
    assert [len(found[each]) for each in ALL] == [0, 1, 1]


def test_an_action_that_was_put_right_is_replaced_by_what_puts_it_right(database: Database) -> None:
    def both(db: Db) -> tuple[int, int]:
        sent = answered.fill(db)
        right = answered.send(db, [boards.action("更正")], part=1, corrects=sent.action)
        return sent.action, right.action

    _, right = database.write_now(both)
    assert [each.task for each in tasks(database)[ONE]] == [right]


def test_an_action_of_half_a_year_ago_is_not_told_for_ever(database: Database) -> None:
    database.write_now(answered.fill)
    assert tasks(database, TODAY + timedelta(days=80))[ONE]
    assert not tasks(database, TODAY + timedelta(days=180))[ONE]


def test_what_was_last_sent_and_not_answered_at_all_is_told_once_more(database: Database) -> None:
    def two_weeks(db: Db) -> tuple[answered.Sent, answered.Sent]:
        boards.register(db)
        before = Week(2026, 47)
        old = answered.send(db, [boards.information("上上周的")], week=before, at=boards.SENDING - timedelta(days=7))
        return old, answered.send(db, [boards.action(), boards.information(seats=(1, 2))])

    _, sent = database.write_now(two_weeks)
    answer(database, sent.action, TWO, Answer.READ)
    found = database.read_now(earlier_store.unread, Week(2026, 49), ALL)
    assert {each: [one.item for one in found[each]] for each in ALL} == {
        ONE: [sent.action, sent.information],
        TWO: [sent.information],
        THREE: [sent.action],
    }
    assert (found[ONE][0].issue, found[ONE][0].sent_on) == (48, boards.SENDING.date())
    assert not any(database.read_now(earlier_store.unread, Week(2026, 47), ALL).values())
    assert not any(database.read_now(earlier_store.unread, Week(2027, 8), ALL).values())


def test_tasks_are_red_when_their_day_has_passed_and_amber_three_days_before(database: Database) -> None:
    database.write_now(answered.fill)
    assert lights(database, ONE, answered.DUE + timedelta(days=1)) == [(LightKind.OVERDUE, 1, "/notice")]
    assert lights(database, ONE, answered.DUE) == [(LightKind.DUE_SOON, 1, "/notice")]
    assert lights(database, ONE, answered.DUE - timedelta(days=3)) == [(LightKind.DUE_SOON, 1, "/notice")]
    assert lights(database, ONE, answered.DUE - timedelta(days=4)) == []
    assert LightKind.OVERDUE.colour is Colour.RED
    assert LightKind.DUE_SOON.colour is Colour.AMBER


async def test_minutes_that_nobody_took_note_of_are_amber_after_a_week(database: Database) -> None:
    meeting = database.write_now(minutes.held)
    first = minutes.segments(database, meeting)[0]
    await minutes.book(database).save(meeting, first, minutes.SAID, minutes.HOST, revision=0)
    await minutes.book(database).publish(meeting, minutes.HOST)
    published = minutes.AFTER.astimezone(SHANGHAI).date()
    light = (LightKind.MINUTES_UNREAD, 1, f"/meetings/{meeting}/minutes")
    assert light not in lights(database, ONE, published + timedelta(days=7))
    assert light in lights(database, ONE, published + timedelta(days=8))
    await minutes.book(database).take_note(meeting, minutes.committee(1), edition=1, taken=True)
    assert light not in lights(database, ONE, published + timedelta(days=8))
    assert light in lights(database, TWO, published + timedelta(days=8))
    assert light not in lights(database, TWO, published + timedelta(days=100))
