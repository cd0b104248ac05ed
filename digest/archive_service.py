"""What was sent, to be read again: by the street's people all of it, by a committee what it got and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session as Db

from digest import answer_store, archive_store, issue_store
from digest.answering import SentItem
from digest.archive import Found, words_of
from digest.links import CalendarLink, FileLink, calendar_link, file_link
from digest.model import Attachment, Issue, IssueState, Item
from digest.page import Page, of_json
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound, Refused
from meetinghub.files.shelf import Shelf
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.mail.links import Links
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee

AT_ONCE = 12
"""Issues on one page of the list."""
MOST_FOUND = 50
_STREET = (IssueState.APPROVED, IssueState.SENT)
_COMMITTEE = (IssueState.SENT,)


class Receives(Protocol):
    def __call__(self, db: Db, committee: CommitteeId, address: str, items: Sequence[SentItem]) -> bool:
        """Whether mails about these items go to ``address`` for this committee, as things are now."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue in the list, with what of it concerns the reader."""

    issue: Issue
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """``found`` is None when nothing was looked for."""

    words: tuple[str, ...]
    issues: tuple[Listed, ...] = ()
    more: bool = False
    found: tuple[Found, ...] | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """An issue for the street's people. ``getting``: the committees it was for, in the order of their seats."""

    issue: Issue
    items: tuple[Item, ...]
    getting: tuple[Committee, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What one committee got. ``own``: the reader is that committee. ``beside``: others of the same week."""

    issue: Issue
    page: Page
    digest: str
    own: bool
    beside: tuple[Issue, ...] = ()


class Archive:
    def __init__(self, database: Database, clock: Clock, shelf: Shelf, links: Links, *, receives: Receives) -> None:
        self._database, self._clock, self._shelf = database, clock, shelf
        self._links, self._receives = links, receives

    async def listing(self, account: Account, *, query: str = "", number: int = 1) -> Listing:
        """``number``: which page of the list, from 1."""
        words, committee, states = words_of(query), account.committee, _states(account)

        def read(db: Db) -> Listing:
            if words:
                found = archive_store.found(db, words, states, committee, limit=MOST_FOUND)
                return Listing(words, found=tuple(found))
            all_issues = archive_store.issues(db, states, committee)
            first = (number - 1) * AT_ONCE
            shown = all_issues[first : first + AT_ONCE]
            items = archive_store.items(db, [each.id for each in shown])
            return Listing(
                words,
                tuple(Listed(each, _concerning(items[each.id], committee)) for each in shown),
                more=len(all_issues) > first + AT_ONCE,
            )

        return await self._database.read(read)

    async def issues(self, account: Account) -> list[Issue]:
        """All that a reader may know of, newest first."""
        return await self._database.read(archive_store.issues, _states(account), account.committee)

    async def contents(self, account: Account, number: IssueId) -> tuple[Issue, tuple[Item, ...]]:
        """An issue, and what of it concerns the reader. Raises :class:`NotFound`."""

        def read(db: Db) -> tuple[Issue, tuple[Item, ...]]:
            found = issue_store.issue(db, number)
            ours = account.committee
            got = ours is None or issue_store.page(db, number, ours) is not None
            if found is None or found.state not in _states(account) or not got:
                raise NotFound("notice_archive.not_found")
            return found, _concerning(issue_store.items(db, number), ours)

        return await self._database.read(read)

    async def issue(self, account: Account, number: IssueId) -> Whole:
        """Only for the street's people. Raises :class:`NotFound`."""

        def read(db: Db) -> Whole:
            found = issue_store.issue(db, number)
            if account.committee is not None or found is None or found.state not in _STREET:
                raise NotFound("notice_archive.not_found")
            getting = issue_store.pages(db, number)
            committees = tuple(each for each in people.committees(db) if each.id in getting)
            return Whole(found, issue_store.items(db, number), committees)

        return await self._database.read(read)

    async def page(self, account: Account, number: IssueId, seat: int) -> Opened:
        """What the committee on ``seat`` got. Raises :class:`NotFound`, also for somebody else's."""
        return await self._database.read(_opened, account, number, seat)

    async def latest(self, account: Account) -> Opened | None:
        """The last regular page of the reader's own committee; a supplement's when it never got one."""

        def read(db: Db) -> Opened | None:
            if account.committee is None or account.seat is None:
                return None
            found = archive_store.issues(db, _COMMITTEE, account.committee)
            last = next((each for each in found if not each.part), found[0] if found else None)
            return None if last is None else _opened(db, account, last.id, account.seat)

        return await self._database.read(read)

    async def file(
        self, account: Account, number: IssueId, seat: int, item: int, file: int
    ) -> tuple[Attachment, bytes]:
        """An attachment of something that the committee on ``seat`` got."""
        opened = await self.page(account, number, seat)
        return await self._content(opened.page, item, file)

    async def file_by_link(self, token: str) -> tuple[Attachment, bytes]:
        """Raises :class:`NotFound` for a link we did not make, :class:`Refused` for one that opens nothing now."""

        def read(db: Db) -> tuple[FileLink, Page]:
            link = file_link(self._links, token, now=self._clock.now())
            page = self._linked(db, link, answer_store.sent_of(db, [link.item]))
            return link, page

        link, page = await self._database.read(read)
        return await self._content(page, link.item, link.file)

    async def calendar_by_link(self, token: str) -> CalendarLink:
        """Whose meeting a link is about. Raises as :meth:`file_by_link`."""

        def read(db: Db) -> CalendarLink:
            link = calendar_link(self._links, token, now=self._clock.now())
            items = [each.id for each in issue_store.items(db, link.issue)]
            page = self._linked(db, link, answer_store.sent_of(db, items))
            if link.meeting not in {each.meeting for each in page.meetings}:
                raise NotFound("link.bad")
            return link

        return await self._database.read(read)

    def _linked(self, db: Db, link: FileLink | CalendarLink, items: Sequence[SentItem]) -> Page:
        issue, row = issue_store.issue(db, link.issue), issue_store.page(db, link.issue, link.committee)
        if issue is None or row is None or issue.state not in _STREET:
            raise NotFound("link.bad")
        page = of_json(row[0])
        if not self._receives(db, link.committee, link.address, items):
            raise Refused("notice_archive.not_receiving", committee=page.head.name, address=link.address)
        return page

    async def _content(self, page: Page, item: int, file: int) -> tuple[Attachment, bytes]:
        known: Mapping[tuple[int, int], Attachment] = {
            (each.item, one.id): one for each in page.items for one in each.attachments
        }
        found = known.get((item, file))
        data = None if found is None else await asyncio.to_thread(self._shelf.read, found.digest)
        if found is None or data is None:
            raise NotFound("notice_archive.no_file")
        return found, data


def _opened(db: Db, account: Account, number: IssueId, seat: int) -> Opened:
    committee = next((each for each in people.committees(db) if each.seat == seat), None)
    issue = issue_store.issue(db, number)
    allowed = committee is not None and account.committee in (None, committee.id)
    row = issue_store.page(db, number, committee.id) if committee is not None and allowed else None
    if committee is None or issue is None or row is None or issue.state not in _states(account):
        raise NotFound("notice_archive.not_found")
    others = archive_store.issues(db, _states(account), committee.id)
    beside = tuple(each for each in others if each.week == issue.week and each.id != issue.id)
    return Opened(issue, of_json(row[0]), row[1], account.committee == committee.id, beside)


def _states(account: Account) -> tuple[IssueState, ...]:
    """A committee reads what was sent to it, not what is about to be."""
    return _STREET if account.committee is None else _COMMITTEE


def _concerning(items: Sequence[Item], committee: CommitteeId | None) -> tuple[Item, ...]:
    return tuple(each for each in items if committee is None or each.wording.concerns(committee))
