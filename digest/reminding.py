"""Reminders: to the committees that have not done an action, on the last working day before its date and on it.

One mail for each address and day, with all that is open; what it is about is worked out anew from answers and dates,
and its key follows from day and address, so that nothing is said twice and nothing depends on a worker's memory.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from digest import answer_store, delivery_store, issue_store, schedule, settings_store
from digest.answering import Asked, SentItem, answer_token, unanswered
from digest.model import Answer
from digest.recipients import Recipient
from digest.settings import Settings
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.ids import CommitteeId
from meetinghub.mail import store as mails
from meetinghub.mail.letter import Block, Facts, Letter, Said, Way
from meetinghub.mail.links import Links
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import address_store
from meetinghub.words import LANGUAGES, Words
from meetinghub.workdays.calendar import Workdays
from meetinghub.workdays.store import workdays

KIND = "notice_reminder"
AHEAD = timedelta(days=20)
"""Further than any row of days off: how late the last working day before a date can be asked about."""


@dataclass(frozen=True, slots=True)
class Open:
    """What one committee has not done, as one of its recipients is told."""

    committee: CommitteeId
    items: tuple[SentItem, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail. ``to``: the first name under which the address receives."""

    key: str
    to: Recipient
    open: tuple[Open, ...]

    @property
    def count(self) -> int:
        return sum(len(each.items) for each in self.open)


def receives(db: Db, committee: CommitteeId, address: str, items: Sequence[SentItem]) -> bool:
    """Whether an address gets, as things are now, the committee's mail in which these items stand."""
    audiences = [
        each.wording.audiences for issue in {item.issue.id for item in items} for each in issue_store.items(db, issue)
    ]
    directory, roles = delivery_store.directory(db), settings_store.settings(db).roles
    found = next((each for each in directory.committees if each.id == committee), None)
    if found is None:
        return False
    named = [audience for each in audiences for audience in each]
    recipients = directory.of(found, roles=roles, audiences=named)
    return any(each.address.casefold() == address.casefold() for each in recipients)


class NoticeReminders:
    """``address`` is the installation's, without a slash."""

    every = timedelta(minutes=1)

    def __init__(
        self, database: Database, clock: Clock, *, links: Links, words: Mapping[str, Words], address: str
    ) -> None:
        self._database, self._clock, self._links = database, clock, links
        self._words, self._office, self._address = words, words[next(iter(LANGUAGES))], address

    async def run(self) -> None:
        now = self._clock.now()
        if await self._database.read(_missing, now):
            await self._database.write(self._owe, now)

    def _owe(self, db: Db, now: datetime) -> int:
        today = now.astimezone(SHANGHAI).date()
        settings, reply_to = settings_store.settings(db), _reply_to(db)
        count = 0
        for each in _missing(db, now, settings):
            words = self._words.get(each.to.language, self._office)
            letter = self._letter(words, each, today)
            owed = Owed(
                key=each.key,
                to=each.to.address,
                to_name=each.to.name,
                subject=letter.title,
                text=letter.text(),
                html=letter.html(),
                not_after=schedule.at(today + timedelta(days=1), time()),
                reply_to=reply_to,
                list_id=delivery_store.KIND,
            )
            count += owe(db, owed, now=now)
        return count

    def _letter(self, words: Words, reminder: Reminder, today: date) -> Letter:
        days = [each.due_on for one in reminder.open for each in one.items if each.due_on]
        when = "today" if min(days) == today else "soon"
        title = words.many(f"notice_answer.remind_{when}", reminder.count)
        blocks: list[Block] = [Said(words("notice_answer.remind_why"))]
        for one in reminder.open:
            for item in one.items:
                blocks += self._item(words, one.committee, item, reminder.to.address, today)
        blocks.append(Way(words("notice_answer.remind_all"), f"{self._address}/notice/answers"))
        foot = words("notice_answer.remind_foot")
        return Letter(
            words.language, words("notice_answer.sender"), title, tuple(blocks), foot, colon=words("page.colon")
        )

    def _item(
        self, words: Words, committee: CommitteeId, item: SentItem, address: str, today: date
    ) -> tuple[Block, ...]:
        assert item.due_on is not None
        at = item.item.wording.due_at
        due = words.day(item.due_on) + (f" {at:%H:%M}" if at else "")
        rows = (
            (words("notice_answer.remind_due"), due),
            (words("notice_answer.remind_from"), words("page.comma").join(item.item.departments)),
            (words("notice_answer.remind_issue"), words("notice_answer.issue", number=item.number)),
        )
        token = answer_token(self._links, Asked(Answer.DONE, committee, (item.id,), address), day=today)
        way = Way(words("notice_answer.remind_done"), f"{self._address}/notice/answer/{token}")
        return (Said(item.title, strong=True), Facts(rows), way)


def _missing(db: Db, now: datetime, settings: Settings | None = None) -> tuple[Reminder, ...]:
    """Those that are due now and not owed yet."""
    settings = settings or settings_store.settings(db)
    today = now.astimezone(SHANGHAI).date()
    if settings.paused is not None or now < schedule.at(today, settings.remind):
        return ()
    found = _due(db, today, settings, workdays(db))
    known = mails.known(db, [each.key for each in found])
    return tuple(each for each in found if each.key not in known)


def _due(db: Db, today: date, settings: Settings, calendar: Workdays) -> tuple[Reminder, ...]:
    days = [today + timedelta(days=number) for number in range(AHEAD.days + 1)]
    items = [
        each
        for each in answer_store.sent_for(db, schedule.remind_today(today, days, calendar))
        if each.is_action and _sent_before(each, today)
    ]
    if not items:
        return ()
    given = answer_store.answers(db, [each.id for each in items])
    directory = delivery_store.directory(db)
    wanted: dict[str, list[Open]] = defaultdict(list)
    names: dict[str, Recipient] = {}
    for committee in directory.committees:
        open_ = unanswered(items, committee.id, {each: answers.get(committee.id) for each, answers in given.items()})
        if not open_:
            continue
        audiences = [audience for each in open_ for audience in each.item.wording.audiences]
        for recipient in directory.of(committee, roles=settings.roles, audiences=audiences):
            key = _key(today, recipient.address)
            names.setdefault(key, recipient)
            wanted[key].append(Open(committee.id, open_))
    return tuple(Reminder(key, names[key], tuple(open_)) for key, open_ in wanted.items())


def _sent_before(item: SentItem, today: date) -> bool:
    """The day's own mail says the same."""
    sent_at = item.issue.sent_at
    return sent_at is not None and sent_at.astimezone(SHANGHAI).date() < today


def _key(today: date, address: str) -> str:
    return f"{KIND}:{today}:{hashlib.sha256(address.casefold().encode()).hexdigest()[:16]}"


def _reply_to(db: Db) -> str:
    """The host office's mailbox: a person reads it."""
    host = settings_store.settings(db).host
    unit = address_store.one(db, address_store.Kind.DEPARTMENT, host) if host is not None else None
    return unit.mail if unit else ""
