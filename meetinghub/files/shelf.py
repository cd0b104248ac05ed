"""Files on disk, each under the SHA-256 of its content: equal files are kept once, and a changed one is noticed."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Shelf:
    """``folder`` is shared by all web processes of an installation, also those on other machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes) -> str:
        """Write it unless it is there; its digest. On return it survives a power cut."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{digest}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest

    def path(self, digest: str) -> Path:
        """Where it lies, whether or not it is there. ``ValueError`` for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(digest)
        return self.folder / digest[:2] / digest

    def read(self, digest: str) -> bytes | None:
        """The content; None when it is not there or no longer what was kept."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None
