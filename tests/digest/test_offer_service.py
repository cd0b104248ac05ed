"""The detector at work on both engines: what is offered, to whom, once; what taking and declining leave behind."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from digest import item_store
from digest.model import Kind, Origin, State
from digest.offer_service import NoticeOffers
from meetinghub.bridges.notice_segments import EndedSegments
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Stale
from meetinghub.ids import NoticeId
from meetinghub.ledger import notices as n
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, NewFact, Payload
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.minutes.model import Content, Wish
from meetinghub.minutes.service import MinutesBook
from tests.digest.answered import answers, committee, facts, send
from tests.digest.boards import action
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import THURSDAY
from tests.meetinghub.meetings.planned import SetClock

OVER = THURSDAY + timedelta(hours=2)
WEEK_LATER = OVER + timedelta(days=7)
HOST = hosted.HOSTING


def held(db: Db, asked_about: int | None = None) -> int:
    """The agenda's meeting, each segment run for ten minutes, a hand raised in the one at that place."""
    number = hosted.fill(db)
    meeting = planned.meeting(db, number)
    assert meeting is not None

    def say(payload: Payload, at: datetime) -> None:
        ledger.append(db, [NewFact(payload)], meeting_id=number, at=at, actor="chair")

    say(p.MeetingStarted(), THURSDAY)
    for place, segment in enumerate(meeting.segments):
        at = THURSDAY + timedelta(minutes=10 * place)
        say(p.SegmentStarted(segment.id), at)
        if place == asked_about:
            say(p.HandRaised("site-02", ""), at + timedelta(minutes=2))
    say(p.MeetingEnded(), THURSDAY + timedelta(minutes=10 * len(meeting.segments)))
    meetings.note(db, meeting, OVER)
    return number


def offers(database: Database, moment: datetime = WEEK_LATER) -> NoticeOffers:
    return NoticeOffers(database, SetClock(moment), EndedSegments())


def titles(database: Database) -> list[str]:
    """Of the segments that have been offered."""
    found = [each for each in facts(database, FactKind.NOTICE_OFFERED) if isinstance(each, n.NoticeOffered)]
    occasions = database.read_now(lambda db: EndedSegments().occasions(db, [each.segment for each in found]))
    return [occasions[each.segment].title for each in found if each.segment]


async def test_after_five_working_days_without_minutes_what_nobody_asked_about_is_offered_once(
    database: Database,
) -> None:
    number = database.write_now(held, 1)
    meeting = database.read_now(planned.meeting, number)
    assert meeting is not None
    await offers(database, OVER + timedelta(days=6)).run()
    assert titles(database) == []
    await offers(database).run()
    await offers(database).run()
    expected = [each.title for place, each in enumerate(meeting.segments) if place != 1 and not each.pinned]
    assert len(expected) == 2
    assert titles(database) == expected


async def test_published_minutes_settle_at_once_what_was_decided_and_what_was_not(database: Database) -> None:
    number = database.write_now(held)
    meeting = database.read_now(planned.meeting, number)
    assert meeting is not None
    first, second, *rest = [each for each in meeting.segments if not each.pinned]
    book = MinutesBook(database, SetClock(OVER))
    await book.save(number, first.id, Content("读了。", ("年前完成。",)), HOST, revision=0)
    wish = Wish("报名单", "全体居委会", date(2026, 12, 10))
    await book.save(number, second.id, Content("布置了。", (), (wish,)), HOST, revision=0)
    await book.save(number, rest[0].id, Content("通报了文件精神。"), HOST, revision=0)
    await book.publish(number, HOST)
    await offers(database, OVER + timedelta(hours=1)).run()
    assert titles(database) == [each.title for each in rest]


async def test_two_workers_offer_it_once(database: Database) -> None:
    database.write_now(held)
    await asyncio.gather(*(offers(database).run() for _ in range(4)))
    assert len(titles(database)) == len(set(titles(database))) > 0


async def taken(database: Database) -> tuple[NoticeOffers, NoticeId]:
    """The civil affairs office's own segment, taken into the drafts."""
    database.write_now(held)
    book = offers(database)
    await book.run()
    waiting = (await book.waiting(hosted.account(2)))[0]
    notice = await book.take(hosted.account(2), waiting.offer.id)
    assert notice is not None
    return book, notice


async def test_taking_it_makes_a_draft_for_those_whom_the_segment_was_for(database: Database) -> None:
    book, number = await taken(database)
    draft = database.read_now(item_store.notice, number)
    assert draft is not None
    assert (draft.state, draft.origin, draft.department) == (State.DRAFT, Origin.SEGMENT, 2)
    assert draft.wording.kind is Kind.INFORMATION
    assert draft.wording.title
    assert draft.wording.audiences[0].committees
    assert await book.waiting(hosted.account(2)) == ()
    answered = facts(database, FactKind.NOTICE_OFFER_ANSWERED)
    assert [each.taken for each in answered if isinstance(each, n.NoticeOfferAnswered)] == [True]


async def test_an_answer_is_given_once_and_by_the_department_only(database: Database) -> None:
    database.write_now(held)
    book = offers(database)
    await book.run()
    first = (await book.waiting(HOST))[0].offer.id
    with pytest.raises(NotFound):
        await book.decline(hosted.account(hosted.CIVIL), first)
    with pytest.raises(Forbidden):
        await book.take(committee(1), first)
    await book.decline(HOST, first)
    for act in (book.decline, book.take):
        with pytest.raises(Stale):
            await act(HOST, first)
    await offers(database, WEEK_LATER + timedelta(days=3)).run()
    assert first not in [each.offer.id for each in await book.waiting(HOST)]
    assert await book.waiting(committee(1)) == ()


async def test_what_three_committees_ask_about_is_offered_to_its_department_as_a_topic(database: Database) -> None:
    database.write_now(hosted.register)
    sent = database.write_now(lambda db: send(db, [action(due=date(2026, 11, 25))]))
    clock, book = SetClock(OVER), offers(database, OVER)
    for seat in (1, 2):
        await answers(database, clock).ask(committee(seat), sent.action, "怎么报？")
        await answers(database, clock).ask(committee(seat), sent.action, "报给谁？")
    await book.run()
    assert await book.waiting(hosted.CLAIMING) == ()
    await answers(database, clock).ask(committee(3), sent.action, "能不能晚两天？")
    await book.run()
    await book.run()
    found = await book.waiting(hosted.CLAIMING)
    assert [(each.sent.id if each.sent else 0, each.committees) for each in found] == [(sent.action, 3)]
    assert await book.take(hosted.CLAIMING, found[0].offer.id) is None
    assert await book.waiting(hosted.CLAIMING) == ()


async def test_old_meetings_are_let_rest(database: Database) -> None:
    database.write_now(held)
    await offers(database, OVER + timedelta(days=61)).run()
    assert titles(database) == []
