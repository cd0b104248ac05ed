"""The board of the weekly notice as its page draws it, and any committee's mail as it will be sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from itertools import groupby

from aiohttp import web
from aiohttp.web import AppKey
from sqlmodel import Session as Db

from digest import board, delivery_store, issue_store, item_store
from digest.board_service import Boards, Shown
from digest.freezing import Content
from digest.issue_service import Issues
from digest.model import Audience, Issue, IssueKind, IssueState, Kind, Notice
from digest.page import Page
from digest.posting import Mailed
from digest.recipients import Recipient
from digest.settings import Settings
from meetinghub.bridges.noticing import NoticeMails
from meetinghub.ids import CommitteeId, DepartmentId, IssueId
from meetinghub.mail.states import State
from meetinghub.meetings.store import account_names
from meetinghub.people import store as people
from meetinghub.people.model import Committee
from web import keys

BOARDS = AppKey("notice_boards", Boards)
ISSUES = AppKey("notice_issues", Issues)
MAILS = AppKey("notice_mails", NoticeMails)
MISSED = (State.FAILED, State.BOUNCED)
OTHERS = 12
"""Other issues that a board names."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item on the page. ``seats``: who gets it. ``item``: as what it was frozen, 0 before."""

    notice: Notice
    departments: str
    seats: frozenset[int]
    up: bool
    down: bool
    item: int

    @property
    def merged(self) -> bool:
        return bool(self.notice.sources)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines whose order is the host office's to choose: actions of one date, or information."""

    due_on: date | None
    due_at: time | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """A committee that the last issue did not reach at one of its addresses."""

    committee: Committee
    name: str
    bounced: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """One committee's mail. ``page`` None: it gets none of this issue. ``others``: items that do not concern it."""

    committee: Committee
    page: Page | None
    mail: Mailed | None
    recipients: int
    others: int

    @property
    def kilobytes(self) -> int:
        return -(-len(self.mail.html.encode()) // 1024) if self.mail else 0

    @property
    def digest(self) -> str:
        """SHA-256 of the HTML part's bytes."""
        return hashlib.sha256(self.mail.html.encode()).hexdigest() if self.mail else ""


@dataclass(frozen=True, slots=True)
class Around:
    """What the page says besides the board: names, what the last issue did not reach, the other issues."""

    committees: tuple[Committee, ...]
    units: Mapping[DepartmentId, str]
    missed: tuple[Missed, ...]
    last: Issue | None
    others: tuple[tuple[Issue, int], ...]
    names: Mapping[str, str]
    items: Mapping[int, int]


async def around(request: web.Request, shown: Shown) -> Around:
    return await request.app[keys.DATABASE].read(partial(_around, shown=shown))


def actions(shown: Shown, found: Around) -> list[Run]:
    lines = [each for each in _lines(shown, found) if each.notice.wording.kind is Kind.ACTION]
    runs = groupby(lines, lambda each: (each.notice.wording.due_on, each.notice.wording.due_at))
    return [Run(due_on, due_at, tuple(each)) for (due_on, due_at), each in runs]


def information(shown: Shown, found: Around) -> list[Run]:
    lines = tuple(each for each in _lines(shown, found) if each.notice.wording.kind is Kind.INFORMATION)
    return [Run(None, None, lines)] if lines else []


def by_department(shown: Shown, found: Around) -> list[tuple[str, list[Line]]]:
    """A merged item stands with each department that is credited in it."""
    lines = _lines(shown, found)
    named = [
        (name, [each for each in lines if department in each.notice.departments])
        for department, name in found.units.items()
    ]
    return [(name, each) for name, each in named if each]


def lines_of(notices: Iterable[Notice], found: Around) -> list[Line]:
    """Items that are on no board."""
    return [_line(each, found, up=False, down=False) for each in notices]


def getting(shown: Shown, found: Around) -> int:
    """How many committees get it: all of them the week's issue, another part only whom it concerns."""
    if shown.issue.kind is IssueKind.REGULAR:
        return len(found.committees)
    return sum(any(item.wording.concerns(each.id) for item in shown.notices) for each in found.committees)


def departments(shown: Shown) -> int:
    return len({department for each in shown.notices for department in each.departments})


async def preview(
    request: web.Request, shown: Shown, content: Content, committee: Committee, *, address: str = ""
) -> Preview:
    """As the first of those who receive it for the committee will read it, or the one with this address."""
    page = content.pages.get(committee.id)
    if page is None:
        return Preview(committee, None, None, 0, len(content.items))
    audiences = [audience for each in content.items for audience in each.wording.audiences]
    read = partial(_recipients, committee=committee, settings=shown.settings, audiences=audiences)
    found = await request.app[keys.DATABASE].read(read)
    asked = [each for each in found if each.address == address]
    to = next(iter([*asked, *found]), Recipient("", committee.full_name, committee.id))
    mail = request.app[MAILS](page, to)
    return Preview(committee, page, mail, len(found), len(content.items) - len(page.items))


def looked_at(html: str, scheme: str) -> str:
    """A mail whose rules for dark screens always hold or never do: a frame cannot choose for what is in it."""
    if scheme not in {"light", "dark"}:
        return html
    holds = "all" if scheme == "dark" else "not all"
    return html.replace("(prefers-color-scheme: dark)", holds).replace('content="light dark"', f'content="{scheme}"')


def _recipients(db: Db, *, committee: Committee, settings: Settings, audiences: list[Audience]) -> Sequence[Recipient]:
    return delivery_store.directory(db, only=committee.id).of(committee, roles=settings.roles, audiences=audiences)


def _lines(shown: Shown, found: Around) -> list[Line]:
    open_board = shown.issue.state is IssueState.OPEN
    return [
        _line(each.notice, found, up=each.up and open_board, down=each.down and open_board)
        for each in board.standing(shown.notices)
    ]


def _line(notice: Notice, found: Around, *, up: bool, down: bool) -> Line:
    named = " + ".join(found.units.get(each, "") for each in notice.departments)
    seats = frozenset(each.seat for each in found.committees if notice.wording.concerns(each.id))
    return Line(notice, named, seats, up, down, found.items.get(notice.id, 0))


def _around(db: Db, *, shown: Shown) -> Around:
    committees, issue = tuple(people.committees(db)), shown.issue
    sent = issue_store.issues(db, (IssueState.SENT,), before=issue, limit=1)
    waiting = [each for each in issue_store.issues(db, (IssueState.OPEN, IssueState.APPROVED)) if each.id != issue.id]
    others = [(each, len(item_store.on_board(db, each.id))) for each in waiting[:OTHERS]]
    named = {each.updated_by for each in shown.returned} | {issue.approved_by}
    return Around(
        committees=committees,
        units={each.id: each.name for each in people.departments(db)},
        missed=_missed(db, sent[0].id, {each.id: each for each in committees}) if sent else (),
        last=sent[0] if sent else None,
        others=tuple((each, count) for each, count in others if count or each.part == 0),
        names=account_names(db, named - {""}),
        items={each.notice: each.id for each in issue_store.items(db, issue.id)},
    )


def _missed(db: Db, issue: IssueId, committees: Mapping[CommitteeId, Committee]) -> tuple[Missed, ...]:
    found = [each for each in delivery_store.deliveries(db, issue) if each.mail.state in MISSED]
    return tuple(
        Missed(committees[each.committee], each.name, each.mail.state is State.BOUNCED)
        for each in sorted(found, key=lambda each: committees[each.committee].seat)
    )


def chosen(committees: Sequence[Committee], asked: str) -> Committee | None:
    """The committee on the seat that was asked for; the first one otherwise."""
    seat = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    return next((each for each in committees if each.seat == seat), committees[0] if committees else None)
