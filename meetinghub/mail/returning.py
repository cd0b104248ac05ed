"""Reads the mailbox to which mails come back (IMAP4rev1, RFC 3501), and notes what became of ours.

The mailbox is only looked into: nothing in it is marked, moved or deleted, so that people may read it as well. Each
mail and how far was read are one transaction: a crash reads one again, which changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.config import Imap, is_loopback
from meetinghub.db import Database
from meetinghub.mail import bounces, outbox, store
from meetinghub.mail.message import Sender
from meetinghub.mail.model import ReturnBox

PATIENCE = 30.0
"""Seconds to wait for an answer."""
EACH = 100
"""Mails a round."""
MOST_BYTES = 256 * 1024
"""Of each; a return says what it has to say at its beginning."""
LOST = (imaplib.IMAP4.error, OSError, EOFError)

log = structlog.get_logger("returns")


@dataclass(frozen=True, slots=True)
class Fetched:
    validity: int
    mails: Sequence[tuple[int, bytes]]


class Returning:
    """Without ``box`` or ``sender`` returned mails are marked by hand."""

    every = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock, box: Imap | None, sender: Sender | None) -> None:
        self._database = database
        self._clock = clock
        self._box = box
        self._sender = sender

    async def run(self) -> None:
        if self._box is None or self._sender is None:
            return
        seen = await self._database.read(store.return_box) or ReturnBox(0, 0, self._clock.now())
        try:
            fetched = await asyncio.to_thread(fetch, self._box, seen)
        except LOST as error:
            log.warning("mailbox of returns cannot be read", problem=str(error))
            troubled = replace(seen, read_at=self._clock.now(), problem=str(error) or type(error).__name__)
            await self._database.write(store.note_return_box, troubled)
            return
        for uid, raw in fetched.mails:
            await self._database.write(
                partial(self._take, validity=fetched.validity, uid=uid, raw=raw, domain=self._sender.domain)
            )
        if seen.problem or not fetched.mails:
            await self._database.write(partial(self._note, validity=fetched.validity))

    def _take(self, db: Db, *, validity: int, uid: int, raw: bytes, domain: str) -> None:
        now, seen = self._clock.now(), store.return_box(db)
        if seen is not None and seen.validity == validity and seen.uid >= uid:
            return  # another worker was faster
        try:
            bounce = bounces.read(raw, domain=domain)
        except Exception:  # what strangers send may be malformed beyond what the library stands
            log.exception("mail in the mailbox of returns cannot be read", uid=uid)
            bounce = None
        if bounce is not None:
            known = outbox.come_back(db, bounce, now=now)
            log.info("mail came back", kind=bounce.kind.value, status=bounce.status, known=known)
        store.note_return_box(db, ReturnBox(validity, uid, now))

    def _note(self, db: Db, *, validity: int) -> None:
        seen = store.return_box(db)
        uid = seen.uid if seen is not None and seen.validity == validity else 0
        store.note_return_box(db, ReturnBox(validity, uid, self._clock.now()))


def fetch(box: Imap, seen: ReturnBox) -> Fetched:
    """What came since, oldest first; blocks. Everything, when the server numbers its mails anew."""
    with contextlib.closing(_Client(box)) as client:
        validity = client.open(box.folder)
        after = seen.uid if validity == seen.validity else 0
        return Fetched(validity, [(uid, client.mail(uid)) for uid in client.after(after)[:EACH]])


class _Client:
    """One signed-in connection. Raises one of :data:`LOST` for whatever the server refuses."""

    def __init__(self, box: Imap) -> None:
        context = ssl.create_default_context()
        if box.implicit_tls:
            self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=PATIENCE)
        else:
            self._imap = imaplib.IMAP4(box.host, box.port, timeout=PATIENCE)
        try:
            if box.start_tls or (not box.implicit_tls and not is_loopback(box.host)):
                self._imap.starttls(context)
            self._imap.login(box.user, box.password)
            if "ID" in self._imap.capabilities:  # some let nobody in who does not say what it is (RFC 2971)
                self._imap.xatom("ID", '("name" "MeetingHub")')
        except BaseException:
            self.close()
            raise

    def open(self, folder: str) -> int:
        """Look into a folder without changing it; its UIDVALIDITY."""
        self._good(self._imap.select(f'"{folder}"', readonly=True))
        found = self._imap.response("UIDVALIDITY")[1]
        return int(found[0]) if found and found[0] else 0

    def after(self, uid: int) -> list[int]:
        answer = self._good(self._imap.uid("SEARCH", f"UID {uid + 1}:*"))
        numbers = sorted(int(each) for each in (answer[0] or b"").split())
        return [each for each in numbers if each > uid]  # "n:*" always names the last one, too

    def mail(self, uid: int) -> bytes:
        answer = self._good(self._imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def close(self) -> None:
        with contextlib.suppress(*LOST):
            self._imap.logout()

    @staticmethod
    def _good(answer: tuple[str, list[Any]]) -> list[Any]:
        """What the server said, unless it refused; the library types the parts of an answer no further."""
        kind, data = answer
        if kind != "OK":
            said = b" ".join(part for part in data if isinstance(part, bytes))
            raise imaplib.IMAP4.error(said.decode("utf-8", "replace"))
        return data
