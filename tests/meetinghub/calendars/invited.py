"""The meeting of the agendas' tests with its invitations: who is written to, and what they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from icalendar import Calendar, Component
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub.bridges.parts import AgendaParts
from meetinghub.calendars.inviter import Inviting
from meetinghub.calendars.letters import InvitationLetters
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.mail.links import Links
from meetinghub.mail.message import Sender
from meetinghub.mail.tables import MailRow
from meetinghub.meetings import service, store
from meetinghub.people.tables import CommitteeRow, PersonRow
from meetinghub.words import all_words
from tests.meetinghub.meetings.planned import SetClock

HUB = Sender("hub@street.example", "清河湾街道", "a secret of at least thirty-two letters")
LINKS = Links("a secret of at least thirty-two letters")


def inviting(database: Database, clock: SetClock) -> Inviting:
    letters = InvitationLetters(all_words()["zh-CN"], "https://hub.example", HUB, LINKS)
    return Inviting(database, clock, AgendaParts(), letters)


def addresses(db: Db, committee: int) -> None:
    """Give all people of a committee their own, ``p1@…`` by number."""
    rows = db.exec(select(PersonRow).where(PersonRow.committee_id == committee)).all()
    for row in rows:
        row.mail = f"P{row.id}@qinghewan.example"
        db.add(row)


def without_mailboxes(db: Db) -> None:
    db.exec(update(CommitteeRow).values(mail=""))


def happen(database: Database, meeting: int, payload: Payload, now: datetime) -> None:
    """Write a fact and what lists repeat of it."""

    def write(db: Db) -> None:
        ledger.take(db)
        ledger.append(db, [NewFact(payload)], meeting_id=meeting, at=now, actor="host")
        found = store.meeting(db, meeting)
        assert found is not None
        service.note(db, found, now)

    database.write_now(write)


def mails(database: Database, *, after: int = 0) -> Sequence[MailRow]:
    """Invitations in the order in which they were owed."""
    return database.read_now(
        lambda db: db.exec(
            select(MailRow).where(MailRow.kind == "invitation", col(MailRow.id) > after).order_by(col(MailRow.id))
        ).all()
    )


def event(mail: MailRow) -> Component:
    (found,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    return found


def said(mail: MailRow) -> tuple[str, str, int]:
    """METHOD, recipient and SEQUENCE."""
    whole = Calendar.from_ical(mail.calendar)
    return str(whole["method"]), mail.recipient, event(mail).decoded("sequence")
