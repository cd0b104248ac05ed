"""All queries about deliveries: an issue to one address. What became of each, the outbox knows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select, update

from digest.model import Issue
from digest.recipients import Directory, Recipient
from digest.tables import DeliveryRow
from meetinghub.ids import CommitteeId, IssueId, PersonId
from meetinghub.mail import reading
from meetinghub.mail.model import Standing
from meetinghub.people import address_store
from meetinghub.people import store as people
from meetinghub.people.model import Person

KIND = "notice"
"""Of its mails; the label of their list, too."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """``mail`` is how its newest mail stands; ``sends`` counts its mails: more than one when somebody sent it again."""

    id: int
    issue: IssueId
    committee: CommitteeId
    address: str
    name: str
    person: PersonId | None
    key: str
    queued_at: datetime
    mail: Standing

    @property
    def sends(self) -> int:
        return sends(self.key)


def key(issue: Issue, recipient: Recipient, *, send: int = 1) -> str:
    """Follows from issue, committee and address alone, so that owing twice is owing once. ``send`` 2 and more: somebody
    has it sent again although a server had taken it."""
    address = hashlib.sha256(recipient.address.casefold().encode()).hexdigest()[:16]
    first = f"{KIND}:{issue.week}:{issue.part}:{recipient.committee}:{address}"
    return first if send == 1 else f"{first}:{send}"


def sends(key: str) -> int:
    """Which of its mails a key names."""
    parts = key.split(":")
    return int(parts[5]) if len(parts) > 5 else 1


def directory(db: Db, *, only: CommitteeId | None = None) -> Directory:
    """Who there is now, with the people of all committees or of one."""
    gone = address_store.closed(db)
    found: dict[CommitteeId, list[Person]] = defaultdict(list)
    for each in people.people(db, committee=only):
        if each.committee is not None and each.id not in gone:
            found[each.committee].append(each)
    return Directory(
        committees=tuple(people.committees(db)),
        mailboxes=address_store.mailboxes(db),
        people={committee: tuple(each) for committee, each in found.items()},
        languages=address_store.languages(db),
    )


def add(db: Db, issue: Issue, recipient: Recipient, *, now: datetime) -> None:
    """Its first mail is owed in the same transaction."""
    db.add(
        DeliveryRow(
            issue_id=issue.id,
            committee_id=recipient.committee,
            address=recipient.address,
            name=recipient.name,
            person_id=recipient.person,
            mail_key=key(issue, recipient),
            queued_at=now,
        )
    )


def send_again(db: Db, delivery: int, key: str, *, now: datetime) -> None:
    """From now on another mail stands for the delivery."""
    changed = update(DeliveryRow).where(col(DeliveryRow.id) == delivery)
    db.exec(changed.values(mail_key=key, queued_at=now))


def deliveries(db: Db, issue: IssueId, *, committee: CommitteeId | None = None) -> list[Delivery]:
    """By committee and address."""
    wanted = select(DeliveryRow).where(DeliveryRow.issue_id == issue)
    if committee is not None:
        wanted = wanted.where(DeliveryRow.committee_id == committee)
    rows = db.exec(wanted.order_by(col(DeliveryRow.committee_id), col(DeliveryRow.id))).all()
    known = reading.standings(db, [row.mail_key for row in rows])
    return [_delivery(row, known[row.mail_key]) for row in rows if row.mail_key in known]


def _delivery(row: DeliveryRow, mail: Standing) -> Delivery:
    assert row.id is not None
    return Delivery(
        id=row.id,
        issue=IssueId(row.issue_id),
        committee=CommitteeId(row.committee_id),
        address=row.address,
        name=row.name,
        person=PersonId(row.person_id) if row.person_id is not None else None,
        key=row.mail_key,
        queued_at=row.queued_at,
        mail=mail,
    )
