"""What the host office does with items: order, make into one, take apart, edit, return, put elsewhere. One call is one
transaction, with its facts and the mails that tell the departments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlmodel import Session as Db

from digest import board, board_store, issue_store, item_store, schedule, settings_store, wording
from digest.department_letters import Letters
from digest.freezing import day_of
from digest.model import Issue, IssueKind, IssueState, Notice, Origin, State, Week, Wording
from digest.settings import Settings
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import IssueId, NoticeId
from meetinghub.ledger import notices as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.people import store as people
from meetinghub.people.model import Account
from meetinghub.workdays.calendar import Workdays
from meetinghub.workdays.calendar import day_of as day_at

WAITING = (IssueState.OPEN, IssueState.APPROVED)


class Where(StrEnum):
    """Where an item can be put: the next week's issue, or a supplement of the week that is being sent."""

    NEXT = "next"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as it stands. ``late``: handed in after the deadline, to be put somewhere. ``returned``: with their
    departments again. ``seen``: what acts on it name, to be refused when somebody else was faster."""

    issue: Issue
    notices: tuple[Notice, ...]
    late: tuple[Notice, ...]
    returned: tuple[Notice, ...]
    plan: schedule.Plan | None
    settings: Settings

    @property
    def seen(self) -> str:
        return board.mark(self.notices)


@dataclass(frozen=True, slots=True)
class Act:
    """One transaction of one person."""

    db: Db
    account: Account
    now: datetime

    def say(self, *payloads: Payload) -> None:
        written = [NewFact(each) for each in payloads]
        ledger.append(self.db, written, meeting_id=None, at=self.now, actor=self.account.username)


class Boards:
    def __init__(self, database: Database, clock: Clock, letters: Letters, workdays: Callable[[Db], Workdays]) -> None:
        self._database = database
        self._clock = clock
        self._letters = letters
        self._workdays = workdays

    async def current(self, account: Account) -> IssueId:
        """The issue whose board is worked on now: this week's while it waits and may still go out, then the next one,
        made when nobody has needed it before."""

        def write(db: Db) -> IssueId:
            now = self._begin(db, account).now
            settings, workdays = settings_store.settings(db), self._workdays(db)
            for plan in schedule.plans(Week.of(day_at(now)), workdays, settings):
                issue = issue_store.issue_of(db, plan.week)
                if issue is None and plan.sends > now:
                    return issue_store.open_issue(db, plan.week, send_at=plan.sends).id
                if issue is not None and plan.latest > now and issue.state in WAITING:
                    return issue.id
            raise AssertionError("weeks do not end")

        return await self._database.write(write)

    async def waiting(self, account: Account) -> Shown | None:
        """The board of the next regular issue that nobody has approved yet, for those whose board it is."""

        def read(db: Db) -> Shown | None:
            if not settings_store.settings(db).edits(account):
                return None
            for issue in reversed(issue_store.issues(db, (IssueState.OPEN,))):
                if issue.kind is IssueKind.REGULAR:
                    shown = self._shown(db, number=issue.id, account=account)
                    if shown.plan is not None and shown.plan.latest > self._clock.now():
                        return shown
            return None

        return await self._database.read(read)

    async def edits(self, account: Account) -> bool:
        """Whether the boards are this account's."""
        return (await self._database.read(settings_store.settings)).edits(account)

    async def must_edit(self, account: Account) -> None:
        """:class:`Forbidden` unless the account is the host office's or the deputy's."""
        await self._database.read(_must_edit, account)

    async def show(self, number: IssueId, account: Account) -> Shown:
        return await self._database.read(partial(self._shown, number=number, account=account))

    async def order(self, number: IssueId, wanted: Sequence[NoticeId], account: Account, *, seen: str) -> None:
        """Put the board in this order, all of it."""

        def write(db: Db) -> None:
            self._begin(db, account)
            notices = _open_board(db, number, seen)
            _place(db, board.ordered(notices, wanted))

        await self._database.write(write)

    async def move(self, number: IssueId, notice: NoticeId, place: int, account: Account, *, seen: str) -> None:
        """Put one item to ``place`` (0: first) among those it may change places with."""

        def write(db: Db) -> None:
            self._begin(db, account)
            notices = _open_board(db, number, seen)
            _place(db, board.ordered(notices, board.moved(notices, notice, place)))

        await self._database.write(write)

    async def step(self, number: IssueId, notice: NoticeId, by: int, account: Account, *, seen: str) -> None:
        """One place up (``by`` -1) or down (1)."""

        def write(db: Db) -> None:
            self._begin(db, account)
            notices = _open_board(db, number, seen)
            at = board.place_of(notices, notice)
            _place(db, board.ordered(notices, board.moved(notices, notice, at + by)))

        await self._database.write(write)

    async def merge(self, number: IssueId, chosen: Collection[NoticeId], account: Account, *, seen: str) -> NoticeId:
        """Make several items one, to be edited. One that was merged before takes the others up."""

        def write(db: Db) -> NoticeId:
            act = self._begin(db, account)
            notices = board.arranged(_open_board(db, number, seen))
            parts = [each for each in notices if each.id in chosen]
            if len(parts) != len(set(chosen)):
                raise Stale("notice.board_changed")
            if len(parts) < 2:
                raise Invalid(fields={"chosen": "notice.choose_two"})
            if any(each.origin is Origin.CORRECTION for each in parts):
                raise Refused("notice.correction_alone")
            return self._merge(act, number, parts)

        return await self._database.write(write)

    async def split(self, notice: NoticeId, account: Account) -> IssueId | None:
        """The parts of a merged item stand for themselves again, as they were."""

        def write(db: Db) -> IssueId | None:
            act = self._begin(db, account)
            found = _editable(db, notice)
            if not found.sources:
                raise Refused("notice.not_merged")
            item_store.merge(db, found.sources, None)
            if found.issue is not None:
                board_store.set_issue(db, found.sources, found.issue, found.position)
            item_store.note(db, notice, State.WITHDRAWN, by=account.username, now=act.now)
            act.say(facts.NoticeSplit(notice, tuple(found.sources)))
            for each in found.sources:
                self._letters.split(db, _found(db, each), act.now)
            _settle(db, found.issue)
            return found.issue

        return await self._database.write(write)

    async def edit(self, notice: NoticeId, wanted: Wording, account: Account, *, revision: int) -> int:
        """Change what an item says; its departments are shown what. The new revision."""

        def write(db: Db) -> int:
            act = self._begin(db, account)
            before = _editable(db, notice)
            if revision != before.revision:
                raise Stale("notice.item_changed")
            after = wording.tidied(wanted)
            if after == before.wording:
                return revision
            self._check(act, before, after)
            number = item_store.keep(db, notice, after, by=account.username, now=act.now)
            item_store.add_revision(db, notice, of_host=True)
            act.say(facts.NoticeEdited(notice, number))
            self._letters.edited(db, before, _found(db, notice), act.now)
            return number

        return await self._database.write(write)

    async def give_back(self, notice: NoticeId, reason: str, account: Account, *, revision: int) -> None:
        """Return an item to its department, which reads why."""

        def write(db: Db) -> None:
            act = self._begin(db, account)
            found, why = _editable(db, notice), reason.strip()
            if not why:
                raise Invalid(fields={"reason": "notice.reason_missing"})
            if len(why) > board.LONGEST_REASON:
                raise Invalid(fields={"reason": "form.too_long"})
            if revision != found.revision:
                raise Stale("notice.item_changed")
            if found.sources:
                raise Refused("notice.split_first")
            if found.origin is Origin.CORRECTION:
                raise Refused("notice.correction_alone")
            item_store.note(db, notice, State.RETURNED, by=account.username, now=act.now, reason=why)
            act.say(facts.NoticeReturned(notice, why))
            self._letters.returned(db, found, why, act.now)

        await self._database.write(write)

    async def put(self, notice: NoticeId, where: Where, account: Account) -> Issue:
        """Put an item on another board; the issue whose board that is."""

        def write(db: Db) -> Issue:
            act = self._begin(db, account)
            found = _editable(db, notice)
            if found.origin is Origin.CORRECTION:
                raise Refused("notice.correction_alone")
            issue = self._next(act, found) if where is Where.NEXT else self._supplement(act, found)
            if issue.id == found.issue:
                return issue
            last = item_store.last_position(db, issue.id)
            board_store.set_issue(db, [notice, *found.sources], issue.id, last + 1)
            act.say(facts.NoticeMoved(notice, issue.id))
            return issue

        return await self._database.write(write)

    def _begin(self, db: Db, account: Account) -> Act:
        ledger.take(db)
        _must_edit(db, account)
        return Act(db, account, self._clock.now())

    def _shown(self, db: Db, *, number: IssueId, account: Account) -> Shown:
        _must_edit(db, account)
        settings, issue = settings_store.settings(db), _issue(db, number)
        regular = issue.kind is IssueKind.REGULAR
        return Shown(
            issue=issue,
            notices=tuple(board.arranged(item_store.on_board(db, number))),
            late=tuple(item_store.waiting(db)),
            returned=tuple(item_store.all_of(db, (State.RETURNED,))),
            plan=schedule.plan(issue.week, self._workdays(db), settings) if regular else None,
            settings=settings,
        )

    def _merge(self, act: Act, number: IssueId, parts: Sequence[Notice]) -> NoticeId:
        db, by = act.db, act.account.username
        into = next((each for each in parts if each.sources), None)
        first = [into] if into else []
        in_order = [*first, *(each for each in parts if each is not into)]
        said = board.united(in_order, partial(self._letters.heading, db))
        if into is None:
            new = item_store.add(db, parts[0].department, said, by=by, now=act.now, origin=Origin.MERGE)
            item_store.note(db, new, State.SUBMITTED, by=by, now=act.now, submitted=True)
            board_store.set_issue(db, [new], number, parts[0].position)
        else:
            new = into.id
            item_store.keep(db, new, said, by=by, now=act.now)
        joining: list[Notice] = []
        for each in in_order[len(first) :]:
            joining += [_found(db, source) for source in each.sources] or [each]
            if each.sources:  # its parts are this one's now
                item_store.note(db, each.id, State.WITHDRAWN, by=by, now=act.now)
        item_store.merge(db, [each.id for each in joining], new)
        item_store.add_revision(db, new, of_host=True)
        _settle(db, number)
        merged = _found(db, new)
        act.say(facts.NoticesMerged(new, tuple(merged.sources)))
        self._letters.merged(db, merged, joining, act.now)
        return new

    def _check(self, act: Act, before: Notice, after: Wording) -> None:
        """As when it was handed in, for the day on which its issue goes out."""
        committees = [each.id for each in people.committees(act.db)]
        issue = _issue(act.db, before.issue) if before.issue is not None else None
        today = act.now.astimezone(SHANGHAI).date()
        sends = day_of(issue, act.now) if issue is not None else None
        found = wording.problems(after, today=today, sends_on=sends, committees=committees)
        if found:
            raise Invalid(fields=found)
        if before.origin is Origin.CORRECTION and before.origin_ref is not None:
            item = issue_store.item(act.db, before.origin_ref)
            assert item is not None
            board.must_still_reach(item.wording, after, committees)

    def _next(self, act: Act, notice: Notice) -> Issue:
        """The first issue after the one that an item was on, or has missed, that is open and may still go out."""
        settings, workdays = settings_store.settings(act.db), self._workdays(act.db)
        week = notice.week or self._missed(act, notice)
        for plan in schedule.plans(max(week.after(), Week.of(day_at(act.now))), workdays, settings):
            issue = issue_store.open_issue(act.db, plan.week, send_at=plan.sends)
            if issue.state is IssueState.OPEN and plan.latest > act.now:
                return issue
        raise AssertionError("weeks do not end")

    def _supplement(self, act: Act, notice: Notice) -> Issue:
        """The open supplement of the issue that a late item has missed, or of the one that may go out now; a new one
        when there is none."""
        settings, workdays = settings_store.settings(act.db), self._workdays(act.db)
        week = schedule.current(act.now, workdays, settings).week
        return supplement(act.db, week if notice.week else max(week, self._missed(act, notice)))

    def _missed(self, act: Act, notice: Notice) -> Week:
        settings, workdays = settings_store.settings(act.db), self._workdays(act.db)
        return schedule.next_to_send(notice.submitted_at or act.now, workdays, settings).week


def supplement(db: Db, week: Week) -> Issue:
    for part in range(1, issue_store.next_part(db, week)):
        found = issue_store.issue_of(db, week, part=part)
        if found is not None and found.kind is IssueKind.SUPPLEMENT and found.state is IssueState.OPEN:
            return found
    return issue_store.open_issue(db, week, part=issue_store.next_part(db, week), kind=IssueKind.SUPPLEMENT)


def _must_edit(db: Db, account: Account) -> None:
    if not settings_store.settings(db).edits(account):
        raise Forbidden("access.denied")


def _issue(db: Db, number: IssueId) -> Issue:
    found = issue_store.issue(db, number)
    if found is None:
        raise NotFound("notice.no_such_issue")
    return found


def _found(db: Db, number: NoticeId) -> Notice:
    found = item_store.notice(db, number)
    if found is None:
        raise NotFound("notice.no_such_item")
    return found


def _editable(db: Db, number: NoticeId) -> Notice:
    """On a board, or late; not frozen, and not a part of another."""
    found = _found(db, number)
    if found.state is State.FROZEN:
        raise Refused("notice.item_frozen")
    if found.state is not State.SUBMITTED:
        raise Stale("notice.not_on_board")
    return found


def _open_board(db: Db, number: IssueId, seen: str) -> list[Notice]:
    if _issue(db, number).state is not IssueState.OPEN:
        raise Refused("notice.issue_frozen")
    notices = item_store.on_board(db, number)
    board.must_be(notices, seen)
    return notices


def _place(db: Db, positions: dict[NoticeId, int]) -> None:
    board_store.set_positions(db, positions)


def _settle(db: Db, number: IssueId | None) -> None:
    """Count the positions of a board anew, each once."""
    if number is not None:
        found = board.arranged(item_store.on_board(db, number))
        _place(db, {each.id: at for at, each in enumerate(found, 1)})
