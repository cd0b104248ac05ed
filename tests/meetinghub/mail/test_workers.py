"""Real worker processes against a real SMTP server: killed, and two at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from meetinghub.clock import ShiftedClock
from meetinghub.config import Smtp
from meetinghub.db import Database
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.message import Owed, sender
from meetinghub.mail.outbox import owe, release
from meetinghub.mail.tables import MailEventRow, MailRow
from tests.meetinghub.mail.smtp import Inbox, inbox

FROM = "街道办 <hub@street.example>"
SECRET = "a secret of at least thirty-two letters"
PATIENCE = 120


@pytest.fixture
async def box() -> AsyncIterator[Inbox]:
    async with inbox() as made:
        yield made


@contextmanager
def worker(database_url: str, folder: Path, box: Inbox) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as it is in earnest; ended at the end unless it was killed before."""
    folder.mkdir()
    wanted = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "SMTP_URL": f"smtp://127.0.0.1:{box.port}",
        "MAIL_FROM": FROM,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "meetinghub", "worker"], env=os.environ | wanted, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


async def until(said: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 10):
        if said():
            return
        await asyncio.sleep(0.1)
    pytest.fail("it never came to that")


def put(database: Database, *names: str) -> None:
    def write(db: object) -> None:
        for number, name in enumerate(names):
            mail = Owed(key=f"test:{number}", to=f"{name}@committee.example", subject=f"第{number}封", text="正文")
            owe(db, mail, now=datetime.now(UTC))  # type: ignore[arg-type]

    database.write_now(write)


def states(database: Database) -> dict[str, int]:
    wanted = select(MailRow.state, func.count()).group_by(MailRow.state)
    return database.read_now(lambda db: dict(db.exec(wanted).all()))


async def test_a_worker_killed_between_acceptance_and_the_mark_leaves_exactly_that_mail_uncertain(
    database: Database, database_url: str, box: Inbox, tmp_path: Path
) -> None:
    put(database, "chen", "hang", "wang")
    with worker(database_url, tmp_path / "first", box) as process:
        await asyncio.wait_for(box.taken.wait(), PATIENCE)
        await until(lambda: len(box.accepted) == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert states(database) == {"accepted": 1, "claimed": 1, "owed": 1}
    after_the_lease = ShiftedClock(timedelta(minutes=12))
    database.write_now(lambda db: release(db, now=after_the_lease.now()))
    assert states(database) == {"accepted": 1, "uncertain": 1, "owed": 1}
    box.healed.add("hang")
    smtp = Smtp("127.0.0.1", box.port)
    await Mailer(database, after_the_lease, smtp, sender(FROM, SECRET)).run()
    assert states(database) == {"accepted": 3}
    repeated = database.read_now(
        lambda db: [(row.recipient, row.lost) for row in db.exec(select(MailRow)) if row.repeats]
    )
    assert repeated == [("hang@committee.example", 1)]
    assert sorted(box.count().values()) == [1, 1, 2]
    twice = [wire for wire, (name, _) in zip(box.wires, box.accepted, strict=True) if name.startswith("hang")]
    assert twice[0] == twice[1]


async def test_two_workers_send_two_hundred_mails_once_each(
    database: Database, database_url: str, box: Inbox, tmp_path: Path
) -> None:
    """The server holds the first two back until it has them: so each worker has one in hand, and both are at work."""
    put(database, "hang", "hang", *(f"site-{number}" for number in range(198)))
    with ExitStack() as both:
        for name in ("one", "two"):
            both.enter_context(worker(database_url, tmp_path / name, box))
        await until(lambda: len(box.accepted) == 2)
        box.go_on.set()
        await until(lambda: states(database) == {"accepted": 200})
    assert len(box.accepted) == 200
    assert len(box.count()) == 200
    assert len({name for name, _ in box.accepted}) == 199
    by = database.read_now(lambda db: set(db.exec(select(MailEventRow.by))))
    assert len(by) == 2
