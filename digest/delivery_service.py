"""What became of an issue's mails, for those who look after sending; and what they can do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from digest import delivery_store, issue_store, item_store, schedule, settings_store
from digest.delivery_store import Delivery
from digest.model import Audience, Issue, IssueState
from digest.page import Page
from digest.posting import Posting, Resent
from digest.recipients import Recipient
from digest.settings_service import must_run, note
from meetinghub.addresses import is_address
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound, Refused
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.mail import dead_store
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.mail.states import State
from meetinghub.people import address_store
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee
from meetinghub.workdays.store import workdays

MISSED = frozenset({State.FAILED, State.BOUNCED})
LISTED = 12
"""Issues that can be chosen from."""


class Content(Protocol):
    @property
    def pages(self) -> Mapping[CommitteeId, Page]: ...


class Drafting(Protocol):
    def content(self, db: Db, issue: Issue, *, now: datetime) -> Content:
        """What everybody gets of an issue: as it would be frozen now, or as it was."""
        ...


@dataclass(frozen=True, slots=True)
class Reached:
    """One committee's deliveries; ``phones``: address → under which telephone its reader is reached."""

    committee: Committee
    deliveries: tuple[Delivery, ...]
    phones: Mapping[str, str]

    @property
    def missed(self) -> tuple[Delivery, ...]:
        return tuple(each for each in self.deliveries if each.mail.state in MISSED)

    @property
    def lost(self) -> bool:
        """Whether nobody there has it, as far as is known."""
        return all(each.mail.state in MISSED for each in self.deliveries)


@dataclass(frozen=True, slots=True)
class Overview:
    """``issue`` None: nothing was ever written. ``issues``: those that can be looked at, newest first."""

    issue: Issue | None
    issues: tuple[Issue, ...]
    reached: tuple[Reached, ...]
    paused: bool

    @property
    def counts(self) -> dict[State, int]:
        found = dict.fromkeys(State, 0)
        for each in self.reached:
            for delivery in each.deliveries:
                found[delivery.mail.state] += 1
        return found

    @property
    def repeats(self) -> int:
        """Mails that went out again because nobody knew whether the first had arrived."""
        return sum(delivery.mail.repeats for each in self.reached for delivery in each.deliveries)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would go out at the coming moment, as things are now. ``dead``: address → what its server said; ``bad``:
    addresses that are none; ``without``: committees that no mail would reach."""

    plan: schedule.Plan
    issue: Issue | None
    items: int
    recipients: Mapping[CommitteeId, Sequence[Recipient]]
    dead: Mapping[str, str]
    bad: tuple[str, ...]
    without: tuple[Committee, ...]
    names: Mapping[CommitteeId, Committee]

    @property
    def mails(self) -> int:
        return sum(len(each) for each in self.recipients.values())

    @property
    def returned(self) -> list[tuple[Committee, Recipient, str]]:
        """Whose mail would come back, and why."""
        return [
            (self.names[committee], each, self.dead[each.address])
            for committee, found in self.recipients.items()
            for each in found
            if each.address in self.dead
        ]


class Deliveries:
    def __init__(self, database: Database, clock: Clock, *, drafting: Drafting, posting: Posting) -> None:
        self._database = database
        self._clock = clock
        self._drafting = drafting
        self._posting = posting

    async def overview(self, account: Account, number: int | None = None) -> Overview:
        """Of one issue; of the latest that was sent when ``number`` is None. Raises :class:`NotFound`."""
        return await self._database.read(partial(_overview, account=account, number=number))

    async def dry_run(self, account: Account) -> DryRun:
        return await self._database.read(partial(self._dry_run, account=account))

    async def test(self, account: Account, number: int, seat: int, *, mark: str) -> str:
        """Owe the account a mail as the committee on ``seat`` gets or would get it; its address. ``mark`` stands before
        the subject. Raises :class:`Refused` when the account has no address."""

        def write(db: Db) -> str:
            must_run(settings_store.settings(db), account)
            if not account.mail:
                raise Refused("notice_delivery.no_own_address")
            issue, committee, now = _issue(db, number), _on_seat(db, seat), self._clock.now()
            page = self._drafting.content(db, issue, now=now).pages.get(committee.id)
            if page is None:
                raise NotFound("notice_delivery.nothing_for_it")
            to = Recipient(account.mail, account.name, committee.id, account.language)
            made = self._posting.render(page, to)
            owed = Owed(
                key=f"notice_test:{issue.id}:{committee.id}:{account.id}:{int(now.timestamp() * 1000)}",
                to=to.address,
                to_name=to.name,
                subject=f"{mark}{made.subject}",
                text=made.text,
                html=made.html,
                list_id=delivery_store.KIND,
            )
            owe(db, owed, now=now)
            return to.address

        return await self._database.write(write)

    async def resend(self, account: Account, number: int, seat: int) -> Resent:
        """Send an issue to one committee again: to everybody who receives it now. What is still under way is left
        alone; what failed goes out under its own Message-ID; what a server had taken goes out as a new mail."""

        def write(db: Db) -> Resent:
            ledger.take(db)
            settings, now = settings_store.settings(db), self._clock.now()
            must_run(settings, account)
            issue, committee = _issue(db, number), _on_seat(db, seat)
            if issue.state is not IssueState.SENT:
                raise Refused("notice_delivery.not_sent")
            if settings.paused is not None:
                raise Refused("notice_delivery.paused")
            done = self._posting.again(db, issue, committee.id, by=account.username, now=now)
            if done.mails:
                note(db, n.IssueResent(issue.id, committee.id, done.mails), at=now, by=account)
            elif not done.waiting:
                raise Refused("notice_delivery.no_address", committee=committee.full_name)
            return done

        return await self._database.write(write)

    def _dry_run(self, db: Db, *, account: Account) -> DryRun:
        settings = settings_store.settings(db)
        must_run(settings, account)
        plan = schedule.next_to_send(self._clock.now(), workdays(db), settings)
        issue = issue_store.issue_of(db, plan.week)
        audiences = _audiences(db, issue)
        known = delivery_store.directory(db)
        found = {each.id: known.of(each, roles=settings.roles, audiences=audiences) for each in known.committees}
        addresses = {each.address for recipients in found.values() for each in recipients}
        return DryRun(
            plan=plan,
            issue=issue,
            items=len(item_store.on_board(db, issue.id)) if issue else 0,
            recipients=found,
            dead=dead_store.dead(db, addresses),
            bad=tuple(sorted(each for each in addresses if not is_address(each))),
            without=tuple(each for each in known.committees if not found[each.id]),
            names={each.id: each for each in known.committees},
        )


def _overview(db: Db, *, account: Account, number: int | None) -> Overview:
    settings = settings_store.settings(db)
    must_run(settings, account)
    issues = issue_store.issues(db, limit=LISTED)
    sent = next((each for each in issues if each.state is IssueState.SENT), None)
    issue = _issue(db, number) if number is not None else sent or next(iter(issues), None)
    return Overview(issue, tuple(issues), _reached(db, issue) if issue else (), settings.paused is not None)


def _reached(db: Db, issue: Issue) -> tuple[Reached, ...]:
    """Every committee that has a page of the issue, by seat."""
    found: dict[CommitteeId, list[Delivery]] = defaultdict(list)
    for each in delivery_store.deliveries(db, issue.id):
        found[each.committee].append(each)
    wanted = set(issue_store.pages(db, issue.id)) | set(found)
    missed = {each.address for all_of in found.values() for each in all_of if each.mail.state in MISSED}
    known = {address: address_store.phone_of(db, address) for address in missed}
    phones = {address: who[1] for address, who in known.items() if who is not None and who[1]}
    return tuple(Reached(each, tuple(found[each.id]), phones) for each in people.committees(db) if each.id in wanted)


def _audiences(db: Db, issue: Issue | None) -> list[Audience]:
    if issue is None:
        return []
    if issue.state is IssueState.OPEN:
        wordings = [each.wording for each in item_store.on_board(db, issue.id)]
    else:
        wordings = [each.wording for each in issue_store.items(db, issue.id)]
    return [audience for each in wordings for audience in each.audiences]


def _issue(db: Db, number: int) -> Issue:
    found = issue_store.issue(db, IssueId(number))
    if found is None:
        raise NotFound("notice_delivery.no_such_issue")
    return found


def _on_seat(db: Db, seat: int) -> Committee:
    found = next((each for each in people.committees(db) if each.seat == seat), None)
    if found is None:
        raise NotFound("notice_delivery.no_such_committee")
    return found
