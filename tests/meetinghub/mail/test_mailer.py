"""The mailer against a real SMTP server: what each answer makes of a mail, and that none is lost or overtaken."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub.config import Smtp
from meetinghub.db import Database
from meetinghub.mail import store
from meetinghub.mail.mailer import Mailer, Patience
from meetinghub.mail.message import Owed, Sender
from meetinghub.mail.outbox import OUTDATED, UNWRITABLE, owe
from meetinghub.mail.states import MOST_LOST, MOST_TRIES
from meetinghub.mail.tables import MailEventRow, MailRow
from tests.meetinghub.mail.smtp import Inbox, inbox

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HUB = Sender("hub@street.example", "街道办", "a secret of at least thirty-two letters")


class StoppedClock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **some: float) -> None:
        self.at += timedelta(**some)


@pytest.fixture
async def box() -> AsyncIterator[Inbox]:
    async with inbox() as made:
        yield made


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


def mailer(database: Database, clock: StoppedClock, box: Inbox, patience: Patience | None = None) -> Mailer:
    return Mailer(database, clock, Smtp("127.0.0.1", box.port), HUB, patience)


def owed(name: str, number: int = 1, **more: Any) -> Owed:
    to = f"{name}@committee.example"
    return Owed(key=f"test:{name}:{number}", to=to, subject=f"第{number}封", text="正文", **more)


def put(database: Database, *mails: Owed, now: datetime = NOW) -> None:
    for mail in mails:
        assert database.write_now(owe, mail, now=now)


def rows(database: Database) -> list[MailRow]:
    return database.read_now(lambda db: list(db.exec(select(MailRow).order_by(col(MailRow.id)))))


def only(database: Database) -> MailRow:
    (row,) = rows(database)
    return row


def change(database: Database, **values: Any) -> None:
    """As if the first mail had been so before."""

    def write(db: Db) -> None:
        db.exec(update(MailRow).where(col(MailRow.id) == 1).values(**values))

    database.write_now(write)


def history(database: Database) -> list[tuple[str, int | None]]:
    return database.read_now(
        lambda db: [(row.event, row.code) for row in db.exec(select(MailEventRow).order_by(col(MailEventRow.id)))]
    )


async def test_a_mail_that_is_due_is_accepted_once(database: Database, clock: StoppedClock, box: Inbox) -> None:
    put(database, owed("chen"))
    for _ in range(3):
        await mailer(database, clock, box).run()
    ((recipient, message),) = box.accepted
    assert recipient == "chen@committee.example"
    assert box.envelopes == [("hub@street.example", "chen@committee.example")]
    row = only(database)
    assert (row.state, row.settled_at, row.message_id) == ("accepted", NOW, message["Message-ID"])
    assert history(database) == [("accept", 250)]


async def test_a_mail_for_later_waits_and_is_dated_when_it_was_due(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    later = NOW + timedelta(days=2)
    put(database, owed("chen", not_before=later))
    await mailer(database, clock, box).run()
    assert box.accepted == []
    clock.pass_time(days=2, hours=3)
    await mailer(database, clock, box).run()
    ((_, message),) = box.accepted
    assert message["Date"].datetime == later


async def test_without_a_server_mails_wait(sqlite_database: Database, clock: StoppedClock) -> None:
    put(sqlite_database, owed("chen"))
    await Mailer(sqlite_database, clock, None, None).run()
    assert only(sqlite_database).state == "owed"


@pytest.mark.parametrize("name", ["later", "busy", "closing"])
async def test_later_means_later_and_longer_each_time(
    database: Database, clock: StoppedClock, box: Inbox, name: str
) -> None:
    put(database, owed(name))
    one = mailer(database, clock, box)
    await one.run()
    assert (only(database).state, only(database).due_at) == ("owed", NOW + timedelta(minutes=1))
    clock.pass_time(seconds=59)
    await one.run()
    assert only(database).tries == 1
    clock.pass_time(seconds=1)
    await one.run()
    assert only(database).due_at == clock.at + timedelta(minutes=2)
    box.healed.add(name)
    clock.pass_time(minutes=2)
    await one.run()
    assert (only(database).state, only(database).repeats) == ("accepted", 0)
    assert [event for event, _ in history(database)] == ["defer", "defer", "accept"]


async def test_what_is_only_ever_put_off_fails_in_the_end(
    sqlite_database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(sqlite_database, owed("later"))
    change(sqlite_database, tries=MOST_TRIES - 2)
    one = mailer(sqlite_database, clock, box)
    await one.run()
    assert only(sqlite_database).state == "owed"
    clock.pass_time(hours=1)
    await one.run()
    assert (only(sqlite_database).state, only(sqlite_database).due_at) == ("failed", None)


@pytest.mark.parametrize(("name", "code"), [("never", 550), ("full", 552)])
async def test_never_means_never_and_keeps_no_other_from_going(
    database: Database, clock: StoppedClock, box: Inbox, name: str, code: int
) -> None:
    put(database, owed(name), owed("chen"))
    await mailer(database, clock, box).run()
    bad, good = rows(database)
    assert (bad.state, good.state) == ("failed", "accepted")
    assert bad.problem.startswith(f"{code} ")
    assert history(database) == [("refuse", code), ("accept", 250)]


async def test_a_connection_lost_after_the_message_leaves_it_uncertain_and_it_repeats_itself(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(database, owed("drop"), owed("chen"))
    one = mailer(database, clock, box)
    await one.run()
    await one.run()
    assert [row.state for row in rows(database)] == ["uncertain", "accepted"]
    clock.pass_time(minutes=11)
    box.healed.add("drop")
    await one.run()
    row = rows(database)[0]
    assert (row.state, row.lost, row.repeats) == ("accepted", 1, 1)
    first, second = (wire for wire, (name, _) in zip(box.wires, box.accepted, strict=True) if name.startswith("drop"))
    assert first == second
    assert box.count()[row.message_id] == 2


async def test_a_mail_in_doubt_stays_so_when_the_server_says_later(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(database, owed("drop"))
    one = mailer(database, clock, box)
    await one.run()
    clock.pass_time(minutes=11)
    box.sender_answer = "451 not now"
    await one.run()
    assert (only(database).state, only(database).repeats) == ("uncertain", 0)


async def test_after_some_repeats_a_person_must_look(database: Database, clock: StoppedClock, box: Inbox) -> None:
    put(database, owed("drop"))
    one = mailer(database, clock, box)
    for _ in range(MOST_LOST + 3):
        await one.run()
        clock.pass_time(hours=2)
    row = only(database)
    assert (row.state, row.due_at, row.lost) == ("uncertain", None, MOST_LOST)
    assert len(box.accepted) == MOST_LOST
    assert len(box.count()) == 1


async def test_a_cancellation_never_overtakes_its_invitation(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    mails = [owed("later", number, order_key="meeting-7") for number in (1, 2)]
    put(database, *mails, owed("chen", 3, order_key="meeting-7"), owed("later", 4, order_key="meeting-8"))
    one = mailer(database, clock, box)
    await one.run()
    assert [row.tries for row in rows(database)] == [1, 0, 0, 1]
    assert [name for name, _ in box.accepted] == ["chen@committee.example"]  # another recipient does not wait for it
    box.healed.add("later")
    clock.pass_time(minutes=1)
    await one.run()
    assert [message["Subject"] for _, message in box.accepted] == ["第3封", "第1封", "第2封", "第4封"]


@pytest.mark.parametrize("name", ["never", "drop"])
async def test_one_that_did_not_get_through_holds_back_those_that_follow(
    database: Database, clock: StoppedClock, box: Inbox, name: str
) -> None:
    put(database, owed(name, 1, order_key="meeting-7"), owed(name, 2, order_key="meeting-7"))
    one = mailer(database, clock, box)
    await one.run()
    await one.run()
    assert [row.tries for row in rows(database)][1] == 0


async def test_a_mail_whose_time_has_passed_is_not_sent(database: Database, clock: StoppedClock, box: Inbox) -> None:
    put(database, owed("chen", 1, not_after=NOW + timedelta(hours=1)), owed("chen", 2))
    clock.pass_time(hours=1)
    await mailer(database, clock, box).run()
    old, new = rows(database)
    assert (old.state, old.problem, new.state) == ("failed", OUTDATED, "accepted")
    assert len(box.accepted) == 1


async def test_a_server_that_cannot_be_reached_is_no_mails_fault(
    sqlite_database: Database, clock: StoppedClock
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    put(sqlite_database, owed("chen"))
    one = Mailer(sqlite_database, clock, Smtp("127.0.0.1", port), HUB)
    await one.run()
    row, trouble = only(sqlite_database), sqlite_database.read_now(store.trouble)
    assert (row.state, row.tries) == ("owed", 0)
    assert trouble is not None
    assert trouble.since == NOW
    async with inbox() as box:
        one._smtp = Smtp("127.0.0.1", box.port)
        await one.run()
        assert box.accepted == []  # it waits a little before it tries again
        clock.pass_time(minutes=1)
        await one.run()
        assert len(box.accepted) == 1
    assert sqlite_database.read_now(store.trouble) is None


async def test_a_server_that_does_not_want_our_address_is_no_recipients_fault(
    sqlite_database: Database, clock: StoppedClock, box: Inbox
) -> None:
    box.sender_answer = "553 5.7.1 sender not yours"
    put(sqlite_database, owed("chen", 1), owed("chen", 2))
    one = mailer(sqlite_database, clock, box)
    await one.run()
    assert [(row.state, row.tries) for row in rows(sqlite_database)] == [("owed", 1), ("owed", 0)]
    trouble = sqlite_database.read_now(store.trouble)
    assert trouble is not None
    assert trouble.problem.startswith("553")


async def test_a_mail_that_cannot_be_written_fails_alone(
    sqlite_database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(sqlite_database, owed("a", 1), owed("b", 2))
    change(sqlite_database, calendar="BEGIN:VCALENDAR")
    await mailer(sqlite_database, clock, box).run()
    bad, good = rows(sqlite_database)
    assert (bad.state, bad.problem, good.state) == ("failed", UNWRITABLE, "accepted")


async def test_a_worker_that_lost_its_lease_hands_nothing_over(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    """Stopped between claim and hand-over, and woken after another has taken the mail."""
    put(database, owed("chen"))
    slow, quick = mailer(database, clock, box), mailer(database, clock, box)
    envelope = slow._envelope

    async def overtaken(*given: object) -> object:
        outcome = await envelope(*given)  # type: ignore[arg-type]
        clock.pass_time(minutes=6)
        await quick.run()
        return outcome

    slow._envelope = overtaken  # type: ignore[method-assign,assignment]
    await slow.run()
    assert len(box.accepted) == 1
    assert (only(database).state, only(database).repeats) == ("accepted", 0)
    assert [event for event, _ in history(database)] == ["expire", "accept"]


async def test_an_answer_that_comes_after_the_lease_changes_nothing(
    database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(database, owed("hang"))
    slow, quick = mailer(database, clock, box), mailer(database, clock, box)
    running = asyncio.create_task(slow.run())
    await box.taken.wait()
    clock.pass_time(minutes=12)
    box.healed.add("hang")
    await quick.run()
    assert (only(database).state, only(database).repeats) == ("accepted", 1)
    settled = only(database).settled_at
    clock.pass_time(minutes=1)
    box.go_on.set()
    await running
    assert only(database).settled_at == settled
    assert len(box.count()) == 1


async def test_a_worker_that_is_stopped_finishes_the_mail_at_hand(
    sqlite_database: Database, clock: StoppedClock, box: Inbox
) -> None:
    put(sqlite_database, owed("hang"), owed("chen"))
    one = mailer(sqlite_database, clock, box)
    running = asyncio.create_task(one.run())
    await box.taken.wait()
    one.stop()
    box.go_on.set()
    await running
    assert [row.state for row in rows(sqlite_database)] == ["accepted", "owed"]
