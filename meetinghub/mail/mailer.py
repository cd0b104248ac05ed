"""Hands owed mails to the SMTP server, one at a time over one connection (RFC 5321)."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException, SMTPSenderRefused

from meetinghub.clock import Clock
from meetinghub.config import Smtp, is_loopback
from meetinghub.db import Database
from meetinghub.mail import message, outbox, store
from meetinghub.mail.message import Sender
from meetinghub.mail.model import Outcome, Try
from meetinghub.mail.states import Event, delay

log = structlog.get_logger("mailer")

LOST = (SMTPException, OSError, EOFError)
"""What a connection raises that does not answer any more; TimeoutError is an OSError."""


@dataclass(frozen=True, slots=True)
class Patience:
    """``answer`` and ``acceptance`` are waits for the server's answer to a command and to a whole message (RFC 5321,
    4.5.3.2: five and ten minutes at most); the leases are longer than what they cover."""

    answer: timedelta = timedelta(seconds=60)
    acceptance: timedelta = timedelta(minutes=10)
    envelope_lease: timedelta = timedelta(minutes=5)
    message_lease: timedelta = timedelta(minutes=11)


class Mailer:
    """Without ``smtp`` mails wait in the outbox. One :meth:`run` at a time; :meth:`stop` ends it after its mail."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        smtp: Smtp | None,
        sender: Sender | None,
        patience: Patience | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._smtp = smtp
        self._sender = sender
        self._patience = patience or Patience()
        self._name = f"{socket.gethostname()}:{os.getpid()}"[:80]
        self._failures = 0
        self._again_at: datetime | None = None
        self._stopping = False
        self._troubled = True  # until the server has been seen to work, what the database says of it may be old

    async def run(self) -> None:
        """Send all that is due. Raises :class:`Unavailable` when the database does not answer."""
        if self._smtp is None or self._sender is None or not self._ready():
            return
        if not await self._database.read(store.work, self._clock.now()):
            return
        await self._database.write(partial(outbox.release, now=self._clock.now()))
        if not await self._database.read(store.work, self._clock.now()):
            return
        client = await self._connect(self._smtp, self._sender)
        if client is None:
            return
        try:
            while not self._stopping and (tried := await self._claim()) is not None:
                if not await self._send(client, self._sender, tried):
                    break
        finally:
            await self._leave(client)

    def stop(self) -> None:
        """No further mail is begun."""
        self._stopping = True

    def _ready(self) -> bool:
        return not self._stopping and (self._again_at is None or self._clock.now() >= self._again_at)

    async def _connect(self, smtp: Smtp, sender: Sender) -> SMTP | None:
        """A connection that is ready for mails; None when the server cannot be used now, which is noted."""
        client = SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            use_tls=smtp.implicit_tls,
            start_tls=smtp.start_tls or _must_hide(smtp),
            timeout=self._patience.answer.total_seconds(),
            local_hostname=sender.domain,
        )
        try:
            await client.connect()
        except LOST as error:
            client.close()
            await self._note_trouble(str(error))
            return None
        self._again_at = None
        return client

    async def _claim(self) -> Try | None:
        now = self._clock.now()
        return await self._database.write(
            partial(outbox.claim, by=self._name, now=now, lease=self._patience.envelope_lease)
        )

    async def _send(self, client: SMTP, sender: Sender, tried: Try) -> bool:
        """Hand one mail over and note what came of it; whether the connection can be used for the next."""
        identifier = tried.message_id or message.message_id(tried.mail.key, sender)
        try:
            whole = message.wire(tried.mail, sender, identifier=identifier, at=tried.dated)
        except Exception:  # a bug, but no other mail's
            log.exception("mail cannot be written", mail=tried.number)
            return await self._finish(client, tried, Outcome(Event.REFUSE, None, outbox.UNWRITABLE), usable=True)
        refused = await self._envelope(client, sender, tried)
        if refused is not None:
            return await self._finish(client, tried, refused)
        now = self._clock.now()
        held = await self._database.write(
            partial(
                store.hand_over,
                tried=tried,
                message_id=identifier,
                now=now,
                lease_until=now + self._patience.message_lease,
            )
        )
        if not held:
            log.warning("lease lost", mail=tried.number)
            return False
        return await self._finish(client, tried, await self._message(client, whole))

    async def _envelope(self, client: SMTP, sender: Sender, tried: Try) -> Outcome | None:
        """Name sender and recipient; how the try ended if it already has. Nothing is handed over yet."""
        try:
            await client.mail(sender.address)
            await client.rcpt(tried.mail.to)
        except SMTPSenderRefused as error:  # our own address: no recipient is to blame, however final it sounds
            await self._note_trouble(f"{error.code} {error.message}")
            return Outcome(Event.DEFER, error.code, error.message)
        except SMTPRecipientRefused as error:
            return _answered(error)
        except LOST as error:
            await self._note_trouble(str(error))
            return Outcome(Event.DEFER, None, str(error))
        return None

    async def _message(self, client: SMTP, whole: bytes) -> Outcome:
        """From here on a lost connection leaves nobody knowing."""
        try:
            answer = await client.data(whole, timeout=self._patience.acceptance.total_seconds())
        except SMTPResponseException as error:
            return _answered(error)
        except LOST as error:
            return Outcome(Event.LOSE, None, str(error) or type(error).__name__)
        return Outcome(Event.ACCEPT, answer.code, answer.message)

    async def _finish(self, client: SMTP, tried: Try, outcome: Outcome, *, usable: bool = False) -> bool:
        held = await self._database.write(partial(outbox.finish, tried=tried, outcome=outcome, now=self._clock.now()))
        log.info("mail", mail=tried.number, outcome=outcome.event.value, code=outcome.code, held=held)
        if outcome.event is Event.ACCEPT:
            if self._troubled:
                await self._database.write(store.note_server, "", self._clock.now())
            self._failures, self._again_at, self._troubled = 0, None, False
            return True
        if usable:
            return True
        if outcome.code is None or outcome.code == 421 or self._again_at is not None:
            return False
        try:
            await client.rset()
        except LOST:
            return False
        return True

    async def _note_trouble(self, problem: str) -> None:
        """The server itself is the matter: no mail's fault, and no use in trying the next one now."""
        self._failures += 1
        self._troubled = True
        now = self._clock.now()
        self._again_at = now + min(delay(self._failures) / 12, timedelta(minutes=5))
        log.warning("SMTP server cannot be used", problem=problem)
        await self._database.write(store.note_server, problem or "no answer", now)

    async def _leave(self, client: SMTP) -> None:
        with contextlib.suppress(*LOST):
            if client.is_connected:
                await client.quit(timeout=2)
        client.close()


def _answered(error: SMTPResponseException) -> Outcome:
    """4xx: later; 5xx: never (RFC 5321, 4.2.1). Anything else makes no sense here, and is tried again."""
    event = Event.REFUSE if 500 <= error.code < 600 else Event.DEFER
    return Outcome(event, error.code, error.message)


def _must_hide(smtp: Smtp) -> bool:
    """A password does not cross a network in the clear, whatever the configuration forgot to say."""
    return bool(smtp.user) and not smtp.implicit_tls and not is_loopback(smtp.host)
