"""A meeting that is over, in a database: three committees, four departments, and whoever writes its minutes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.ids import AccountId, CommitteeId
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, NewFact
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.minutes.model import Content, Wish
from meetinghub.minutes.service import MinutesBook
from meetinghub.people.model import Account, Right
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import THURSDAY
from tests.meetinghub.meetings.planned import SetClock

AFTER = THURSDAY + timedelta(hours=2)
DUE = date(2026, 12, 10)
HOST, CIVIL = hosted.account(hosted.HOST, Right.HOST), hosted.account(hosted.CIVIL)
PARTY = hosted.account(2)
SAID = Content("上月 12 件事项办结 11 件。", ("年前完成走访。",), (Wish("上报走访名单", "全体居委会、民政科", DUE),))


def committee(seat: int) -> Account:
    number = AccountId(100 + seat)
    unit = CommitteeId(100 + seat)
    return Account(number, f"site-{seat:02d}", "", frozenset({Right.SITE}), None, unit, seat, f"居委会{seat}", False)


def held(db: Db, *, over: bool = True) -> int:
    """The meeting of the agenda's tests, begun and, unless ``over`` is False, ended; its number."""
    number = hosted.fill(db)
    facts = [NewFact(p.MeetingStarted())]
    ledger.append(db, facts, meeting_id=number, at=THURSDAY, actor="chair")
    if over:
        end = AFTER - timedelta(minutes=30)
        ledger.append(db, [NewFact(p.MeetingEnded())], meeting_id=number, at=end, actor="chair")
    meeting = planned.meeting(db, number)
    assert meeting is not None
    meetings.note(db, meeting, AFTER)
    return number


def book(database: Database, clock: SetClock | None = None) -> MinutesBook:
    return MinutesBook(database, clock or SetClock(AFTER))


def segments(database: Database, meeting: int) -> list[int]:
    found = database.read_now(planned.meeting, meeting)
    assert found is not None
    return [each.id for each in found.segments]


def facts(database: Database, meeting: int, prefix: str) -> list[Fact]:
    """The meeting's facts of one family, oldest first."""
    return [
        each for each in database.read_now(ledger.of_meeting, meeting) if each.payload.kind.value.startswith(prefix)
    ]
