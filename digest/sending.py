"""The worker's part in the weekly notice: opens the week's board, warns, freezes by policy, sends, lets lapse.

Everything is derived from rows and the clock at each turn, so that a missed turn is made up for by the next. Each step
is one transaction that takes the ledger and looks again before it acts: two workers send one issue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlmodel import Session as Db

from digest import issue_store, item_store, schedule, settings_store
from digest.due import Due, due
from digest.model import Issue, IssueKind, IssueState, Notice, Week
from digest.posting import Posting, Ready
from digest.settings import Settings
from digest.telling import Telling
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.ids import IssueId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.workdays.calendar import Workdays
from meetinghub.workdays.store import workdays

log = structlog.get_logger("notice")
UNSENT = (IssueState.OPEN, IssueState.APPROVED)


class Freezing(Protocol):
    def freeze(self, db: Db, issue: Issue, *, by: str, now: datetime) -> Issue:
        """Freeze it as it stands; ``by`` empty: nobody approved, the policy lets it go out as drafted."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What moments follow from, as one transaction sees it."""

    workdays: Workdays
    settings: Settings

    @classmethod
    def of(cls, db: Db) -> Rules:
        return cls(workdays(db), settings_store.settings(db))

    def due(self, issue: Issue, now: datetime) -> Due:
        return due(issue, self.workdays, self.settings, now)

    def plan(self, week: Week) -> schedule.Plan | None:
        return schedule.plan(week, self.workdays, self.settings)

    def coming(self, now: datetime) -> schedule.Plan:
        """The next week to be sent: on its board is put what is handed in now."""
        return schedule.next_to_send(now, self.workdays, self.settings)

    def chooses(self, notice: Notice, now: datetime) -> bool:
        """Whether the host office may still choose an issue for a late item."""
        handed_in = notice.submitted_at or notice.updated_at
        return now < schedule.choose_by(handed_in, self.workdays, self.settings)


class Sending:
    every = timedelta(minutes=1)

    def __init__(
        self, database: Database, clock: Clock, *, freezing: Freezing, posting: Posting, telling: Telling
    ) -> None:
        self._database = database
        self._clock = clock
        self._freezing = freezing
        self._posting = posting
        self._telling = telling

    async def run(self) -> None:
        """Raises :class:`Unavailable` when the database does not answer."""
        now = self._clock.now()
        if await self._database.read(_boards_lack, now):
            await self._database.write(_open_boards, now)
        if await self._database.read(_late, now):
            await self._database.write(_place_late, now)
        for number, what in await self._database.read(self._work, now):
            try:
                await self._do(number, what, now)
            except Unavailable:
                raise
            except Exception:  # a bug, but no other issue's
                log.exception("issue", issue=number, due=what.value)

    def _work(self, db: Db, now: datetime) -> list[tuple[IssueId, Due]]:
        """What is to be done for which issue, oldest first; a look that locks nothing."""
        rules = Rules.of(db)
        found = [(each, rules.due(each, now)) for each in reversed(issue_store.issues(db, UNSENT))]
        return [(issue.id, what) for issue, what in found if self._stirs(db, issue, what, rules.settings)]

    def _stirs(self, db: Db, issue: Issue, what: Due, settings: Settings) -> bool:
        """Whether there is anything left to do: people are told once."""
        match what:
            case Due.NOTHING:
                return False
            case Due.WARN:
                return issue_store.told(db, issue.id).host is None
            case Due.WARN_DEPUTY | Due.HELD:
                told = issue_store.told(db, issue.id)
                return told.host is None or told.deputy is None
            case Due.PAUSED:
                return not self._telling.knows_of_pause(db, issue, settings)
            case Due.FREEZE | Due.SEND | Due.LAPSE:
                return True

    async def _do(self, number: IssueId, what: Due, now: datetime) -> None:
        if what is Due.FREEZE:
            await self._database.write(partial(self._freeze, number=number, now=now))
            what = Due.SEND
        if what is Due.SEND:
            issue = await self._database.read(issue_store.issue, number)
            ready = await self._database.read(self._posting.prepare, issue) if issue else {}
            await self._database.write(partial(self._send, number=number, now=now, ready=ready))
        else:
            await self._database.write(partial(self._tell_or_lapse, number=number, now=now))

    def _freeze(self, db: Db, *, number: IssueId, now: datetime) -> None:
        _, issue, what = _again(db, number, now)
        if what is Due.FREEZE:
            self._freezing.freeze(db, issue, by="", now=now)
            log.info("frozen by policy", week=str(issue.week))

    def _send(self, db: Db, *, number: IssueId, now: datetime, ready: Ready) -> None:
        _, issue, what = _again(db, number, now)
        if what is Due.SEND:
            mails = self._posting.owe(db, issue, now=now, ready=ready)
            issue_store.set_sent(db, number, now)
            _note(db, n.IssueSent(number, mails), now)
            log.info("sent", week=str(issue.week), part=issue.part, mails=mails)

    def _tell_or_lapse(self, db: Db, *, number: IssueId, now: datetime) -> None:
        rules, issue, what = _again(db, number, now)
        match what:
            case Due.WARN | Due.WARN_DEPUTY | Due.HELD:
                self._warn(db, issue, rules, deputy=what is not Due.WARN, now=now)
            case Due.PAUSED:
                self._telling.paused(db, issue, rules.settings, now=now)
            case Due.LAPSE:
                self._lapse(db, issue, rules, now)
            case Due.NOTHING | Due.FREEZE | Due.SEND:
                pass  # another worker or a person was faster

    def _warn(self, db: Db, issue: Issue, rules: Rules, *, deputy: bool, now: datetime) -> None:
        told, plan = issue_store.told(db, issue.id), rules.plan(issue.week)
        assert plan is not None
        tell = partial(
            self._telling.unapproved,
            db,
            issue,
            rules.settings,
            sends=plan.sends,
            items=len(item_store.on_board(db, issue.id)),
            now=now,
        )
        if told.host is None:
            tell(deputy=False)
            issue_store.set_told(db, issue.id, now)
        if deputy and told.deputy is None:
            tell(deputy=True)
            issue_store.set_told(db, issue.id, now, deputy=True)

    def _lapse(self, db: Db, issue: Issue, rules: Rules, now: datetime) -> None:
        first = rules.coming(now).week
        if issue.kind is IssueKind.REGULAR:
            first = max(first, issue.week.after())  # a week may lose its last working day long before it comes
        following = open_board(db, first, rules)
        moved = issue_store.lapse(db, issue.id, following=following.id)
        _note(db, n.IssueLapsed(issue.id, following.id), now)
        self._telling.lapsed(db, issue, following, rules.settings, items=len(moved), now=now)
        log.warning("lapsed", week=str(issue.week), part=issue.part, items=len(moved))


def open_board(db: Db, first: Week, rules: Rules) -> Issue:
    """The regular issue of ``first`` or of the next week whose board still takes items; made when there is none."""
    for plan in schedule.plans(first, rules.workdays, rules.settings):
        issue = issue_store.open_issue(db, plan.week, send_at=plan.sends)
        if issue.state is IssueState.OPEN:
            return issue
    raise AssertionError("weeks have no end")


def _again(db: Db, number: IssueId, now: datetime) -> tuple[Rules, Issue, Due]:
    """Alone from here on: how it stands, and what is due now."""
    ledger.take(db)
    rules, issue = Rules.of(db), issue_store.issue(db, number)
    assert issue is not None
    return rules, issue, rules.due(issue, now)


def _lacking(db: Db, rules: Rules, now: datetime) -> list[schedule.Plan]:
    """Weeks that need a board and have none: the coming one, and after a long downtime the one that may still go out.
    Where no issue ever was, nobody waits for this week's."""
    wanted = [rules.coming(now)]
    current = schedule.current(now, rules.workdays, rules.settings)
    newest = issue_store.issues(db, limit=1)
    if newest and issue_store.issues(db, before=replace(newest[0], week=current.week, part=0), limit=1):
        wanted.insert(0, current)
    return [each for each in dict.fromkeys(wanted) if issue_store.issue_of(db, each.week) is None]


def _moved(db: Db, rules: Rules) -> list[tuple[Issue, datetime | None]]:
    """Regular issues whose moment changed with the settings or the table of working days → when it is now."""
    found = []
    for issue in issue_store.issues(db, UNSENT):
        plan = rules.plan(issue.week)
        sends = plan.sends if plan else None
        if issue.kind is IssueKind.REGULAR and sends != issue.send_at:
            found.append((issue, sends))
    return found


def _boards_lack(db: Db, now: datetime) -> bool:
    rules = Rules.of(db)
    return bool(_lacking(db, rules, now) or _moved(db, rules))


def _open_boards(db: Db, now: datetime) -> None:
    ledger.take(db)
    rules = Rules.of(db)
    for plan in _lacking(db, rules, now):
        issue_store.open_issue(db, plan.week, send_at=plan.sends)
    for issue, sends in _moved(db, rules):
        issue_store.set_send_at(db, issue.id, sends)


def _late(db: Db, now: datetime) -> list[Notice]:
    """Items for which nobody chose an issue in time."""
    waiting = item_store.waiting(db)
    rules = Rules.of(db) if waiting else None
    return [each for each in waiting if rules is not None and not rules.chooses(each, now)]


def _place_late(db: Db, now: datetime) -> None:
    """Behind the others on the next board: nothing that was handed in is lost."""
    ledger.take(db)
    rules = Rules.of(db)
    board = open_board(db, rules.coming(now).week, rules)
    position = item_store.last_position(db, board.id)
    for place, notice in enumerate(_late(db, now), position + 1):
        item_store.place(db, notice.id, board.id, place)
        _note(db, n.NoticeMoved(notice.id, board.id), now)


def _note(db: Db, fact: Payload, now: datetime) -> None:
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor="")
