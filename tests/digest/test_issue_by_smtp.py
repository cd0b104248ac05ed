"""A whole issue against a real SMTP server that is down, slow, refuses, or hangs up: what every recipient ends with."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, update

from digest import delivery_store, issue_store
from digest.posting import Posting
from meetinghub.bridges.noticing import NoticeMails
from meetinghub.config import Smtp, from_env
from meetinghub.db import Database
from meetinghub.ids import IssueId
from meetinghub.mail import bounces, outbox
from meetinghub.mail.mailer import Mailer, Patience
from meetinghub.mail.message import Sender
from meetinghub.mail.states import State
from meetinghub.people.tables import CommitteeRow
from tests.digest import boards, outgoing
from tests.digest.outgoing import MONDAY
from tests.meetinghub.mail.smtp import Inbox, inbox
from tests.meetinghub.meetings.planned import SetClock

HUB = Sender("hub@street.example", "街道办", "a secret of at least thirty-two letters")
QUICK = Patience(acceptance=timedelta(seconds=0.5))


@pytest.fixture
async def box() -> AsyncIterator[Inbox]:
    async with inbox() as made:
        yield made


def sent(db: Db, *names: str) -> IssueId:
    """The week's issue, approved; the committees' mailboxes are ``names``."""
    outgoing.register(db)
    for seat, name in enumerate(names, 1):
        wanted = col(CommitteeRow.id) == boards.committee(seat)
        db.exec(update(CommitteeRow).where(wanted).values(mail=f"{name}@committee.example"))
    number = outgoing.written(db, boards.action(), boards.information(seats=(1,)))
    outgoing.approve(db, number)
    return number


async def send(database: Database, clock: SetClock, port: int, patience: Patience | None = None) -> Mailer:
    """Monday 08:30: the issue goes into the outbox, the mailer makes its first round."""
    await outgoing.sending(database, clock).run()
    mailer = Mailer(database, clock, Smtp("127.0.0.1", port), HUB, patience)
    await mailer.run()
    return mailer


async def go_on(mailer: Mailer, clock: SetClock, *, hours: int) -> None:
    """A round every half hour."""
    for _ in range(2 * hours):
        clock.wait(minutes=30)
        await mailer.run()


def ends(database: Database, number: IssueId) -> dict[str, State]:
    found = database.read_now(delivery_store.deliveries, number)
    return {each.address.partition("@")[0]: each.mail.state for each in found}


async def test_while_the_server_is_down_everything_waits_and_then_arrives_once(database: Database, box: Inbox) -> None:
    number = database.write_now(sent, "chen", "wang", "li")
    clock = SetClock(MONDAY)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        mailer = await send(database, clock, nobody.getsockname()[1])
        await go_on(mailer, clock, hours=3)
    assert set(ends(database, number).values()) == {State.OWED}
    clock.wait(hours=1)
    await Mailer(database, clock, Smtp("127.0.0.1", box.port), HUB).run()
    assert set(ends(database, number).values()) == {State.ACCEPTED}
    assert sorted(box.count().values()) == [1] * 4


async def test_one_recipient_that_is_refused_keeps_nobody_else_from_it(database: Database, box: Inbox) -> None:
    number = database.write_now(sent, "never", "later", "full")
    clock = SetClock(MONDAY)
    mailer = await send(database, clock, box.port)
    expected = {
        "never": State.FAILED,
        "secretary": State.ACCEPTED,
        "later": State.OWED,
        "full": State.FAILED,
    }
    assert ends(database, number) == expected
    found = {each.address.partition("@")[0]: each.mail for each in database.read_now(delivery_store.deliveries, number)}
    assert found["never"].problem == "550 5.1.1 no such user"
    assert found["full"].problem == "552 5.2.2 mailbox full"
    box.healed.add("later")
    await go_on(mailer, clock, hours=1)
    assert ends(database, number) == expected | {"later": State.ACCEPTED}
    assert sorted(box.count().values()) == [1, 1]


async def test_a_mail_whose_acceptance_nobody_heard_is_repeated_as_a_copy_and_counted(
    database: Database, box: Inbox
) -> None:
    number = database.write_now(sent, "drop", "wang", "li")
    clock = SetClock(MONDAY)
    mailer = await send(database, clock, box.port)
    await go_on(mailer, clock, hours=1)
    assert ends(database, number)["drop"] is State.UNCERTAIN
    box.healed.add("drop")
    await go_on(mailer, clock, hours=1)
    assert set(ends(database, number).values()) == {State.ACCEPTED}
    found = {each.address.partition("@")[0]: each.mail for each in database.read_now(delivery_store.deliveries, number)}
    assert found["drop"].repeats >= 1
    assert {name: each.repeats for name, each in found.items() if name != "drop"} == dict.fromkeys(
        ("wang", "li", "secretary"), 0
    )
    copies = {wire for wire, (name, _) in zip(box.wires, box.accepted, strict=True) if name.startswith("drop")}
    assert len(copies) == 1


async def test_a_server_that_says_nothing_after_the_message_leaves_that_mail_in_doubt(
    database: Database, box: Inbox
) -> None:
    number = database.write_now(sent, "hang", "wang", "li")
    clock = SetClock(MONDAY)
    mailer = await send(database, clock, box.port, QUICK)
    assert ends(database, number)["hang"] is State.UNCERTAIN
    box.healed.add("hang")
    box.go_on.set()
    await go_on(mailer, clock, hours=1)
    assert set(ends(database, number).values()) == {State.ACCEPTED}


async def test_what_comes_back_is_shown_as_bounced_and_can_be_sent_again(database: Database, box: Inbox) -> None:
    """The server took it, another found out that nobody is there."""
    number = database.write_now(sent, "chen", "wang", "li")
    clock = SetClock(MONDAY)
    mailer = await send(database, clock, box.port)
    chen = next(each for each in outgoing.mails(database) if each.recipient.startswith("chen"))
    bounce = bounces.Bounce(chen.message_id, chen.recipient, bounces.Kind.DEAD, "5.1.1", "no such user here")
    assert database.write_now(outbox.come_back, bounce, now=clock.now())
    assert ends(database, number)["chen"] is State.BOUNCED

    def again(db: Db) -> object:
        issue = issue_store.issue(db, number)
        assert issue is not None
        return outgoing.posting().again(db, issue, boards.committee(1), by="dept-01", now=clock.now())

    assert str(database.write_now(again)).startswith("Resent(again=1, anew=1")  # the secretary had got it
    await mailer.run()
    assert set(ends(database, number).values()) == {State.ACCEPTED}
    ours = [message["Message-ID"] for name, message in box.accepted if name.startswith("chen")]
    assert ours == [chen.message_id] * 2
    theirs = [message["Message-ID"] for name, message in box.accepted if name.startswith("secretary")]
    assert len(set(theirs)) == 2


async def test_the_mail_as_it_arrives(sqlite_database: Database, box: Inbox, tmp_path: Path) -> None:
    """With the real words, links and styles: two parts, no remote content, sorted into a list, answered by a person."""
    database = sqlite_database
    database.write_now(sent, "chen", "wang", "li")
    config = from_env({"SECRET_KEY": HUB.secret, "PUBLIC_URL": "https://hub.example", "DATA_DIR": str(tmp_path)})
    clock = SetClock(MONDAY)
    await outgoing.sending(database, clock, Posting(NoticeMails(config))).run()
    await Mailer(database, clock, Smtp("127.0.0.1", box.port), HUB).run()
    message = next(message for name, message in box.accepted if name.startswith("chen"))
    assert message["List-Id"] == "<notice.street.example>"
    assert message["Reply-To"] == "xu@qinghewan.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    parts = [each.get_content_type() for each in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    text, html = body(message, "plain"), body(message, "html")
    for said in ("报高龄津贴未复核名单", "冬季流感疫苗接种点与时间"):
        assert said in text
        assert said in html
    assert "<img" not in html
    assert "@import" not in html
    assert "https://hub.example/notice/answer/" in text
    assert len(html.encode()) < 100_000


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_two_mailers_and_two_senders_at_once_send_everything_once(database: Database, box: Inbox) -> None:
    number = database.write_now(sent, "chen", "wang", "li")
    clock = SetClock(MONDAY)
    await asyncio.gather(*(send(database, clock, box.port) for _ in range(3)))
    assert set(ends(database, number).values()) == {State.ACCEPTED}
    assert sorted(box.count().values()) == [1] * 4
