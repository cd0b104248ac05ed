"""Answers to items on both engines: by link, by page, taken back; questions; who may see how far an item is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.answering import Asked, Via, answer_token
from digest.model import Answer, Week
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused
from meetinghub.ids import CommitteeId, DeviceId
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from meetinghub.mail.links import Link
from meetinghub.people.model import Right
from tests.digest import boards
from tests.digest.answered import (
    CIVIL,
    DUE,
    HOST_OFFICE,
    LINKS,
    MONDAY,
    NOON,
    SAFETY,
    Sent,
    answers,
    committee,
    facts,
    fill,
    send,
)
from tests.meetinghub.meetings.planned import SetClock

ADDRESS = "site-01@qinghewan.example"
ANSWERED = FactKind.NOTICE_ANSWERED


def token(sent: Sent, *items: int, act: Answer = Answer.DONE, seat: int = 1, address: str = ADDRESS) -> str:
    asked = Asked(act, CommitteeId(100 + seat), items or (sent.action,), address)
    return answer_token(LINKS, asked, day=MONDAY.date())


async def test_looking_at_a_link_records_nothing_however_often(database: Database) -> None:
    sent = database.write_now(fill)
    for _ in range(2):
        await answers(database).shown(token(sent, sent.action, sent.information))
    shown = await answers(database).shown(token(sent, sent.action, sent.information))
    assert [each.given for each in shown.items] == [None, None]
    assert shown.committee.seat == 1
    assert facts(database, ANSWERED) == []


async def test_confirming_a_link_records_it_once_with_its_fact(database: Database) -> None:
    sent = database.write_now(fill)
    link = token(sent)
    await answers(database).confirm(link, Answer.DONE, "已上报 3 户")
    shown = await answers(database).confirm(link, Answer.DONE, "已上报 3 户")
    given = shown.items[0].given
    assert given is not None
    assert (given.answer, given.note, given.by, given.via) == (Answer.DONE, "已上报 3 户", ADDRESS, "link")
    assert facts(database, ANSWERED) == [n.NoticeAnswered(sent.action, 101, "done", "link")]


async def test_several_items_are_answered_at_once_or_only_those_that_are_ticked(database: Database) -> None:
    sent = database.write_now(fill)
    link = token(sent, sent.action, sent.information, act=Answer.READ)
    shown = await answers(database).confirm(link, Answer.READ, items=[sent.information])
    assert [each.given is not None for each in shown.items] == [False, True]
    shown = await answers(database).confirm(link, Answer.READ)
    assert all(each.given is not None for each in shown.items)
    assert len(facts(database, ANSWERED)) == 2


async def test_reading_after_doing_leaves_it_done_and_the_last_word_counts_otherwise(database: Database) -> None:
    sent = database.write_now(fill)
    book, site = answers(database), committee(1)
    await book.give(site, [sent.action], Answer.READ)
    await book.give(site, [sent.action], Answer.DONE)
    await book.confirm(token(sent, act=Answer.READ), Answer.READ)
    given = (await book.seen(site, [sent.action]))[sent.action].given
    assert given is not None
    assert (given.answer, given.via) == (Answer.DONE, "page")
    await book.take_back(site, sent.action)
    await book.take_back(site, sent.action)
    assert (await book.seen(site, [sent.action]))[sent.action].given is None
    said = [each.answer for each in facts(database, ANSWERED) if isinstance(each, n.NoticeAnswered)]
    assert said == ["read", "done", ""]


async def test_a_link_that_is_forged_for_something_else_or_expired_opens_nothing(database: Database) -> None:
    sent = database.write_now(fill)
    book = answers(database)
    good = token(sent)
    other = LINKS.token(Link("rsvp", "done:101:1", ADDRESS, NOON + timedelta(days=9)))
    odd = LINKS.token(Link("notice_answer", "erase:101:1", ADDRESS, NOON + timedelta(days=9)))
    for each in (good[:-2], f"{good}x", "mh1.e30.x", other, odd, token(sent, 9999)):
        with pytest.raises(NotFound, match=r"link\.bad"):
            await book.shown(each)
    late = answers(database, SetClock(MONDAY + timedelta(days=91)))
    with pytest.raises(Refused, match=r"notice_answer\.expired"):
        await late.confirm(good, Answer.DONE)
    assert facts(database, ANSWERED) == []


async def test_a_link_never_shows_what_another_committee_got(database: Database) -> None:
    sent = database.write_now(fill)
    shown = await answers(database).shown(token(sent, sent.action, sent.information, seat=3))
    assert [each.sent.id for each in shown.items] == [sent.action]
    with pytest.raises(NotFound):
        await answers(database).shown(token(sent, sent.information, seat=3))


async def test_an_address_that_no_longer_receives_is_refused_and_told_so(database: Database) -> None:
    sent = database.write_now(fill)
    book = answers(database, receiving=frozenset({"new@qinghewan.example"}))
    with pytest.raises(Refused, match="not_receiving") as raised:
        await book.confirm(token(sent), Answer.DONE)
    assert raised.value.values["committee"] == "居委会1"
    assert facts(database, ANSWERED) == []


async def test_only_a_committees_own_account_answers_by_the_page(database: Database) -> None:
    sent = database.write_now(fill)
    book = answers(database)
    paired = replace(committee(1), device=DeviceId(7))
    for account in (CIVIL, HOST_OFFICE, paired, committee(1, Right.OPERATOR)):
        with pytest.raises(Forbidden):
            await book.give(account, [sent.action], Answer.READ)
    for wrong in ([], [9999], [sent.action, sent.information]):
        with pytest.raises(NotFound):
            await book.give(committee(3), wrong, Answer.READ)
    with pytest.raises(Invalid):
        await book.give(committee(1), [sent.action], Answer.DONE, "长" * 201)
    assert facts(database, ANSWERED) == []


async def test_what_waits_is_what_is_asked_of_the_committee_and_not_answered(database: Database) -> None:
    sent = database.write_now(fill)
    book, site = answers(database), committee(1)
    assert [each.sent.id for each in (await book.mine(site)).waiting] == [sent.action, sent.information]
    assert [each.sent.id for each in (await book.mine(committee(3))).waiting] == [sent.action]
    await book.give(site, [sent.action, sent.information], Answer.READ)
    assert [each.sent.id for each in (await book.mine(site)).waiting] == [sent.action]
    await book.give(site, [sent.action], Answer.DONE, via=Via.API)
    found = await book.mine(site)
    assert found.waiting == ()
    assert {each.sent.id for each in found.answered} == {sent.action, sent.information}
    assert (await book.mine(CIVIL)).waiting == ()


async def test_an_item_that_was_corrected_asks_for_nothing_more(database: Database) -> None:
    sent = database.write_now(fill)
    put_right = database.write_now(
        lambda db: send(db, [boards.action("更正：复核名单", due=DUE)], part=1, corrects=sent.action)
    )
    waiting = (await answers(database).mine(committee(3))).waiting
    assert [each.sent.id for each in waiting] == [put_right.action]
    followed = await answers(database).followed(CIVIL, sent.action)
    assert followed.sent.corrected_by == put_right.action
    assert followed.progress.open == ()


async def test_a_department_follows_its_items_the_host_office_all_and_nobody_else_any(database: Database) -> None:
    sent = database.write_now(fill)
    book = answers(database)
    await book.give(committee(2), [sent.action], Answer.DONE, "办好了")
    await book.give(committee(3), [sent.action], Answer.READ)
    for account in (CIVIL, HOST_OFFICE):
        followed = await book.followed_as(account, sent.notices[0])
        assert followed.progress.reached == (101, 102, 103)
        assert (followed.progress.done, followed.progress.read) == (1, 2)
        assert followed.progress.open == (101, 103)
        assert [each.sent.id for each in await book.following(account)] == [sent.information, sent.action]
    for account in (SAFETY, committee(1)):
        with pytest.raises(NotFound):
            await book.followed(account, sent.action)
        assert await book.following(account) == ()


async def test_an_issue_that_was_not_sent_cannot_be_answered(database: Database) -> None:
    database.write_now(fill)
    with pytest.raises(NotFound):
        await answers(database).followed(CIVIL, 9999)


async def test_a_question_reaches_its_department_and_its_answer_everybody_who_got_the_item(database: Database) -> None:
    sent = database.write_now(fill)
    book, site = answers(database), committee(1)
    number = await book.ask(site, sent.action, "外地户籍算不算？")
    assert await book.ask(site, sent.action, "外地户籍算不算？ ") == number
    assert (await book.seen(committee(2), [sent.action]))[sent.action].questions == ()
    assert (await book.followed(CIVIL, sent.action)).waiting == 1
    with pytest.raises(NotFound):
        await book.reply(SAFETY, number, "不算")
    with pytest.raises(Invalid):
        await book.reply(CIVIL, number, " ")
    await book.reply(CIVIL, number, "算。")
    assert (await book.followed(CIVIL, sent.action)).waiting == 0
    seen = (await book.seen(committee(2), [sent.action]))[sent.action].questions
    assert [(each.text, each.answer) for each in seen] == [("外地户籍算不算？", "算。")]
    kinds = (FactKind.NOTICE_QUERIED, FactKind.NOTICE_QUERY_ANSWERED)
    assert facts(database, *kinds) == [n.NoticeQueried(number, sent.action, 101), n.NoticeQueryAnswered(number)]


async def test_a_question_can_be_asked_by_the_link_and_not_without_end(database: Database) -> None:
    sent = database.write_now(fill)
    book, link = answers(database), token(sent)
    for number in range(5):
        await book.ask_by_link(link, sent.action, f"第 {number} 个问题")
    with pytest.raises(Refused, match="too_many_questions"):
        await book.ask_by_link(link, sent.action, "再问一个")
    with pytest.raises(Invalid):
        await book.ask_by_link(link, sent.action, " \r\n")
    with pytest.raises(NotFound):
        await book.ask_by_link(link, sent.information, "不在链接里")


async def test_items_of_earlier_weeks_are_asked_for_until_they_are_too_old(database: Database) -> None:
    database.write_now(boards.register)
    database.write_now(lambda db: send(db, [boards.information()], week=Week(2026, 30), at=NOON - timedelta(weeks=13)))
    kept = database.write_now(
        lambda db: send(db, [boards.information()], week=Week(2026, 40), at=NOON - timedelta(weeks=8))
    )
    assert [each.sent.id for each in (await answers(database).mine(committee(1))).waiting] == [kept.action]
