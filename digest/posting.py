"""An issue as mails: rendered for everybody who receives it now, owed in the transaction that makes it sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session as Db

from digest import delivery_store, issue_store, settings_store
from digest.delivery_store import Delivery
from digest.model import Issue, IssueKind
from digest.page import Page, of_json
from digest.recipients import Recipient
from meetinghub.addresses import is_address
from meetinghub.ids import CommitteeId
from meetinghub.mail import outbox
from meetinghub.mail.message import Owed
from meetinghub.mail.states import State
from meetinghub.people import address_store
from meetinghub.people import store as people

LIST = delivery_store.KIND
UNDER_WAY = frozenset({State.OWED, State.CLAIMED, State.UNCERTAIN})
"""A mail that may yet arrive by itself is not sent a second time."""


class Mailed(Protocol):
    """What one recipient reads."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Rendering(Protocol):
    """Equal arguments give equal bytes."""

    def __call__(self, page: Page, to: Recipient) -> Mailed: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A page for one recipient; ``digest`` is the page's."""

    recipient: Recipient
    page: Page
    digest: str


Ready = Mapping[tuple[str, Recipient], Mailed]
"""What was rendered beforehand, so that the writing transaction is short: page's digest and recipient → mail."""


@dataclass(frozen=True, slots=True)
class Resent:
    """``again``: tried again under the same Message-ID. ``anew``: a server had taken it, so a new mail went out.
    ``waiting``: still under way, nothing was done. ``added``: addresses that did not have it yet."""

    again: int = 0
    anew: int = 0
    waiting: int = 0
    added: int = 0

    @property
    def mails(self) -> int:
        return self.again + self.anew + self.added


class Posting:
    def __init__(self, render: Rendering) -> None:
        self.render = render

    def prepare(self, db: Db, issue: Issue) -> dict[tuple[str, Recipient], Mailed]:
        """Render it for whoever receives it now; writes nothing."""
        return {(each.digest, each.recipient): self.render(each.page, each.recipient) for each in copies(db, issue)}

    def owe(
        self, db: Db, issue: Issue, *, now: datetime, only: CommitteeId | None = None, ready: Ready | None = None
    ) -> int:
        """Its deliveries, and a mail for each; how many. Whoever has one already gets no other."""
        known = {each.address.casefold() for each in delivery_store.deliveries(db, issue.id, committee=only)}
        count, reply_to = 0, answerable(db, issue)
        for copy in copies(db, issue, only=only):
            if copy.recipient.address.casefold() in known:
                continue
            delivery_store.add(db, issue, copy.recipient, now=now)
            made = (ready or {}).get((copy.digest, copy.recipient)) or self.render(copy.page, copy.recipient)
            owe(db, copy, made, key=delivery_store.key(issue, copy.recipient), reply_to=reply_to, now=now)
            count += 1
        db.flush()
        return count

    def again(self, db: Db, issue: Issue, committee: CommitteeId, *, by: str, now: datetime) -> Resent:
        """To everybody of one committee who receives it now; a person's wish."""
        known = {each.address.casefold(): each for each in delivery_store.deliveries(db, issue.id, committee=committee)}
        again = anew = waiting = 0
        for copy in copies(db, issue, only=committee):
            delivery = known.get(copy.recipient.address.casefold())
            if delivery is None:
                continue
            if delivery.mail.state in UNDER_WAY:
                waiting += 1
            elif delivery.mail.state is State.ACCEPTED or delivery.mail.problem == outbox.NO_ADDRESS:
                self._anew(db, issue, copy, delivery, now=now)
                anew += 1
            else:
                outbox.resend(db, number=delivery.mail.number, by=by, now=now)
                again += 1
        return Resent(again, anew, waiting, self.owe(db, issue, now=now, only=committee))

    def _anew(self, db: Db, issue: Issue, copy: Copy, delivery: Delivery, *, now: datetime) -> None:
        key, made = (
            delivery_store.key(issue, copy.recipient, send=delivery.sends + 1),
            self.render(copy.page, copy.recipient),
        )
        owe(db, copy, made, key=key, reply_to=answerable(db, issue), now=now)
        delivery_store.send_again(db, delivery.id, key, now=now)


def owe(db: Db, copy: Copy, made: Mailed, *, key: str, reply_to: str, now: datetime) -> None:
    owed = Owed(
        key=key,
        to=copy.recipient.address,
        to_name=copy.recipient.name,
        subject=made.subject,
        text=made.text,
        html=made.html,
        reply_to=reply_to,
        list_id=LIST,
    )
    outbox.owe(db, owed, now=now)


def copies(db: Db, issue: Issue, *, only: CommitteeId | None = None) -> Iterator[Copy]:
    """What would go out now, to whom. A regular issue also says that there is nothing; others only go where there
    is something."""
    known, roles = delivery_store.directory(db), settings_store.settings(db).roles
    items = issue_store.items(db, issue.id)
    pages = issue_store.pages(db, issue.id)
    for committee in known.committees:
        if committee.id not in pages or (only is not None and committee.id != only):
            continue
        value, digest = pages[committee.id]
        page = of_json(value)
        if page.empty and issue.kind is not IssueKind.REGULAR:
            continue
        audiences = [audience for item in items for audience in item.wording.audiences]
        for recipient in known.of(committee, roles=roles, audiences=audiences):
            yield Copy(recipient, page, digest)


def answerable(db: Db, issue: Issue) -> str:
    """The address to which an answer goes: whoever approved the issue, else the host office; empty when neither has a
    usable one."""
    approver = people.account_named(db, issue.approved_by) if issue.approved_by else None
    host = settings_store.settings(db).host
    unit = address_store.one(db, address_store.Kind.DEPARTMENT, host) if host is not None else None
    candidates = [approver[0].mail if approver else "", unit.mail if unit else ""]
    return next((each for each in candidates if each and is_address(each)), "")
