"""The demonstration's requests: a draft, one that waits for approval, one that came back; and topics of committees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from meetinghub.agendas.letters import letters
from meetinghub.agendas.service import Agendas
from meetinghub.asking import deciding, store, submitting, topic_store
from meetinghub.asking.approval import Verdict
from meetinghub.asking.audience import Audience
from meetinghub.asking.ports import Post, Rides, Rules, Workdays
from meetinghub.asking.wish import Item, Kind, Own, Wish
from meetinghub.bridges.charging import quotas
from meetinghub.bridges.joined import post_of
from meetinghub.bridges.rides import PlannedRides
from meetinghub.bridges.rules import QuotaRules
from meetinghub.clock import SHANGHAI, clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.people import store as people
from meetinghub.people.model import Account, Role
from meetinghub.workdays.store import workdays

LEADS = (Role.SECRETARY, Role.DIRECTOR)
TRIED = 15
"""Working days among which a day is looked for that the rules allow."""
DRAFT = Wish(
    title="冬季送温暖对象核对",
    purpose="名单逐户核对，说清补报口径和时限",
    kind=Kind.DISCUSSION,
    audience=Audience((Role.DIRECTOR, Role.LINE_WORKER), None, "民政"),
    minutes=10,
)
WAITING = Wish(
    title="垃圾分类入户督导",
    purpose="定下 33 个居委会的督导分组和入户时间",
    kind=Kind.DISCUSSION,
    audience=Audience(LEADS),
    minutes=30,
    declined="要当场分组、逐个点位认领，例会里 10 分钟不够",
)
RETURNED = Wish(
    title="文明城区点位复查",
    purpose="复查上次扣分的点位，明确整改责任",
    kind=Kind.DISCUSSION,
    audience=Audience(LEADS),
    minutes=20,
    declined="点位多，要看照片逐个说",
)
TOPICS = (
    (21, "城管科", "垃圾清运", "建筑垃圾三天没有清运，居民天天来问，请城管科到会答复。", 9),
    (8, "民政科", "长护险复评", "复评材料要交几份、多久有结果，居民问得多，请民政科到会答疑。", 2),
    (29, "平安办", "楼道充电整治", "充电桩装在哪、谁来管，请平安办到会说清楚。", 4),
)


def fill_into(database: Database, config: Config) -> None:
    """Over the same rides, rules and working days as the product's."""
    time = clock(config.clock_shift)
    agendas = Agendas(database, time, workdays=workdays, letters=letters(config))
    rides, post = PlannedRides(agendas), post_of(agendas, config)

    def write(db: Db) -> None:
        fill(db, now=time.now(), rides=rides, rules=QuotaRules(quotas()), days=workdays(db), post=post)

    database.write_now(write)


def fill(db: Db, *, now: datetime, rides: Rides, rules: Rules, days: Workdays, post: Post) -> None:
    """Once, into a demonstration whose meetings and rules are there."""
    asker, other, third = (_account(db, name) for name in ("dept-03", "dept-06", "dept-07"))
    if asker is None or other is None or third is None or store.of_department(db, other.department or 0, limit=1):
        return
    today = now.astimezone(SHANGHAI).date()
    window = replace(DRAFT, first=days.add(today, 1), last=today + timedelta(days=14))
    store.add(db, window, by=asker.username, department=asker.department or 0, now=now - timedelta(hours=2))
    asked = now - timedelta(hours=20)
    _handed_in(db, WAITING, other, "入户督导分组", now=asked, rides=rides, rules=rules, days=days, post=post)
    number = _handed_in(db, RETURNED, third, "扣分点位整改", now=asked, rides=rides, rules=rules, days=days, post=post)
    found = store.request(db, number)
    coordinator = _account(db, "coordinator")
    if found is not None and found.waits_for is not None and coordinator is not None:
        deciding.decide(
            db,
            number,
            coordinator,
            round=found.round,
            verdict=Verdict.RETURN,
            reason="请先和自治办商量，能不能放进下月例会；实在不行，时间压到 20 分钟以内再报",
            now=asked + timedelta(hours=3),
            rules=rules,
            days=days,
            post=post,
        )
    _topics(db, now)


def _handed_in(
    db: Db,
    wish: Wish,
    account: Account,
    item: str,
    *,
    now: datetime,
    rides: Rides,
    rules: Rules,
    days: Workdays,
    post: Post,
) -> int:
    """Handed in for the first day that the rules allow; a draft when they allow none."""
    today = now.astimezone(SHANGHAI).date()
    first = days.add(today, 7)
    wish = replace(wish, first=first, last=days.add(first, TRIED))
    number = store.add(db, wish, by=account.username, department=account.department or 0, now=now)
    for distance in range(TRIED):
        day = days.add(first, distance) if distance else first
        store.keep(db, number, replace(wish, own=_own(day, wish, account, item)), now)
        if not submitting.submit(db, number, account, now=now, rides=rides, rules=rules, days=days, post=post).refused:
            break
    return number


def _own(day: date, wish: Wish, account: Account, item: str) -> Own:
    starts_at = datetime.combine(day, time(9, 30), SHANGHAI)
    return Own(starts_at, "302 会议室", True, "chair", (Item(item, account.name, wish.minutes),), 15)


def _topics(db: Db, now: datetime) -> None:
    committees = {each.seat: each.id for each in people.committees(db)}
    departments = {each.name: each.id for each in people.departments(db)}
    for seat, department, title, text, age in TOPICS:
        topic_store.add(
            db,
            committee=committees[seat],
            department=departments[department],
            title=title,
            text=text,
            by=f"site-{seat:02d}",
            now=now - timedelta(days=age),
        )


def _account(db: Db, name: str) -> Account | None:
    found = people.account_named(db, name)
    return found[0] if found else None
