"""A real SMTP server (aiosmtpd) that does as the recipient's name says, and remembers what it accepted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

AT_THE_NAME = {
    "later": "451 4.7.1 greylisted, come back",
    "never": "550 5.1.1 no such user",
    "closing": "421 4.3.2 closing",
}
AT_THE_MESSAGE = {"full": "552 5.2.2 mailbox full", "busy": "452 4.3.1 no room now"}


@dataclass
class Inbox:
    """Answers by the local part as the tables above say; ``drop`` takes the message and hangs up, ``hang`` takes it and
    says nothing until :attr:`go_on`. Anybody else gets it.

    ``healed`` names are treated like anybody else from then on.
    """

    port: int = 0
    accepted: list[tuple[str, EmailMessage]] = field(default_factory=list)
    wires: list[bytes] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    healed: set[str] = field(default_factory=set)
    sender_answer: str = ""
    envelopes: list[tuple[str, str]] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = AT_THE_NAME.get(self._name(address))
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (recipient,) = envelope.rcpt_tos
        answer = AT_THE_MESSAGE.get(self._name(recipient))
        if answer:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.accepted.append((recipient, message))
        self.wires.append(content)
        self.envelopes.append((envelope.mail_from or "", recipient))
        self.taken.set()
        if self._name(recipient) == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if self._name(recipient) == "hang":
            await self.go_on.wait()
        return "250 2.0.0 queued"

    def count(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(message["Message-ID"] for _, message in self.accepted)

    def _name(self, address: str) -> str:
        name = address.partition("@")[0]
        return "" if name in self.healed else name


@asynccontextmanager
async def inbox() -> AsyncIterator[Inbox]:
    """A server on loopback in this process."""
    box = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, hostname="inbox.example", enable_SMTPUTF8=False, loop=loop), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        box.go_on.set()
        server.close()
        await server.wait_closed()
