"""A worker that sends an issue is killed at each point of its work in turn; another goes on. Nobody is left out, and
what is repeated is a copy out of doubt, and counted."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.model import IssueState
from meetinghub.clock import ShiftedClock
from meetinghub.config import Smtp
from meetinghub.db import Database
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.message import sender
from meetinghub.mail.tables import MailRow
from tests.digest import boards, outgoing
from tests.digest.killed import AFTER, BEFORE, INSIDE, POINTS
from tests.digest.outgoing import MONDAY, issue
from tests.meetinghub.mail.smtp import Inbox, inbox

pytestmark = pytest.mark.whole  # each point is a process of its own
FROM = "街道办 <hub@street.example>"
SECRET = "a secret of at least thirty-two letters"
PATIENCE = 120
MAILS = 4
IN_DOUBT = {"handed over": 1, "message": 2, "finishing": 2}
"""Point → how often the server has the mail at which it was killed; elsewhere once, and nothing is in doubt."""


async def killed(point: str, number: int, *, url: str, folder: Path, port: int) -> None:
    """A worker on Monday morning, until it has killed itself."""
    environ = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": FROM,
        "MEETINGHUB_NOW": MONDAY.isoformat(),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.digest.killed", point, str(number), env=environ, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == -9, said.decode()


async def another(database: Database, box: Inbox, *, after: timedelta) -> None:
    """A second worker, when the first one's lease has run out."""
    clock = ShiftedClock(MONDAY + after - datetime.now(UTC))
    await outgoing.sending(database, clock, outgoing.posting()).run()
    await Mailer(database, clock, Smtp("127.0.0.1", box.port), sender(FROM, SECRET)).run()


def once(point: str) -> int:
    """The second mail, or the one issue."""
    return 1 if point in {"sending", "sent"} else 2


async def check(database: Database, box: Inbox, point: str) -> None:
    """Everybody has it under one Message-ID; only a mail in doubt was repeated, byte for byte."""
    found = outgoing.mails(database)
    assert len(found) == MAILS
    assert {each.state for each in found} == {"accepted"}
    assert issue(database).state is IssueState.SENT
    assert {each.message_id for each in found} == set(box.count())
    repeated = [each for each in found if each.repeats]
    assert [each.lost for each in repeated] == [1] * (point in IN_DOUBT)
    twice = sorted(count for count in box.count().values() if count > 1)
    assert twice == [count for each, count in IN_DOUBT.items() if each == point and count > 1]
    copies = [wire for wire, (name, _) in zip(box.wires, box.accepted, strict=True) if name in recipients(repeated)]
    assert len(set(copies)) == len(repeated)


def recipients(found: list[MailRow]) -> set[str]:
    return {each.recipient for each in found}


def test_every_point_is_named_once() -> None:
    assert len(POINTS) == len(set(POINTS)) == len(INSIDE) + len(AFTER) + len(BEFORE)
    assert set(IN_DOUBT) <= set(POINTS)


@pytest.mark.parametrize("point", POINTS)
async def test_a_worker_killed_at_any_point_loses_no_mail_and_doubles_none_without_counting(
    sqlite_database: Database, tmp_path: Path, point: str
) -> None:
    await walk(sqlite_database, tmp_path, point)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("point", ["sending", "message"])
async def test_the_same_holds_on_postgresql(database: Database, tmp_path: Path, point: str) -> None:
    await walk(database, tmp_path, point)


async def walk(database: Database, folder: Path, point: str) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    url = database.url.render_as_string(hide_password=False)
    async with inbox() as box:
        await killed(point, once(point), url=url, folder=folder, port=box.port)
        if point == "sending":
            assert outgoing.mails(database) == []
            assert issue(database).state is IssueState.APPROVED
        await another(database, box, after=timedelta(minutes=20))
        await another(database, box, after=timedelta(minutes=40))
        await check(database, box, point)
