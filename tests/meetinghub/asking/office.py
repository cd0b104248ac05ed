"""A small street in a database, with a meeting to ride on, those who ask and those who approve, and the real rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.agendas.letters import letters
from meetinghub.agendas.service import Agendas
from meetinghub.asking import store
from meetinghub.asking.audience import Audience
from meetinghub.asking.drafts import Drafts
from meetinghub.asking.model import Request
from meetinghub.asking.reminding import Reminding
from meetinghub.asking.topics import Topics
from meetinghub.asking.wish import Item, Kind, Own, Wish
from meetinghub.bridges.joined import Expiring, asking_of, post_of
from meetinghub.bridges.notices import NoticeDrafts
from meetinghub.clock import SHANGHAI
from meetinghub.config import from_env
from meetinghub.db import Database
from meetinghub.mail.message import Owed
from meetinghub.mail.store import owed_of
from meetinghub.mail.tables import MailRow
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right, Role
from meetinghub.people.tables import AccountRightRow, AccountRow
from meetinghub.workdays.store import workdays
from quotas import store as quota_store
from quotas.policy import CallApproval, Rule, Status
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import CIVIL, HOST, MONDAY, SAFETY
from tests.meetinghub.meetings.planned import SetClock

APPROVERS = {"coordinator": Right.COORDINATOR, "coordinator-2": Right.COORDINATOR, "leader": Right.LEADER}
CALLS = CallApproval("calls", ("secretary", "director"))
WISH = Wish(
    title="冬季送温暖对象核对",
    purpose="逐户核对名单",
    kind=Kind.DISCUSSION,
    audience=Audience((Role.SECRETARY, Role.DIRECTOR)),
    minutes=10,
    first=date(2026, 11, 24),
    last=date(2026, 12, 18),
    declined="要逐户讨论，10 分钟不够",
    own=Own(
        datetime(2026, 12, 8, 9, 0, tzinfo=SHANGHAI), "302 会议室", True, "chair", (Item("核对名单", "沈若琳", 40),)
    ),
)


class Office:
    """Everything over one database; ``clock`` is set by the test."""

    def __init__(self, database: Database, folder: Path, *rules: Rule) -> None:
        self.database = database
        self.clock = SetClock(MONDAY)
        config = from_env({"DATA_DIR": str(folder), "SECRET_KEY": "a secret of more than thirty-two letters"})
        self.agendas = Agendas(database, self.clock, workdays=workdays, letters=letters(config))
        self.asking = asking_of(database, self.clock, self.agendas, config)
        self.drafts = Drafts(database, self.clock, NoticeDrafts())
        self.topics = Topics(database, self.clock, self.agendas)
        post = post_of(self.agendas, config)
        self.reminding = Reminding(database, self.clock, post)
        self.expiring = Expiring(database, self.clock, post)
        database.write_now(_fill, rules or (CALLS,))

    def account(self, name: str) -> Account:
        found = self.database.read_now(people.account_named, name)
        assert found is not None
        return found[0]

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """It is that moment of November 2026, in Shanghai."""
        self.clock.time = datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)

    async def handed_in(self, wish: Wish = WISH, by: str = "dept-03") -> Request:
        account = self.account(by)
        number = await self.drafts.begin(wish, account)
        await self.drafts.answer(number, account, lambda _: wish)
        submitted = await self.asking.submit(number, account)
        assert not submitted.refused
        return submitted.request

    def request(self, number: int) -> Request:
        found = self.database.read_now(store.request, number)
        assert found is not None
        return found

    def mails(self, *kinds: str) -> list[Owed]:
        """Those of these kinds, oldest first."""

        def read(db: Db) -> list[Owed]:
            rows = db.exec(select(MailRow).where(col(MailRow.kind).in_(kinds)).order_by(col(MailRow.id)))
            return [owed_of(row) for row in rows]

        return self.database.read_now(read)

    def asked(self, kind: str = "approval") -> list[str]:
        """Who was sent that kind of mail, without the domain."""
        return [mail.to.partition("@")[0] for mail in self.mails(kind)]


def on(days: int, hour: int = 9) -> Wish:
    """The same wish for another day, so many days later."""
    assert WISH.own is not None
    day = WISH.own.day + timedelta(days=days)
    return replace(WISH, own=replace(WISH.own, starts_at=datetime.combine(day, time(hour), SHANGHAI)))


def _fill(db: Db, rules: tuple[Rule, ...]) -> None:
    hosted.fill(db)
    for department in (HOST, CIVIL, SAFETY):
        _account(db, f"dept-{department:02d}", Right.DEPARTMENT, department=department)
    for name, right in APPROVERS.items():
        _account(db, name, right, department=2)
    _account(db, "clerk", Right.DEPARTMENT, department=2)
    _account(db, "site-01", Right.SITE, committee=101)
    number = quota_store.add_version(db, rules, note="", by="coordinator", now=MONDAY)
    values = {"status": Status.ACTIVE.value, "effective_from": date(2026, 1, 1), "switched_on_at": MONDAY}
    assert quota_store.change_version(db, number, revision=0, values=values)


def _account(db: Db, name: str, right: Right, *, department: int | None = None, committee: int | None = None) -> None:
    row = AccountRow(
        username=name,
        name=name,
        password_hash="",
        department_id=department,
        committee_id=committee,
        mail=f"{name}@qinghewan.example",
        created_at=MONDAY,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    db.add(AccountRightRow(account_id=row.id, right=right.value))
