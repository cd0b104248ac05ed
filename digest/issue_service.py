"""Approving an issue, which freezes it; supplements and corrections. One call is one transaction, with its facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from digest import board, board_store, issue_store, item_store, schedule, settings_store
from digest.board_service import Act
from digest.freezing import Content, Freezing, day_of
from digest.model import Issue, IssueKind, IssueState, Kind, Notice, Origin, State, Week
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused
from meetinghub.ids import CommitteeId, DepartmentId, IssueId, NoticeId
from meetinghub.ledger import notices as facts
from meetinghub.ledger import store as ledger
from meetinghub.people.model import Account
from meetinghub.workdays.calendar import Workdays
from meetinghub.workdays.calendar import day_of as shanghai_day

LATEST_CHOICE = timedelta(days=14)
"""How far ahead a supplement or correction may be told to go out."""


class Issues:
    def __init__(
        self, database: Database, clock: Clock, freezing: Freezing, workdays: Callable[[Db], Workdays]
    ) -> None:
        self._database = database
        self._clock = clock
        self._freezing = freezing
        self._workdays = workdays

    async def content(
        self, number: IssueId, account: Account, *, only: CommitteeId | None = None
    ) -> tuple[Issue, Content]:
        """What everybody gets of an issue, or one committee: as it would be frozen now, or as it was."""
        return await self._database.read(partial(self._content, number=number, account=account, only=only))

    async def approve(self, number: IssueId, account: Account, *, seen: str, send_at: datetime | None = None) -> Issue:
        """Freeze what was seen. ``send_at`` of a supplement or correction: when it is to go out, None for at once; the
        week's issue goes out at its own time, or at once when that has passed."""

        def write(db: Db) -> Issue:
            act = self._begin(db, account)
            issue = _issue(db, number)
            if issue.state is not IssueState.OPEN:
                raise Refused("notice.issue_frozen")
            notices = item_store.on_board(db, number)
            board.must_be(notices, seen)
            if issue.kind is IssueKind.REGULAR:
                self._must_be_in_time(act, issue)
            else:
                if not notices:
                    raise Refused("notice.nothing_to_send")
                issue_store.set_send_at(db, number, _chosen(act, send_at))
                issue = _issue(db, number)
            _must_be_due_later(issue, notices, act.now)
            return self._freezing.freeze(db, issue, by=account.username, now=act.now)

        return await self._database.write(write)

    async def correct(self, item: int, account: Account) -> tuple[IssueId, NoticeId]:
        """A correction of an item that was sent, to be edited and approved: an issue of its own with the item as it
        was. One that is being written already is shown again."""

        def write(db: Db) -> tuple[IssueId, NoticeId]:
            act = self._begin(db, account)
            wrong = issue_store.item(db, item)
            if wrong is None:
                raise NotFound("notice.no_such_item")
            of = _issue(db, wrong.issue)
            if of.state is not IssueState.SENT:
                raise Refused("notice.not_sent_yet")
            kept = item_store.of_origin(db, Origin.CORRECTION, item)
            if kept is not None and kept.state is State.FROZEN:
                raise Refused("notice.corrected_already")
            if kept is not None and kept.state is State.SUBMITTED and kept.issue is not None:
                return kept.issue, kept.id
            issue = self._correction(act, of)
            if kept is not None:
                number = kept.id
                item_store.keep(db, number, wrong.wording, by=account.username, now=act.now)
            else:
                owner = DepartmentId(issue_store.department_ids(db, item)[0])
                by = account.username
                number = item_store.add(
                    db, owner, wrong.wording, by=by, now=act.now, origin=Origin.CORRECTION, origin_ref=item
                )
            board_store.reopen(db, number, issue, by=account.username, now=act.now)
            item_store.add_revision(db, number, of_host=True)
            act.say(facts.NoticeMoved(number, issue))
            return issue, number

        return await self._database.write(write)

    async def drop(self, notice: NoticeId, account: Account) -> None:
        """Give up a correction that was not approved yet."""

        def write(db: Db) -> None:
            act = self._begin(db, account)
            found = item_store.notice(db, notice)
            if found is None or found.origin is not Origin.CORRECTION:
                raise NotFound("notice.no_such_item")
            if found.state is not State.SUBMITTED:
                raise Refused("notice.item_frozen")
            item_store.note(db, notice, State.WITHDRAWN, by=account.username, now=act.now)
            act.say(facts.NoticeWithdrawn(notice))

        await self._database.write(write)

    def _begin(self, db: Db, account: Account) -> Act:
        ledger.take(db)
        if not settings_store.settings(db).edits(account):
            raise Forbidden("access.denied")
        return Act(db, account, self._clock.now())

    def _content(self, db: Db, *, number: IssueId, account: Account, only: CommitteeId | None) -> tuple[Issue, Content]:
        if not settings_store.settings(db).edits(account):
            raise Forbidden("access.denied")
        issue = _issue(db, number)
        return issue, self._freezing.content(db, issue, now=self._clock.now(), only=only)

    def _must_be_in_time(self, act: Act, issue: Issue) -> None:
        settings, workdays = settings_store.settings(act.db), self._workdays(act.db)
        latest = schedule.latest(issue.week, workdays, settings)
        if latest is None:
            raise Refused("notice.week_without_workday")
        if act.now >= latest:
            raise Refused("notice.week_over")

    def _correction(self, act: Act, of: Issue) -> IssueId:
        """An issue of the week whose item is put right, or of this week when that is over."""
        settings, workdays = settings_store.settings(act.db), self._workdays(act.db)
        latest, week = schedule.latest(of.week, workdays, settings), of.week
        if latest is None or act.now >= latest:
            week = max(of.week, Week.of(shanghai_day(act.now)))
        part = issue_store.next_part(act.db, week)
        return issue_store.open_issue(act.db, week, part=part, kind=IssueKind.CORRECTION, corrects=of.id).id


def _issue(db: Db, number: IssueId) -> Issue:
    found = issue_store.issue(db, number)
    if found is None:
        raise NotFound("notice.no_such_issue")
    return found


def _chosen(act: Act, wanted: datetime | None) -> datetime:
    if wanted is None:
        return act.now
    if not act.now <= wanted <= act.now + LATEST_CHOICE:
        raise Invalid(fields={"send_at": "notice.send_at_out_of_range"})
    return wanted


def _must_be_due_later(issue: Issue, notices: Sequence[Notice], now: datetime) -> None:
    """Nobody is asked to have done something before he reads of it."""
    day = day_of(issue, now)
    for each in notices:
        due = each.wording.due_on
        if each.wording.kind is Kind.ACTION and due is not None and due < day:
            raise Refused("notice.due_before_sent", title=each.wording.title)
