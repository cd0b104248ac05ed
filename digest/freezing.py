"""What everybody gets of an issue: drafted for a preview, or frozen for good. Both in the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from digest import answer_store, board_store, issue_store, item_store, page, settings_store
from digest.board import arranged
from digest.model import Issue, IssueKind, IssueState, Item, Notice, Origin
from digest.page import Corrected, Earlier, Head, Page
from digest.ports import Lights, OpenTasks, WeekMeetings
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Refused
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.ledger import notices as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.people import store as people
from meetinghub.people.model import Committee

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Content:
    """An issue's items and the page of each committee that gets it."""

    items: tuple[Item, ...]
    pages: Mapping[CommitteeId, Page]


class Freezing:
    def __init__(self, meetings: WeekMeetings, tasks: OpenTasks, lights: Lights) -> None:
        self._meetings = meetings
        self._tasks = tasks
        self._lights = lights

    def draft(self, db: Db, issue: Issue, *, now: datetime, only: CommitteeId | None = None) -> Content:
        """What would be frozen now, with all pages or one. Items have no numbers yet: they carry their notices',
        negative, so that no link in a draft is ever good for anything."""
        notices = arranged(item_store.on_board(db, issue.id))
        return self._content(db, issue, _items(db, issue, notices), now=now, only=only)

    def frozen(self, db: Db, issue: Issue, *, only: CommitteeId | None = None) -> Content:
        """What was frozen."""
        if only is None:
            kept = issue_store.pages(db, issue.id)
        else:
            one = issue_store.page(db, issue.id, only)
            kept = {only: one} if one else {}
        pages = {committee: page.of_json(said) for committee, (said, _) in kept.items()}
        return Content(issue_store.items(db, issue.id), pages)

    def content(self, db: Db, issue: Issue, *, now: datetime, only: CommitteeId | None = None) -> Content:
        if issue.state is IssueState.OPEN:
            return self.draft(db, issue, now=now, only=only)
        return self.frozen(db, issue, only=only)

    def freeze(self, db: Db, issue: Issue, *, by: str, now: datetime) -> Issue:
        """Items, pages and the digest over both, with the fact that says so. ``by`` empty: the settings let an issue
        go out that nobody approved. Whoever calls has taken the ledger."""
        if issue.state is not IssueState.OPEN:
            raise Refused("notice.issue_frozen")
        notices = arranged(item_store.on_board(db, issue.id))
        credited = {each.id: each.departments for each in notices}
        items = issue_store.add_items(db, _items(db, issue, notices), credited)
        content = self._content(db, issue, items, now=now)
        written = {committee: (page.to_json(each), page.page_digest(each)) for committee, each in content.pages.items()}
        issue_store.add_pages(db, issue.id, written)
        known = {committee: own for committee, (_, own) in written.items()}
        digest = page.digest(content.pages.values(), items, known=known)
        board_store.set_frozen(db, list(credited))
        frozen = issue_store.approve(db, issue.id, digest=digest, by=by, now=now)
        fact = facts.IssueApproved(issue.id, tuple(each.id for each in items), digest, by_policy=not by)
        ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=by)
        return frozen

    def _content(
        self, db: Db, issue: Issue, items: tuple[Item, ...], *, now: datetime, only: CommitteeId | None = None
    ) -> Content:
        committees = [each for each in _getting(db, issue, items) if only in {None, each.id}]
        numbers, day = [each.id for each in committees], day_of(issue, now)
        regular = issue.kind is IssueKind.REGULAR
        last = issue.week.monday + timedelta(days=SUNDAY)
        meetings = self._meetings.of(db, day, max(day, last), numbers) if regular else {}
        tasks = self._tasks.of(db, numbers, today=day) if regular else {}
        lights = self._lights.of(db, numbers, today=day) if regular else {}
        unread = _unread(db, issue, numbers) if regular else {}
        corrected = _corrected(db, items)
        office, contact = people.street_office(db), board_store.contact(db, settings_store.settings(db).host)
        pages = {}
        for each in committees:
            head = Head(
                office=office.name if office else "",
                issue=issue.id,
                committee=each.id,
                name=each.full_name,
                seat=each.seat,
                week=issue.week,
                part=issue.part,
                kind=issue.kind,
                day=day,
                frozen_at=now,
                contact=contact,
            )
            pages[each.id] = page.compile(
                items,
                head,
                meetings=meetings.get(each.id, ()),
                tasks=tasks.get(each.id, ()),
                lights=lights.get(each.id, ()),
                unread=unread.get(each.id, ()),
                corrected=corrected,
            )
        return Content(items, pages)


def day_of(issue: Issue, now: datetime) -> date:
    """On which day it goes out when it is approved at ``now``."""
    return max(issue.send_at or now, now).astimezone(SHANGHAI).date()


def _items(db: Db, issue: Issue, notices: Sequence[Notice]) -> tuple[Item, ...]:
    names = {each.id: each.name for each in people.departments(db)}
    return tuple(
        Item(
            id=-each.id,
            issue=issue.id,
            notice=each.id,
            position=at,
            wording=each.wording,
            departments=tuple(names[department] for department in each.departments),
            attachments=each.attachments,
            corrects=each.origin_ref if each.origin is Origin.CORRECTION else None,
        )
        for at, each in enumerate(notices, 1)
    )


def _getting(db: Db, issue: Issue, items: Collection[Item]) -> list[Committee]:
    """All of them get the week's issue, even an empty one; another part only whom it concerns."""
    committees = people.committees(db)
    if issue.kind is IssueKind.REGULAR:
        return committees
    return [each for each in committees if any(item.wording.concerns(each.id) for item in items)]


def _corrected(db: Db, items: Collection[Item]) -> dict[int, Corrected]:
    found = {}
    for number in {each.corrects for each in items if each.corrects is not None}:
        item = issue_store.item(db, number)
        issue = issue_store.issue(db, item.issue) if item else None
        if item is not None and issue is not None:
            found[number] = Corrected(number, issue.number, item.wording.title)
    return found


def _unread(db: Db, issue: Issue, committees: Collection[CommitteeId]) -> dict[CommitteeId, tuple[Earlier, ...]]:
    """What the last week's issues said to each and it has not answered; what was put right later is not asked for."""
    found: dict[CommitteeId, list[Earlier]] = defaultdict(list)
    for number in board_store.last_week_sent(db, issue.week):
        earlier, items = _sent(db, number), issue_store.items(db, number)
        numbers = [each.id for each in items]
        answered, corrected = answer_store.answers(db, numbers), board_store.corrected(db, numbers)
        for item in items:
            told = Earlier(item.id, earlier.number, item.wording.title, _day_sent(earlier), item.wording.kind)
            for each in committees:
                if item.id not in corrected and item.wording.concerns(each) and each not in answered[item.id]:
                    found[each].append(told)
    return {committee: tuple(each) for committee, each in found.items()}


def _sent(db: Db, number: IssueId) -> Issue:
    found = issue_store.issue(db, number)
    assert found is not None
    return found


def _day_sent(issue: Issue) -> date:
    assert issue.sent_at is not None
    return issue.sent_at.astimezone(SHANGHAI).date()
