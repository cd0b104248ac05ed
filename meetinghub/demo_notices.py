"""The demonstration's weekly notice: last week's issue with its answers, and a board that waits for approval."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from digest import answer_store, issue_store, item_store, schedule, settings_store
from digest.answering import Via
from digest.board_service import Boards
from digest.department_letters import Letters
from digest.issue_service import Issues
from digest.item_service import Items
from digest.model import Acknowledgement, Answer, Audience, Kind, State, Week, Wording
from digest.posting import Posting, Rendering
from digest.settings import Settings
from meetinghub import demo
from meetinghub.bridges import noticing
from meetinghub.clock import clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.files.shelf import Shelf
from meetinghub.ids import CommitteeId, IssueId, NoticeId, site_identity
from meetinghub.ledger import notices as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.mail import bounces, outbox, store
from meetinghub.mail.bounces import Bounce
from meetinghub.mail.message import Sender, message_id
from meetinghub.mail.model import Outcome
from meetinghub.mail.states import Event
from meetinghub.people import store as people
from meetinghub.people.model import Account, Role
from meetinghub.workdays.store import workdays

HOST, EDITOR, DEPUTY = "自治办", "host", "coordinator"
FIRE_SEATS = (1, 2, 3, 5, 8, 12, 13, 14, 15, 18, 20, 21)
BOUNCED = {
    6: (bounces.Kind.FAILED, "5.2.2", "mailbox full 邮箱已满"),
    13: (bounces.Kind.DEAD, "5.1.1", "user unknown 地址不存在"),
}
"""Seats of the committees whose own mailbox did not take last week's mail."""
LEASE = timedelta(minutes=5)
UNREAD, UNDONE = range(3, 34, 8), range(2, 34, 3)
"""Seats of the committees that have not read last week's information, and have not done what it asked for."""


@dataclass
class _Moment:
    """The hour at which something was done."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def fill_into(database: Database, config: Config) -> None:
    """Once, into a demonstration whose people and meetings are there."""
    if not database.read_now(_empty):
        return
    asyncio.run(_fill(database, config))


async def _fill(database: Database, config: Config) -> None:
    now = clock(config.clock_shift).now()
    await database.write(_settle)
    before, coming = await database.read(_plans, now)
    moment = _Moment(now)
    items = Items(database, moment, Shelf(config.data_dir / "files"))
    boards = Boards(database, moment, Letters(config.public_url), workdays)
    issues = Issues(database, moment, noticing.freezing(), workdays)
    editor = await _account(database, EDITOR)

    moment.at = before.closes - timedelta(days=1)
    for department, said in _last(before.day):
        await _hand_in(database, items, department, said)
    issue = await boards.current(editor)
    moment.at = before.closes + timedelta(hours=3)
    await issues.approve(issue, editor, seen=(await boards.show(issue, editor)).seen)
    await database.write(_send, issue, before.sends, noticing.NoticeMails(config))
    await database.write(_answer, issue, before.sends, now)

    moment.at = min(now, coming.closes - timedelta(hours=20))
    written = [await _hand_in(database, items, *each) for each in _now(database, coming.day)]
    moment.at = min(now, coming.closes - timedelta(hours=2))
    issue = await boards.current(editor)
    await boards.merge(issue, written[1:3], editor, seen=(await boards.show(issue, editor)).seen)
    returned = await database.read(item_store.notice, written[-1])
    assert returned is not None
    await boards.give_back(returned.id, "请写明哪几天查、查哪些小区，再交一次。", editor, revision=returned.revision)
    writer = await _account(database, await database.read(_writer, "城管科"))
    await items.begin(writer, Wording("垃圾房除臭设备维保安排", "维保队下周上门，具体日期待定。"))


def _empty(db: Db) -> bool:
    return not item_store.all_of(db, tuple(State), limit=1)


def _settle(db: Db) -> None:
    host = next(each.id for each in people.departments(db) if each.name == HOST)
    settings_store.put(db, Settings(host=host, deputy=DEPUTY, revision=1))


def _plans(db: Db, now: datetime) -> tuple[schedule.Plan, schedule.Plan]:
    """Of the last issue, and of the one that comes."""
    table, settings = workdays(db), settings_store.settings(db)
    coming = schedule.next_to_send(now, table, settings)
    week = coming.week
    while True:
        week = Week.of(week.monday - timedelta(days=7))
        before = schedule.plan(week, table, settings)
        if before is not None:
            return before, coming


def _send(db: Db, issue: IssueId, sent_at: datetime, mails: Rendering) -> None:
    """As if its mails had gone out, and some had come back; the demonstration's addresses are nobody's."""
    ledger.take(db)
    found = issue_store.issue(db, issue)
    assert found is not None
    owed = Posting(mails).owe(db, found, now=sent_at)
    issue_store.set_sent(db, issue, sent_at)
    ledger.append(db, [NewFact(facts.IssueSent(issue, owed))], meeting_id=None, at=sent_at, actor="")
    came_back = {f"{site_identity(seat)}@{demo.DOMAIN}": said for seat, said in BOUNCED.items()}
    while (tried := outbox.claim(db, by="demo", now=sent_at, lease=LEASE)) is not None:
        name = message_id(tried.mail.key, Sender(f"hub@{demo.DOMAIN}", "", ""))
        store.hand_over(db, tried, message_id=name, now=sent_at, lease_until=sent_at + LEASE)
        outbox.finish(db, tried, Outcome(Event.ACCEPT, 250, "OK"), now=sent_at)
        if said := came_back.get(tried.mail.to):
            outbox.come_back(db, Bounce(name, tried.mail.to, *said), now=sent_at + LEASE)


def _answer(db: Db, issue: IssueId, sent_at: datetime, now: datetime) -> None:
    ledger.take(db)
    for item in issue_store.items(db, issue):
        missing = UNDONE if item.wording.kind is Kind.ACTION else UNREAD
        answer = Answer.DONE if item.wording.kind is Kind.ACTION else Answer.READ
        for each in people.committees(db):
            if each.seat in missing:
                continue
            at = min(sent_at + timedelta(minutes=23 * each.seat), now)
            by = f"site-{each.seat:02d}"
            given = Acknowledgement(item.id, each.id, answer, by, Via.PAGE.value, at)
            answer_store.put_answer(db, given)
            said = facts.NoticeAnswered(item.id, each.id, answer.value, Via.PAGE.value)
            ledger.append(db, [NewFact(said)], meeting_id=None, at=at, actor=by)


async def _hand_in(database: Database, items: Items, department: str, said: Wording) -> NoticeId:
    writer = await _account(database, await database.read(_writer, department))
    number = await items.begin(writer, said)
    return (await items.submit(number, writer)).id


def _writer(db: Db, department: str) -> str:
    """Who writes for a department: the clerk whose account is named after its place in the register."""
    found = next(each for each in people.departments(db) if each.name == department)
    return f"dept-{found.position:02d}"


async def _account(database: Database, name: str) -> Account:
    found = await database.read(people.account_named, name)
    assert found is not None, name
    return found[0]


def _last(day: date) -> list[tuple[str, Wording]]:
    soon = day + timedelta(days=3)
    return [
        (
            "平安办",
            Wording(
                "冬季用电安全提示",
                "居民楼道里的飞线充电这周集中清一次，宣传页可以直接张贴。\n- 张贴：每个门洞一张\n- 上门：独居老人优先",
            ),
        ),
        (
            "民政科",
            Wording("补报困难残疾人护理补贴变动", "只报本月有变动的，没有变动不用报。", Kind.ACTION, due_on=soon),
        ),
    ]


def _now(database: Database, day: date) -> list[tuple[str, Wording]]:
    seats = {each.seat: each.id for each in database.read_now(people.committees)}
    everybody = Wording("", kind=Kind.ACTION)
    line = Audience(roles=(Role.LINE_WORKER,), line="民政")
    return [
        (
            "民政科",
            Wording(
                "报高龄津贴未复核名单",
                "对照名单核对，在台账里勾选就行，不用另报表。",
                Kind.ACTION,
                due_on=day + timedelta(days=2),
                due_at=time(17, 0),
                audiences=(line,),
            ),
        ),
        (
            "平安办",
            replace(
                everybody,
                title="入户排查独居老人用气安全",
                text="看燃气软管和阀门，有漏气的当场关阀并报修。",
                due_on=day + timedelta(days=4),
            ),
        ),
        (
            "民政科",
            replace(
                everybody,
                title="入户看望独居老人",
                text="看取暖设备够不够用，缺的登记。",
                due_on=day + timedelta(days=4),
            ),
        ),
        (
            "平安办",
            Wording(
                "老旧小区消防通道自查",
                "拍 2 张照片，传到消防通道自查表。",
                Kind.ACTION,
                due_on=day + timedelta(days=7),
                audiences=(Audience(frozenset(CommitteeId(seats[each]) for each in FIRE_SEATS)),),
            ),
        ),
        ("公共卫生办", Wording("冬季流感疫苗接种点与时间", "60 岁以上居民可以直接去，接种点一览可张贴。")),
        ("精神文明办", Wording("文明小区评比不再收纸质材料", "评比组直接看台账，不用打印，也不用迎检。")),
        ("城管科", Wording("物业专项检查安排", "近期开展物业专项检查，请配合。")),
    ]
