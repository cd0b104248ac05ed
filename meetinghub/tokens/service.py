"""Making, using and revoking personal tokens."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Unavailable
from meetinghub.ledger import store as ledger
from meetinghub.ledger.api import TokenMade, TokenRevoked
from meetinghub.ledger.fact import NewFact
from meetinghub.people import store as people
from meetinghub.people.model import Account
from meetinghub.tokens import store
from meetinghub.tokens.model import DAYS, LONGEST_NAME, MOST, PREFIX, SEEN_EVERY, Bearer, Token, digest, is_secret
from meetinghub.tokens.scopes import Scope, offered

LONGEST_ADDRESS = 64


class Tokens:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(self, account: Account, *, name: str, scopes: Collection[Scope], days: int) -> tuple[str, Token]:
        """A new token and its secret, which nobody can read again."""
        problems = {}
        if not name or len(name) > LONGEST_NAME:
            problems["name"] = "token.name_missing" if not name else "form.too_long"
        if not scopes or not set(scopes) <= set(offered(account.rights)):
            problems["scopes"] = "token.scopes_missing"
        if days not in DAYS:
            problems["days"] = "token.days_missing"
        if problems:
            raise Invalid(fields=problems)
        secret, now = PREFIX + secrets.token_urlsafe(32), self._clock.now()
        begins, expires_at = secret[: len(PREFIX) + 6], now + timedelta(days=days)
        made = Token(0, account.id, name, begins, frozenset(scopes), now, expires_at)

        def write(db: Db) -> Token:
            ledger.take(db)
            if store.count_living(db, account.id, now) >= MOST:
                raise Refused("token.too_many", most=MOST)
            number = store.add(db, made, digest(secret))
            fact = TokenMade(number, tuple(sorted(scopes)), expires_at)
            ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=account.username)
            return replace(made, number=number)

        return secret, await self._database.write(write)

    async def of(self, account: Account) -> list[Token]:
        """The account's tokens that were not revoked, newest first."""
        return await self._database.read(store.of, account.id)

    async def revoke(self, number: int, account: Account) -> None:
        """The token opens nothing from this moment on. Raises :class:`NotFound` for another's."""
        now = self._clock.now()

        def write(db: Db) -> None:
            ledger.take(db)
            if not store.revoke(db, number, account.id, now):
                raise NotFound("token.not_found")
            fact = NewFact(TokenRevoked(number))
            ledger.append(db, [fact], meeting_id=None, at=now, actor=account.username)

        await self._database.write(write)

    async def bearer(self, secret: str, *, address: str) -> Bearer | None:
        """Who acts with this secret; None when it opens nothing: unknown, revoked, expired, or its account disabled."""
        if not is_secret(secret):
            return None
        now = self._clock.now()

        def read(db: Db) -> Bearer | None:
            token = store.by_digest(db, digest(secret))
            if token is None or not token.lives(now):
                return None
            account = people.account(db, token.account)
            return None if account is None else Bearer(account, token)

        found = await self._database.read(read)
        if found is not None and (found.token.used_at is None or now - found.token.used_at >= SEEN_EVERY):
            await self._note_use(found.token.number, address[:LONGEST_ADDRESS])
        return found

    async def _note_use(self, number: int, address: str) -> None:
        now = self._clock.now()

        def write(db: Db) -> None:
            store.note_use(db, number, address=address, now=now)

        try:
            await self._database.write(write)
        except Unavailable:  # nobody is held up by a column of a list
            return
