"""Checkpoints on disk: the key that signs them, and the file that they are added to."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from sqlmodel import Session

from meetinghub.clock import Clock
from meetinghub.kept import kept
from meetinghub.ledger import store
from meetinghub.ledger.checkpoint import Checkpoint, entry
from meetinghub.ledger.note import Signer, Verifier

KEY = "checkpoint-key"
FILE = "checkpoints.txt"


class Checkpoints:
    """Keeps checkpoints in ``data_dir``; the key is made there once."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._signer = signer(data_dir)
        self._path = data_dir / FILE
        self._clock = clock

    def keep(self, session: Session) -> Checkpoint:
        """Sign the ledger as ``session`` sees it, and add that to the file; on the disk when this returns.

        The session must only read: what it sees must have been committed, or a checkpoint could tell of facts that
        never came to be.
        """
        facts, head = store.head(session)
        checkpoint = Checkpoint(self._signer.verifier.name, facts, head, self._clock.now())
        _settle(session)
        append(self._path, entry(checkpoint, self._signer))
        return checkpoint


def signer(data_dir: Path) -> Signer:
    """This installation's key, made on the first call; its name tells installations apart."""
    return Signer.parse(kept(data_dir / KEY, lambda: str(Signer.make(f"ledger-{secrets.token_hex(4)}.meetinghub"))))


def verifier(data_dir: Path) -> Verifier | None:
    """The public half of this installation's key; None as long as it has made no checkpoint."""
    return signer(data_dir).verifier if (data_dir / KEY).exists() else None


def append(path: Path, text: str) -> None:
    """Add ``text``, one entry, to the file. What a broken write left stays, apart from what comes after it."""
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2))
        torn = size and file.read(2) != b"\n\n"
        data = (b"\n\n" if torn else b"") + text.encode()
        while data:
            data = data[file.write(data) :]
        os.fsync(file.fileno())
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _settle(session: Session) -> None:
    """What is committed survives a power cut from here on, or the checkpoint would tell of facts that are gone.

    SQLite syncs its log only now and then (``synchronous=NORMAL``); PostgreSQL at every commit.
    """
    url = session.get_bind().engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    try:
        log = os.open(f"{url.database}-wal", os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(log)
    finally:
        os.close(log)
