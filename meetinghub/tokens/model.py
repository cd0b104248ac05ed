"""A personal token: a secret under which a programme acts as one account, within chosen scopes, for a limited time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.ids import AccountId
from meetinghub.people.model import Account
from meetinghub.tokens.scopes import Scope, offered

PREFIX = "mhp_"
"""By which a secret that was pasted somewhere is recognised."""
_SECRET = re.compile(r"mhp_[A-Za-z0-9_-]{43}")

DAYS = (30, 90, 365)
"""For how long a token can be made."""
LONGEST_NAME = 60
MOST = 20
"""Living tokens of one account."""
SEEN_EVERY = timedelta(minutes=5)
"""A token's last use is written down at most this often."""


@dataclass(frozen=True, slots=True)
class Token:
    """``scopes`` as chosen; what of them counts is decided at each use, by the rights the account has then.

    ``begins`` are the first characters of the secret, by which its owner tells one from another.
    """

    number: int
    account: AccountId
    name: str
    begins: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_from: str = ""
    revoked_at: datetime | None = None

    def lives(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token. ``scopes``: what it opens now."""

    account: Account
    token: Token

    @property
    def scopes(self) -> frozenset[Scope]:
        return self.token.scopes & set(offered(self.account.rights))


def is_secret(text: str) -> bool:
    """Whether it has a secret's shape; anything else need not be looked for."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """The name under which a token is stored: whoever reads the table cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
