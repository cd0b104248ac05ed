"""Mails of an issue to a local SMTP server, through the outbox with its transactions; beside it the same bytes handed
over by smtplib over one connection, which keeps no account of anything."""

from __future__ import annotations

import asyncio
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import func, select
from structlog.testing import capture_logs

from digest.recipients import Recipient
from meetinghub import migrations
from meetinghub.bridges.noticing import NoticeMails
from meetinghub.clock import SystemClock
from meetinghub.config import Smtp, from_env
from meetinghub.db import Database
from meetinghub.mail import outbox
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.message import Owed, message_id, sender, wire
from meetinghub.mail.states import State
from meetinghub.mail.tables import MailRow
from tests.benchmarks.measure import Metric, emit, quiet, say
from tests.digest import pages

MAILS = 300
LEAST = 20
PATIENCE = 30.0
SECRET = "a secret of at least thirty-two letters"
SENDER = sender("街道办 <hub@street.example>", SECRET)


@dataclass(frozen=True, slots=True)
class Sent:
    """Seconds for all of them through the outbox, and by smtplib; bytes of one."""

    outbox: float
    plain: float
    bytes: int


async def sending_bench(*, quick: bool = False) -> None:
    await quiet()
    count = 60 if quick else MAILS
    with _sink() as port:
        found = [await _round(port, count) for _ in range(1 if quick else 3)]
    middle = sorted(found, key=lambda each: each.outbox)[len(found) // 2]
    say(f"sending: {[round(count / each.outbox, 1) for each in found]} mails a second")
    note = (
        f"{count} mails of {middle.bytes / 1000:.0f} kB, one connection, SQLite, the sink a process of its own; median "
        f"of {len(found)}; the same bytes by smtplib without an outbox: {count / middle.plain:.0f} a second"
    )
    emit(Metric("digest_send_per_s", count / middle.outbox, "mails/s", LEAST, "min", note=note))


async def _round(port: int, count: int) -> Sent:
    folder = Path(tempfile.mkdtemp(prefix="sending-bench-"))
    try:
        url = f"sqlite:///{folder / 'meetinghub.sqlite'}"
        migrations.upgrade(url)
        config = from_env({"DATA_DIR": str(folder), "SECRET_KEY": SECRET, "PUBLIC_URL": "https://hub.example.cn"})
        mails = [_mail(NoticeMails(config), number) for number in range(count)]
        database = Database(url)
        try:
            database.write_now(_owe, mails)
            start = time.perf_counter()
            with capture_logs():  # standard output carries results only
                await Mailer(database, SystemClock(), Smtp("127.0.0.1", port), SENDER).run()
            spent = time.perf_counter() - start
            assert database.read_now(_accepted) == count
        finally:
            database.close()
        plain = await asyncio.to_thread(_plain, port, mails)
        return Sent(spent, plain, len(_wire(mails[0])))
    finally:
        shutil.rmtree(folder)


def _mail(render: NoticeMails, number: int) -> Owed:
    to = Recipient(f"site-{number:03d}@committee.example", "居委会", pages.OURS)
    made = render(pages.full(), to)
    return Owed(
        key=f"notice:2026-W48:0:{number}",
        to=to.address,
        to_name=to.name,
        subject=made.subject,
        text=made.text,
        html=made.html,
        list_id="notice",
    )


def _owe(db: Db, mails: list[Owed]) -> None:
    now = SystemClock().now()
    for each in mails:
        outbox.owe(db, each, now=now)


def _accepted(db: Db) -> int:
    wanted = select(func.count()).select_from(MailRow).where(MailRow.state == State.ACCEPTED.value)
    return db.exec(wanted).one()


def _wire(mail: Owed) -> bytes:
    return wire(mail, SENDER, identifier=message_id(mail.key, SENDER), at=SystemClock().now())


def _plain(port: int, mails: list[Owed]) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        for each in mails:
            client.sendmail(SENDER.address, [each.to], _wire(each))
    return time.perf_counter() - start


@contextmanager
def _sink() -> Iterator[int]:
    """A server that takes every mail and forgets it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen(command) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as tried:
                if tried.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the sink did not start")
