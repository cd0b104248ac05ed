"""The demonstration's minutes: of one meeting that is over, with tasks of which one is late, and who took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import SHANGHAI, clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.minutes import store, task_store
from meetinghub.minutes.model import Answer, Content, Wish
from meetinghub.minutes.service import MinutesBook
from meetinghub.people import store as people
from meetinghub.people.model import Account

TITLE, WRITER = "创建文明城区推进会", "chair"
LIST, PHOTOS, POSTERS = "上报点位责任人名单", "补交扣分点位整改照片", "统一更换到期的公益广告"
UNREAD, UNSENT = range(4, 34, 5), range(1, 34, 3)
"""Seats of the committees that have not taken note, and of those that have not sent the list."""


@dataclass
class _Moment:
    """The hour at which something was done."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def fill_into(database: Database, config: Config) -> None:
    """Once, into a demonstration whose meetings are there."""
    database.write_now(partial(fill, database=database, now=clock(config.clock_shift).now()))


def fill(db: Db, *, database: Database, now: datetime) -> None:
    held = meetings.listings(db, titled=TITLE, states=(State.ENDED,), newest_first=True, limit=1)
    writer = _account(db, WRITER)
    if not held or writer is None:
        return
    meeting, moment = held[0].id, _Moment(min(held[0].ends_at + timedelta(hours=1), now))
    found, book = store.minutes(db, meeting), MinutesBook(database, moment)
    if found is None or found.editions:
        return
    for segment, content in zip(found.meeting.segments, _said(now.astimezone(SHANGHAI).date()), strict=True):
        book.save_in(db, meeting=meeting, segment=segment.id, content=content, account=writer, revision=0)
    book.publish_in(db, meeting=meeting, account=writer)
    asked = next(each.id for each in task_store.of_meeting(db, meeting) if each.text == LIST)
    for site in found.meeting.sites:
        committee = _account(db, f"site-{site.seat:02d}")
        assert committee is not None
        moment.at = min(moment.at + timedelta(minutes=7), now)
        if site.seat not in UNREAD:
            book.take_note_in(db, meeting=meeting, account=committee, edition=1, taken=True)
        if site.seat not in UNSENT:
            book.answer_in(db, task=asked, account=committee, answer=Answer.DONE, note="已报精神文明办")


def _said(today: date) -> tuple[Content, ...]:
    soon, late = today + timedelta(days=3), today - timedelta(days=1)
    return (
        Content(
            "上次复查扣分 12 处，主要是楼道堆物和公益广告破损。各点位按街巷分到居委会，责任到人。",
            ("33 个居委会各定一名点位责任人。", "复查前一周由精神文明办逐点过一遍，不再另外开会。"),
            (
                Wish(LIST, "全体居委会", soon),
                Wish(PHOTOS, "云杉里、临河一村、望溪新村", late),
                Wish(POSTERS, "城管科", soon + timedelta(days=7)),
            ),
        ),
        Content("敬老月走访 1,264 户，未访到的 37 户由所在居委会本月内补访。", ("活动照片不再单独报送。",)),
        Content("居民问得多的是非机动车充电，由平安办在下次例会上答复。"),
    )


def _account(db: Db, name: str) -> Account | None:
    found = people.account_named(db, name)
    return found[0] if found else None
