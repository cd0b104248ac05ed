"""An issue that was sent on Monday: an action for everybody, information for two committees of three."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from digest import answer_store, issue_store
from digest.answer_service import NoticeAnswers
from digest.answering import SentItem
from digest.model import Issue, IssueKind, Item, Week, Wording
from digest.settings import Settings
from meetinghub.db import Database
from meetinghub.ids import AccountId, CommitteeId, DepartmentId, NoticeId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, Payload
from meetinghub.mail.links import Links
from meetinghub.people.model import Account, Right
from tests.digest import boards
from tests.meetinghub.agendas.hosted import account as department_account
from tests.meetinghub.meetings.planned import SetClock

MONDAY = boards.SENDING
NOON = MONDAY + timedelta(hours=4)
DUE = date(2026, 11, 25)
LINKS = Links("a secret of thirty-two characters")
HOST_OFFICE = department_account(1, Right.HOST)
CIVIL = department_account(boards.CIVIL)
SAFETY = department_account(boards.SAFETY)


@dataclass(frozen=True, slots=True)
class Sent:
    """Numbers of the issue and its two frozen items, and of what they were written as."""

    issue: int
    action: int
    information: int
    notices: tuple[NoticeId, ...]


def committee(seat: int, *rights: Right) -> Account:
    unit = CommitteeId(100 + seat)
    name = f"site-{seat:02d}"
    held = frozenset(rights or {Right.SITE})
    return Account(AccountId(100 + seat), name, "", held, None, unit, seat, f"居委会{seat}", False)


def fill(db: Db) -> Sent:
    boards.register(db)
    return send(db, [boards.action(due=DUE), boards.information(seats=(1, 2))])


def send(
    db: Db,
    wordings: list[Wording],
    *,
    week: Week = boards.WEEK,
    part: int = 0,
    at: datetime = MONDAY,
    corrects: int | None = None,
    department: int = boards.CIVIL,
    pages: Collection[int] = (),
) -> Sent:
    """An issue with these items, frozen and sent; ``pages``: committees that have one (an empty one)."""
    ledger.take(db)
    kind = IssueKind.CORRECTION if corrects else IssueKind.SUPPLEMENT if part else IssueKind.REGULAR
    issue: Issue = issue_store.open_issue(db, week, part=part, kind=kind, send_at=at)
    notices = [boards.submitted(db, each, issue=issue.id, department=department) for each in wordings]
    items = [
        Item(0, issue.id, notice, place, wording, ("民政科",), (), corrects)
        for place, (notice, wording) in enumerate(zip(notices, wordings, strict=True), 1)
    ]
    frozen = issue_store.add_items(db, items, {each: [department] for each in notices})
    issue_store.add_pages(db, issue.id, {CommitteeId(each): ({}, "0" * 64) for each in pages})
    issue_store.approve(db, issue.id, digest="0" * 64, by="host", now=at - timedelta(hours=2))
    issue_store.set_sent(db, issue.id, at)
    return Sent(issue.id, frozen[0].id, frozen[-1].id, tuple(notices))


def answers(
    database: Database, clock: SetClock | None = None, *, receiving: frozenset[str] | None = None
) -> NoticeAnswers:
    """``receiving``: the addresses that get mails; None = every one."""

    def receives(db: Db, committee: CommitteeId, address: str, items: object) -> bool:
        return receiving is None or address in receiving

    settings = replace(Settings(), host=DepartmentId(1))
    return NoticeAnswers(database, clock or SetClock(NOON), LINKS, receives=receives, settings=lambda _: settings)


def facts(database: Database, *kinds: FactKind) -> list[Payload]:
    return [each.payload for each in database.read_now(ledger.of_kinds, kinds)]


def sent_item(database: Database, number: int) -> SentItem:
    found = database.read_now(answer_store.sent, number)
    assert found is not None
    return found
