"""Links that prove themselves: a page's address that only we can have made, for one person, one thing, some days.

A link is not a signature of a person: whoever holds it can open it, and programmes that look at mails open every link.
So GET only shows; what decides is a POST, and where it matters the approver's own sign-in on top.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from meetinghub.errors import NotFound, Refused

PREFIX = "mh1"
LONGEST = 1000
_TOKEN = re.compile(rf"\b{PREFIX}\.([\w-]+)\.([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """``purpose`` keeps a link for one page from opening another; ``expires_at`` counts whole seconds."""

    purpose: str
    subject: str
    recipient: str
    expires_at: datetime


class Links:
    def __init__(self, secret: str) -> None:
        self._key = hmac.new(secret.encode(), b"signed link", hashlib.sha256).digest()

    def token(self, link: Link) -> str:
        """Fit for a path: letters, figures, ``-``, ``_`` and ``.``."""
        values = [link.purpose, link.subject, link.recipient, int(link.expires_at.timestamp())]
        body = _text(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())
        return f"{PREFIX}.{body}.{_text(self._seal(body))}"

    def read(self, token: str, *, purpose: str, now: datetime) -> Link:
        """Raises :class:`NotFound` for what we did not make for this purpose, :class:`Refused` when it has expired."""
        found = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
        if found is None or not hmac.compare_digest(_text(self._seal(found[1])), found[2]):
            raise NotFound("link.bad")
        made_for, subject, recipient, expires = json.loads(_bytes(found[1]))
        if made_for != purpose:
            raise NotFound("link.bad")
        link = Link(purpose, subject, recipient, datetime.fromtimestamp(expires, UTC))
        if now >= link.expires_at:
            raise Refused("link.expired")
        return link

    def _seal(self, body: str) -> bytes:
        return hmac.new(self._key, body.encode(), hashlib.sha256).digest()


def hidden(text: str) -> str:
    """``text`` with every token cut short, for those who may read a mail but not act for its recipient."""
    return _TOKEN.sub(f"{PREFIX}.…", text)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
