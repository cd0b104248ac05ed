"""Feeds and answers over the database, on both engines."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from icalendar import Calendar, Component
from sqlmodel import Session as Db
from sqlmodel import select

from meetinghub.bridges.parts import AgendaParts
from meetinghub.calendars import store
from meetinghub.calendars.answering import Answers, Given
from meetinghub.calendars.itip import Answer
from meetinghub.calendars.model import Kind, Scope
from meetinghub.calendars.service import MOST_FEEDS, Feeds
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import FeedMade, FeedRevoked, InvitationAnswered
from meetinghub.ledger.fact import FactKind
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right
from meetinghub.people.tables import AccountRightRow, AccountRow, PersonRow
from meetinghub.words import all_words
from tests.meetinghub.agendas.hosted import CIVIL, HOST, MONDAY, THURSDAY, fill
from tests.meetinghub.calendars.invited import LINKS, addresses, happen, inviting, mails
from tests.meetinghub.meetings.planned import SetClock

TOKEN = re.compile(r"/rsvp/(\S+)")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
def meeting(database: Database) -> int:
    number = database.write_now(fill)
    database.write_now(addresses, 101)
    return number


def feeds(database: Database, clock: SetClock) -> Feeds:
    words = all_words()
    return Feeds(database, clock, AgendaParts(), words=words, address="https://hub.example", office="清河湾街道")


def signed_up(
    database: Database, username: str, right: Right, *, department: int | None = None, committee: int | None = None
) -> Account:
    """An account of a department, or of a committee's first person."""

    def write(db: Db) -> None:
        person = db.exec(select(PersonRow.id).where(PersonRow.committee_id == committee)).first() if committee else None
        row = AccountRow(
            username=username,
            name=username,
            password_hash="",
            created_at=MONDAY,
            person_id=person,
            department_id=department,
            committee_id=committee,
        )
        db.add(row)
        db.flush()
        db.add(AccountRightRow(account_id=row.id or 0, right=right.value))

    database.write_now(write)
    found = database.read_now(people.account_named, username)
    assert found is not None
    return found[0]


async def shown(found: Feeds, secret: str) -> list[Component]:
    return list(Calendar.from_ical((await found.fetch(secret)).text).walk("VEVENT"))


async def test_each_calendar_shows_its_own_part(database: Database, clock: SetClock, meeting: int) -> None:
    host = signed_up(database, "host", Right.HOST, department=HOST)
    secretary = signed_up(database, "site-01", Right.SITE, committee=101)
    made = feeds(database, clock)
    whole = {
        Scope(Kind.DEPARTMENT, str(HOST)): host,
        Scope(Kind.SITE, "101"): secretary,
        Scope(Kind.VENUE, "302 会议室"): host,
    }
    for scope, account in whole.items():
        (event,) = await shown(made, await made.make(account, scope, language="zh-CN"))
        assert "您的部分" not in str(event["description"]), scope
    (event,) = await shown(made, await made.make(secretary, Scope(Kind.PERSON, str(secretary.id)), language="en"))
    assert str(event["description"]).startswith("Your part 13:30–")
    (event,) = await shown(made, await made.make(secretary, Scope(Kind.COMMITTEE, "101"), language="zh-CN"))
    assert str(event["description"]).startswith("书记 13:30–")
    assert await shown(made, await made.make(host, Scope(Kind.DEPARTMENT, str(CIVIL)), language="zh-CN")) == []


async def test_a_feed_follows_from_facts_and_not_from_the_moment_it_is_asked_for(
    database: Database, clock: SetClock, meeting: int
) -> None:
    host = signed_up(database, "host", Right.HOST, department=HOST)
    made = feeds(database, clock)
    secret = await made.make(host, Scope(Kind.DEPARTMENT, str(HOST)), language="zh-CN")
    first = await made.fetch(secret)
    clock.wait(hours=30)
    assert await made.fetch(secret) == first
    (feed,) = database.read_now(store.feeds, host.id)
    assert feed.fetched_at == clock.now()
    happen(database, meeting, p.MeetingPostponed(THURSDAY + timedelta(days=1), "台风"), clock.now())
    assert (await made.fetch(secret)).mark != first.mark
    (event,) = await shown(made, secret)
    assert (event.decoded("sequence"), event.decoded("dtstamp")) == (1, clock.now())
    assert event.decoded("dtstart") == THURSDAY + timedelta(days=1)


async def test_making_replacing_and_ending_are_facts_and_there_is_a_limit(
    database: Database, clock: SetClock, meeting: int
) -> None:
    host, made = signed_up(database, "host", Right.HOST, department=HOST), feeds(database, clock)
    scope = Scope(Kind.DEPARTMENT, str(HOST))
    first = await made.make(host, scope, language="zh-CN")
    await made.make(host, scope, language="zh-CN")
    await made.revoke(host, scope)
    await made.revoke(host, scope)
    with pytest.raises(NotFound):
        await made.fetch(first)
    kinds = [FactKind.FEED_MADE, FactKind.FEED_REVOKED]
    facts = database.read_now(lambda db: ledger.of_kinds(db, kinds))
    assert [type(fact.payload) for fact in facts] == [FeedMade, FeedRevoked, FeedMade, FeedRevoked]
    assert {fact.actor for fact in facts} == {"host"}
    with pytest.raises(NotFound):
        await made.make(host, Scope(Kind.COMMITTEE, "9999"), language="zh-CN")
    others = [Scope(kind, str(100 + seat)) for kind in (Kind.COMMITTEE, Kind.SITE) for seat in range(1, 4)]
    others += [Scope(Kind.DEPARTMENT, str(number)) for number in range(1, 5)]
    assert len(others) < MOST_FEEDS
    for each in others:
        await made.make(host, each, language="zh-CN")
    assert len(await made.offers(host)) == len({*others, Scope(Kind.PERSON, str(host.id)), scope})


async def test_an_answer_is_one_fact_and_holds_for_the_time_it_was_given_for(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    answers = Answers(database, clock, LINKS)

    def token() -> str:
        (mail, *_rest) = [each for each in reversed(mails(database)) if each.recipient.startswith("p1@")]
        found = TOKEN.search(mail.text)
        assert found is not None
        return found[1]

    first = token()
    for given in (Given(Answer.NONE, "", "", 0), Given(Answer.DECLINED, " ", "", 0), Given(Answer.DEPUTY, "", "", 0)):
        with pytest.raises(Invalid):
            await answers.give(first, given)
    for _ in range(2):
        await answers.give(first, Given(Answer.DEPUTY, "出差", "林主任", 0))
    facts = database.read_now(lambda db: ledger.of_kinds(db, [FactKind.INVITATION_ANSWERED]))
    assert [fact.payload for fact in facts] == [InvitationAnswered("deputy", 101, 0)]
    (mine,) = [each for each in await answers.of_meeting(meeting) if each.answer is not Answer.NONE]
    assert (mine.current, mine.deputy, mine.reason) == (True, "林主任", "出差")
    happen(database, meeting, p.MeetingPostponed(THURSDAY + timedelta(days=1), "台风"), clock.now())
    await inviting(database, clock).run()
    with pytest.raises(Stale):
        await answers.give(first, Given(Answer.ACCEPTED, "", "", 0))
    seen = await answers.shown(first)
    assert (seen.outdated, seen.invited.current) == (True, False)
    assert not (await answers.shown(token())).outdated
    happen(database, meeting, p.MeetingCancelled("台风"), clock.now())
    for each in (first, token()):
        with pytest.raises(Refused, match=r"rsvp\.cancelled"):
            await answers.shown(each)
