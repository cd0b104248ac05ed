"""An issue's way out by the worker, on both engines: in time, once, or a word to the host office why not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from digest import delivery_store, issue_store, item_store, schedule
from digest.model import IssueState, State, Week
from digest.sending import Rules
from digest.settings import Pause, Settings, Unapproved
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from meetinghub.mail.states import State as MailState
from tests.digest import boards, outgoing
from tests.digest.outgoing import MONDAY, SETTINGS, change, issue, recipients, states
from tests.meetinghub.meetings.planned import SetClock

WEEK = boards.WEEK
BEFORE = MONDAY - timedelta(minutes=1)
ALL = ["site-01", "secretary", "site-02", "site-03"]


async def test_an_approved_issue_goes_out_at_its_moment_to_everybody_once(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action(), boards.information(seats=(1, 2)))
    database.write_now(outgoing.approve, number)
    clock = SetClock(BEFORE)
    sending = outgoing.sending(database, clock)
    await sending.run()
    assert recipients(database) == []
    clock.wait(minutes=1)
    for _ in range(3):
        await sending.run()
        clock.wait(minutes=1)
    assert recipients(database) == ALL
    assert issue(database).state is IssueState.SENT
    assert issue(database).sent_at == MONDAY
    assert outgoing.facts(database, FactKind.ISSUE_SENT) == [n.IssueSent(number, 4)]
    found = database.read_now(delivery_store.deliveries, number)
    assert {each.mail.state for each in found} == {MailState.OWED}
    assert [each.name for each in found] == ["居委会1", "陈静", "居委会2", "居委会3"]


async def test_each_mail_says_what_concerns_its_committee_and_where_answers_go(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.information("只给一、二", seats=(1, 2)))
    database.write_now(outgoing.approve, number)
    await outgoing.sending(database, SetClock(MONDAY)).run()
    first, second, _, third = outgoing.mails(database)
    assert "secretary@qinghewan.example：只给一、二" in second.text
    assert first.text.endswith("：只给一、二")
    assert third.text.endswith("：本周无事项")
    assert {each.list_id for each in outgoing.mails(database)} == {"notice"}
    assert first.reply_to == "xu@qinghewan.example"  # whoever approved
    assert first.key == f"notice:2026-W48:0:{boards.committee(1)}:{first.key.rpartition(':')[2]}"


async def test_two_workers_send_one_issue(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    other = Database(str(database.url.render_as_string(hide_password=False)))
    try:
        clock = SetClock(MONDAY)
        workers = [outgoing.sending(each, clock) for each in (database, other, database, other)]
        await asyncio.gather(*(each.run() for each in workers))
    finally:
        other.close()
    assert recipients(database) == ALL
    assert len(outgoing.facts(database, FactKind.ISSUE_SENT)) == 1


async def test_nobody_approved_the_host_office_is_told_then_the_deputy_and_nothing_goes_out(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    clock = SetClock(MONDAY - timedelta(minutes=61))
    sending = outgoing.sending(database, clock)
    told = []
    for _ in range(70):
        await sending.run()
        told.append(recipients(database, "notice_unapproved"))
        clock.wait(minutes=1)
    assert told[0] == []
    assert told[1] == told[10] == ["dept-01", "xu"]
    assert told[11] == told[-1] == ["dept-01", "xu", "fang"]
    assert recipients(database) == []
    assert issue(database).state is IssueState.OPEN
    assert "/notice/board" in outgoing.mails(database, "notice_unapproved")[0].text
    database.write_now(outgoing.approve, number, now=clock.now())
    await sending.run()
    assert recipients(database) == ALL  # approved late, sent at once


async def test_it_goes_out_as_drafted_where_that_is_the_policy(database: Database) -> None:
    database.write_now(outgoing.register, replace(SETTINGS, unapproved=Unapproved.SEND))
    number = database.write_now(outgoing.written, boards.action())
    await outgoing.sending(database, SetClock(MONDAY)).run()
    assert recipients(database) == ALL
    sent = issue(database)
    assert (sent.state, sent.approved_by) == (IssueState.SENT, "")
    approved, gone = outgoing.facts(database, FactKind.ISSUE_APPROVED, FactKind.ISSUE_SENT)
    assert isinstance(approved, n.IssueApproved)
    assert approved.by_policy
    assert gone == n.IssueSent(number, 4)


async def test_a_week_in_which_nobody_wrote_anything_says_so(database: Database) -> None:
    database.write_now(outgoing.register, replace(SETTINGS, unapproved=Unapproved.SEND))
    clock = SetClock(boards.FRIDAY)
    sending = outgoing.sending(database, clock)
    await sending.run()  # opens the board
    clock.time = MONDAY
    await sending.run()
    assert [each.text.rpartition("：")[2] for each in outgoing.mails(database)] == ["本周无事项"] * 4


async def test_three_days_without_a_worker_are_one_issue_of_the_right_week(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    clock = SetClock(boards.FRIDAY)
    await outgoing.sending(database, clock).run()
    clock.wait(days=5)  # to Wednesday
    await outgoing.sending(database, clock).run()
    assert {each.key.split(":")[1] for each in outgoing.mails(database)} == {"2026-W48"}
    assert recipients(database) == ALL
    assert states(database) == {"2026-W49/0": IssueState.OPEN, "2026-W48/0": IssueState.SENT}


async def test_an_issue_that_is_too_old_lapses_and_its_items_go_with_the_next(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action(), boards.information())
    notices = [each.id for each in database.read_now(item_store.on_board, number)]
    database.write_now(outgoing.approve, number)
    clock = SetClock(datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI))
    sending = outgoing.sending(database, clock)
    await sending.run()
    await sending.run()
    assert recipients(database) == []
    assert issue(database).state is IssueState.LAPSED
    following = issue(database, WEEK.after())
    assert [outgoing.placed(database, each) for each in notices] == [(State.SUBMITTED.value, WEEK.after())] * 2
    assert outgoing.facts(database, FactKind.ISSUE_LAPSED) == [n.IssueLapsed(number, following.id)]
    assert recipients(database, "notice_lapsed") == ["dept-01", "xu", "fang"]
    database.write_now(outgoing.approve, following.id, now=clock.now())
    clock.time = MONDAY + timedelta(weeks=1)
    await sending.run()
    assert recipients(database) == ALL
    assert "报高龄津贴未复核名单" in outgoing.mails(database)[0].text


async def test_while_sending_is_paused_nothing_goes_out_and_the_host_office_is_told_once(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    change(database, paused=Pause("admin", boards.FRIDAY, "服务器搬迁"))
    clock = SetClock(MONDAY)
    sending = outgoing.sending(database, clock)
    for _ in range(3):
        await sending.run()
        clock.wait(hours=1)
    assert recipients(database) == []
    assert recipients(database, "notice_paused") == ["dept-01", "xu", "fang"]
    assert "服务器搬迁" in outgoing.mails(database, "notice_paused")[0].text
    change(database, paused=None)
    await sending.run()
    assert recipients(database) == ALL


async def test_recipients_are_those_of_the_moment_of_sending(database: Database) -> None:
    """The secretary hands over between approval and Monday."""
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    database.write_now(outgoing.hand_over)
    await outgoing.sending(database, SetClock(MONDAY)).run()
    assert recipients(database) == ["site-01", "successor", "site-02", "site-03"]


async def test_the_board_of_the_coming_week_is_opened_and_keeps_its_week_s_moment(database: Database) -> None:
    database.write_now(outgoing.register)
    clock = SetClock(boards.FRIDAY)
    sending = outgoing.sending(database, clock)
    await sending.run()
    assert issue(database).send_at == MONDAY
    later = MONDAY + timedelta(hours=1)
    change(database, send=later.timetz().replace(tzinfo=None))
    await sending.run()
    assert issue(database).send_at == later
    clock.time = later
    await sending.run()
    assert issue(database, WEEK.after()).send_at == later + timedelta(weeks=1)


async def test_the_week_of_spring_festival_has_no_issue(database: Database) -> None:
    database.write_now(outgoing.register)
    clock = SetClock(datetime(2026, 2, 9, 8, 30, tzinfo=SHANGHAI))
    await outgoing.sending(database, clock).run()
    assert states(database) == {"2026-W09/0": IssueState.OPEN}


async def test_a_late_item_for_which_nobody_chose_goes_with_the_next_issue(database: Database) -> None:
    """Handed in on Friday afternoon; the host office may choose until the following issue closes."""
    database.write_now(outgoing.register)
    number = database.write_now(boards.submitted, boards.action(), issue=None)
    database.write_now(outgoing.hand_in, number, datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI))
    clock = SetClock(datetime(2026, 11, 27, 11, 59, tzinfo=SHANGHAI))
    sending = outgoing.sending(database, clock)
    await sending.run()
    assert outgoing.placed(database, number) == ("submitted", None)
    clock.wait(minutes=1)
    await sending.run()
    assert outgoing.placed(database, number) == ("submitted", Week(2026, 49))
    board = issue(database, Week(2026, 49))
    assert outgoing.facts(database, FactKind.NOTICE_MOVED) == [n.NoticeMoved(number, board.id)]


async def test_a_supplement_goes_out_when_it_is_approved_and_only_where_it_says_something(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.information(seats=(2,)), part=1, send_at=None)
    clock = SetClock(MONDAY + timedelta(hours=6))
    sending = outgoing.sending(database, clock)
    await sending.run()
    assert recipients(database) == []
    database.write_now(outgoing.approve, number, now=clock.now())
    await sending.run()
    assert recipients(database) == ["site-02"]
    assert outgoing.mails(database)[0].key.startswith("notice:2026-W48:1:")


async def test_a_mail_that_cannot_be_rendered_keeps_its_issue_back_and_no_other(database: Database) -> None:
    database.write_now(outgoing.register)
    for part in (0, 1):
        number = database.write_now(outgoing.written, boards.information("坏" if not part else "好"), part=part)
        database.write_now(outgoing.approve, number)
    await outgoing.sending(database, SetClock(MONDAY), outgoing.failing("坏")).run()
    assert states(database) == {
        "2026-W48/0": IssueState.APPROVED,
        "2026-W48/1": IssueState.SENT,
        "2026-W49/0": IssueState.OPEN,
    }
    await outgoing.sending(database, SetClock(MONDAY)).run()
    assert issue(database).state is IssueState.SENT


async def test_an_unconfirmed_year_is_sent_on_its_mondays(database: Database) -> None:
    database.write_now(outgoing.register)
    rules = database.read_now(Rules.of)
    coming = rules.coming(datetime(2027, 2, 1, 9, 0, tzinfo=SHANGHAI))
    assert coming.day == datetime(2027, 2, 8, tzinfo=SHANGHAI).date()
    assert not coming.certain
    assert schedule.sending_moment(WEEK, rules.workdays, Settings()) == MONDAY
    assert database.read_now(issue_store.issues) == []
