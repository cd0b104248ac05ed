"""A department's acts: writing items, handing them in, taking them back, attaching files. One call is one transaction;
an attachment's content is on the shelf before the transaction that names it begins.

A department's items are its staff's: what one began, a colleague may finish. Nobody else finds them, except that
whoever is credited in a merged item sees that one, and the host office what was ever handed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlmodel import Session as Db

from digest import item_store as store
from digest import schedule, text, wording
from digest.issue_store import open_issue
from digest.model import Attachment, IssueState, LinkKind, Notice, Origin, State, Wording
from digest.schedule import Plan
from digest.settings_store import settings as read_settings
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.files import kinds
from meetinghub.files.shelf import Shelf
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.meetings import store as meetings
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right
from meetinghub.workdays.calendar import day_of
from meetinghub.workdays.store import workdays

MOST_FILES = 5
LARGEST_FILE = 10 * 1024 * 1024
WRITES = (Right.DEPARTMENT, Right.HOST, Right.COORDINATOR)
"""Who may write items: for their own department."""
EDITABLE = frozenset({State.DRAFT, State.RETURNED})


@dataclass(frozen=True, slots=True)
class Seen:
    """An item with what its page says of it. ``names``: accounts' → people's; ``units``: departments' names."""

    notice: Notice
    revisions: tuple[store.Revision, ...]
    plan: Plan
    late: bool
    mine: bool
    names: dict[str, str]
    units: dict[DepartmentId, str]

    @property
    def editable(self) -> bool:
        return self.mine and self.notice.state in EDITABLE


@dataclass(frozen=True, slots=True)
class Desk:
    """A department's items, newest first, and the issue that is filled now. ``late``: it is closed already."""

    notices: tuple[Notice, ...]
    plan: Plan
    late: bool
    units: dict[DepartmentId, str]

    def of(self, *states: State) -> tuple[Notice, ...]:
        return tuple(each for each in self.notices if each.state in states)


class Items:
    def __init__(self, database: Database, clock: Clock, shelf: Shelf) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf

    async def desk(self, account: Account) -> Desk:
        """Raises :class:`Forbidden` for an account without a department."""
        return await self._database.read(partial(_desk, department=writing(account), now=self._clock.now()))

    async def seen(self, number: int, account: Account) -> Seen:
        return await self._database.read(partial(_seen, number=number, account=account, now=self._clock.now()))

    async def page(
        self, account: Account, states: Collection[State] = tuple(State), *, before: int | None = None, limit: int = 50
    ) -> list[Notice]:
        """An account's department's items, newest first, numbered below ``before``."""
        department = account.department
        if department is None:
            return []
        listed = partial(store.of_department, department=department, states=states, before=before, limit=limit)
        return await self._database.read(listed)

    async def begin(self, account: Account, said: Wording | None = None, *, origin: Origin = Origin.DEPARTMENT) -> int:
        """A new draft; without ``said`` one that was begun and never written in is used again. Its number."""

        def write(db: Db) -> int:
            department, now = writing(account), self._clock.now()
            if said is None:
                ledger.take(db)
                drafts = store.of_department(db, department, [State.DRAFT])
                empty = next(
                    (each.id for each in drafts if _untouched(each) and each.written_by == account.username), None
                )
                return empty or store.add(db, department, Wording(""), by=account.username, now=now)
            kept = _storable(said)
            return store.add(db, department, kept, by=account.username, now=now, origin=origin)

        return await self._database.write(write)

    async def save(self, number: int, account: Account, said: Wording, *, revision: int) -> Notice:
        """Keep what it says now. :class:`Stale` when it was changed since ``revision``; nothing is written then."""

        def write(db: Db) -> Notice:
            ledger.take(db)
            _save(db, number, account, said, revision, self._clock.now())
            return _own(db, number, account)

        return await self._database.write(write)

    async def submit(self, number: int, account: Account, *, revision: int | None = None) -> Notice:
        """Hand it in: onto the board of the next issue, or, when that is closed, without one. ``revision``: the one
        that was read, None for whatever it says now. :class:`Invalid` says field by field what is wrong."""

        def write(db: Db) -> Notice:
            ledger.take(db)
            found = _editable(db, number, account)
            if revision not in {None, found.revision}:
                raise Stale("notice.changed_meanwhile")
            _submit(db, found, account, self._clock.now())
            return _own(db, number, account)

        return await self._database.write(write)

    async def withdraw(self, number: int, account: Account) -> Notice:
        """Take one that was handed in back to the drafts; lay any other aside."""

        def write(db: Db) -> Notice:
            ledger.take(db)
            found, now = _own(db, number, account), self._clock.now()
            if found.state not in EDITABLE | {State.SUBMITTED}:
                raise Refused(f"notice.is_{found.state.value}")
            back = found.state is State.SUBMITTED
            store.note(db, found.id, State.DRAFT if back else State.WITHDRAWN, by=account.username, now=now)
            _say(db, n.NoticeWithdrawn(found.id), account, now)
            return _own(db, number, account)

        return await self._database.write(write)

    async def restore(self, number: int, account: Account) -> Notice:
        """Go on with one that was laid aside."""

        def write(db: Db) -> Notice:
            ledger.take(db)
            found = _own(db, number, account)
            if found.state is not State.WITHDRAWN:
                raise Refused(f"notice.is_{found.state.value}")
            store.note(db, found.id, State.DRAFT, by=account.username, now=self._clock.now())
            return _own(db, number, account)

        return await self._database.write(write)

    async def attach(self, number: int, account: Account, *, name: str, data: bytes) -> int:
        """Put a file to it; the attachment's number."""
        await self._database.read(_editable, number, account)
        if len(data) > LARGEST_FILE:
            raise Invalid(fields={"file": "notice.file_large"}, megabytes=LARGEST_FILE // (1024 * 1024))
        kind = await asyncio.to_thread(kinds.recognised, data, name)
        content = kinds.kept(data, kind)
        digest = await asyncio.to_thread(self._shelf.keep, content)

        def write(db: Db) -> int:
            ledger.take(db)
            found = _editable(db, number, account)
            same = next((each.id for each in found.attachments if each.digest == digest), None)
            if same is not None:
                return same
            if len(found.attachments) >= MOST_FILES:
                raise Invalid(fields={"file": "notice.files_many"}, most=MOST_FILES)
            given = kinds.rewritten(name, kind)
            by, now = account.username, self._clock.now()
            return store.add_file(db, found.id, name=given, kind=kind, size=len(content), digest=digest, by=by, now=now)

        return await self._database.write(write)

    async def detach(self, number: int, file: int, account: Account) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            found = _editable(db, number, account)
            if all(each.id != file for each in found.attachments):
                raise NotFound("notice.no_file")
            store.remove_file(db, file)

        await self._database.write(write)

    async def fetch(self, number: int, file: int, account: Account) -> tuple[Attachment, bytes]:
        """An attachment with its content, for whoever may see the item."""
        found = await self._database.read(_visible, number, account)
        wanted = next((each for each in found.attachments if each.id == file), None)
        data = await asyncio.to_thread(self._shelf.read, wanted.digest) if wanted else None
        if wanted is None or data is None:
            raise NotFound("notice.no_file")
        return wanted, data


def writing(account: Account) -> DepartmentId:
    """The department for which this account writes."""
    if account.department is None or not account.may(*WRITES):
        raise Forbidden("access.denied")
    return account.department


def _own(db: Db, number: int, account: Account) -> Notice:
    """The department's own; what the board merged of several is nobody's own."""
    found = store.notice(db, number)
    if found is None or found.department != writing(account) or found.origin is Origin.MERGE:
        raise NotFound("notice.not_found")
    return found


def _editable(db: Db, number: int, account: Account) -> Notice:
    found = _own(db, number, account)
    if found.state not in EDITABLE:
        raise Refused(f"notice.is_{found.state.value}")
    return found


def _visible(db: Db, number: int, account: Account) -> Notice:
    found = store.notice(db, number)
    if found is not None:
        if account.may(*WRITES) and account.department in found.departments:
            return found
        if found.submitted_at is not None and read_settings(db).edits(account):
            return found
    raise NotFound("notice.not_found")


def _save(db: Db, number: int, account: Account, said: Wording, revision: int, now: datetime) -> None:
    found, kept = _editable(db, number, account), _storable(said)
    if kept == found.wording:
        return
    if revision != found.revision:
        raise Stale("notice.changed_meanwhile")
    store.keep(db, found.id, kept, by=account.username, now=now)


def _storable(said: Wording) -> Wording:
    kept = wording.tidied(said)
    if wrong := wording.storable(kept):
        raise Invalid(fields=wrong, **_limits())
    return kept


def _submit(db: Db, found: Notice, account: Account, now: datetime) -> None:
    kept = _storable(found.wording)
    if kept != found.wording:  # what came from elsewhere was written by others
        found = replace(found, wording=kept, revision=store.keep(db, found.id, kept, by=account.username, now=now))
    table, settings = workdays(db), read_settings(db)
    week = schedule.week_for(now, table, settings)
    plan = schedule.next_to_send(now, table, settings)
    committees = [CommitteeId(each.id) for each in people.committees(db)]
    sends_on = plan.day if week is not None else None
    wrong = wording.problems(found.wording, today=day_of(now), sends_on=sends_on, committees=committees)
    link = found.wording.link
    if link.kind is LinkKind.MEETING and "link" not in wrong and meetings.meeting(db, int(link.target)) is None:
        wrong["link"] = "notice.link_wrong"
    if wrong:
        raise Invalid(fields=wrong, **_limits())
    issue = open_issue(db, week, send_at=plan.sends) if week is not None else None
    if issue is not None and issue.state is not IssueState.OPEN:
        issue = None  # approved before its deadline: the host office chooses, as for a late one
    store.note(db, found.id, State.SUBMITTED, by=account.username, now=now, submitted=True)
    if issue is not None:
        store.place(db, found.id, issue.id, store.last_position(db, issue.id) + 1)
    store.add_revision(db, found.id, of_host=False)
    said = n.NoticeSubmitted(found.id, found.revision, found.department, issue.id if issue else 0)
    _say(db, said, account, now)


def _desk(db: Db, *, department: DepartmentId, now: datetime) -> Desk:
    found = store.of_department(db, department)
    kept = tuple(each for each in found if each.origin is not Origin.MERGE and not _untouched(each))
    return Desk(kept, *_when(db, now), _units(db))


def _seen(db: Db, *, number: int, account: Account, now: datetime) -> Seen:
    found = _visible(db, number, account)
    revisions = tuple(store.revisions(db, found.id))
    said = {found.written_by, found.updated_by, *(each.by for each in revisions)}
    mine = found.department == account.department and found.origin is not Origin.MERGE and account.may(*WRITES)
    names = dict(meetings.account_names(db, said))
    return Seen(found, revisions, *_when(db, now), mine, names, _units(db))


def _when(db: Db, now: datetime) -> tuple[Plan, bool]:
    """The next issue, and whether it is closed."""
    table, settings = workdays(db), read_settings(db)
    return schedule.next_to_send(now, table, settings), schedule.week_for(now, table, settings) is None


def _units(db: Db) -> dict[DepartmentId, str]:
    return {each.id: each.name for each in people.departments(db)}


def _untouched(found: Notice) -> bool:
    """Begun, and never written in."""
    empty = found.wording == Wording("") and not found.attachments
    return empty and found.state is State.DRAFT and found.origin is Origin.DEPARTMENT


def _limits() -> dict[str, int]:
    """What messages of fields name."""
    return {"title": wording.LONGEST_TITLE, "text": text.LONGEST}


def _say(db: Db, payload: Payload, account: Account, now: datetime) -> None:
    ledger.append(db, [NewFact(payload)], meeting_id=None, at=now, actor=account.username)
