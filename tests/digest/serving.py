"""The host office's services over a database, with what other features would say given to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlmodel import Session as Db
from sqlmodel import select

from digest.board_service import Boards
from digest.department_letters import Letters
from digest.freezing import Freezing
from digest.issue_service import Issues
from digest.page import Light, OpenTask, OwnMeeting
from meetinghub.db import Database
from meetinghub.ids import CommitteeId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, Payload
from meetinghub.mail.tables import MailRow
from meetinghub.people.model import Right
from meetinghub.workdays.calendar import Workdays
from tests.digest.boards import FRIDAY
from tests.meetinghub.agendas import hosted
from tests.meetinghub.meetings.planned import SetClock

HOST = hosted.account(hosted.HOST, Right.HOST)
CIVIL = hosted.account(hosted.CIVIL)


class Week:
    def __init__(self, meetings: Mapping[CommitteeId, tuple[OwnMeeting, ...]] | None = None) -> None:
        self.meetings = meetings or {}
        self.asked: list[tuple[date, date]] = []

    def of(
        self, db: Db, first: date, last: date, committees: Collection[CommitteeId]
    ) -> Mapping[CommitteeId, tuple[OwnMeeting, ...]]:
        self.asked.append((first, last))
        return {each: self.meetings[each] for each in committees if each in self.meetings}


class Tasks:
    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[OpenTask, ...]]:
        return {}


class NoLights:
    def of(
        self, db: Db, committees: Collection[CommitteeId], *, today: date
    ) -> Mapping[CommitteeId, tuple[Light, ...]]:
        return {}


def plain_weeks(_: Db) -> Workdays:
    return Workdays({}, [2026, 2027])


def freezing(week: Week | None = None) -> Freezing:
    return Freezing(week or Week(), Tasks(), NoLights())


def boards(database: Database, clock: SetClock | None = None) -> Boards:
    return Boards(database, clock or SetClock(FRIDAY), Letters("https://hub.example"), plain_weeks)


def issues(database: Database, clock: SetClock | None = None, week: Week | None = None) -> Issues:
    return Issues(database, clock or SetClock(FRIDAY), freezing(week), plain_weeks)


def facts(database: Database, *kinds: FactKind) -> list[Payload]:
    return [each.payload for each in database.read_now(lambda db: list(ledger.of_kinds(db, kinds)))]


def mails(database: Database) -> list[tuple[str, str, str]]:
    """Kind, recipient, text, in the order in which they were owed."""

    def read(db: Db) -> list[tuple[str, str, str]]:
        return [(row.kind, row.recipient, row.text) for row in db.exec(select(MailRow).order_by("id"))]

    return database.read_now(read)
