"""Signing in and out, and what a session is worth."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, TooMany
from meetinghub.ids import AccountId
from meetinghub.people import address_store, lifetime, store, throttle
from meetinghub.people.model import Account, Session, SignedIn
from meetinghub.people.passwords import SHORTEST, Passwords


class Accounts:
    """``secret`` signs the proof that a browser has signed in before."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, secret: str) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._secret = secret.encode()

    async def sign_in(
        self, username: str, password: str, *, address: str, agent: str, proof: str = "", old: str = ""
    ) -> tuple[str, SignedIn]:
        """A new session's cookie value and the session.

        ``proof`` is what :meth:`proof_for` once gave this browser; ``old`` is the cookie it holds now, ended here.
        Raises :class:`Invalid` for a wrong name or password (never saying which) and :class:`TooMany`.
        """
        now = self._clock.now()
        known = hmac.compare_digest(self.proof_for(username), proof)
        stored = await self._database.write(_attempt, username, address, now, known)
        if not await self._passwords.matches(stored, password):
            raise Invalid("sign_in.wrong", fields={"username": "sign_in.wrong", "password": "sign_in.wrong"})
        cookie = secrets.token_urlsafe(32)
        session = Session(digest(cookie), secrets.token_urlsafe(32), now, now, address[:64], agent[:200])
        account = await self._database.write(_open, username, address, session, digest(old))
        return cookie, SignedIn(account, session)

    def proof_for(self, username: str) -> str:
        """What a browser keeps after signing in, so that others' wrong guesses do not lock it out."""
        return hmac.new(self._secret, f"known browser of {username}".encode(), hashlib.sha256).hexdigest()

    async def signed_in(self, cookie: str) -> SignedIn | None:
        """Who holds this cookie, or None when it is unknown, revoked or expired."""
        now = self._clock.now()
        found = await self._database.read(store.session, digest(cookie))
        if found is None:
            return None
        session, account = found
        if lifetime.expired(created_at=session.created_at, seen_at=session.seen_at, now=now):
            return None
        if lifetime.worth_noting(seen_at=session.seen_at, now=now):
            await self._database.write(store.note_use, session.digest, now)
            session = replace(session, seen_at=now)
        return SignedIn(account, session)

    async def sign_out(self, who: SignedIn) -> None:
        await self._database.write(store.revoke, who.account.id, self._clock.now(), only=who.session.digest)

    async def sign_out_elsewhere(self, who: SignedIn) -> int:
        """End every other session of the account; returns how many ended."""
        return await self._database.write(store.revoke, who.account.id, self._clock.now(), keep=who.session.digest)

    async def sessions(self, who: SignedIn) -> list[Session]:
        """The account's living sessions, latest use first."""
        now = self._clock.now()
        found = await self._database.read(store.sessions_of, who.account.id)
        return [
            each for each in found if not lifetime.expired(created_at=each.created_at, seen_at=each.seen_at, now=now)
        ]

    async def change_password(self, who: SignedIn, *, old: str, new: str) -> None:
        """Replace the password and end the account's other sessions."""
        if who.account.demo:
            raise Refused("account.demo_password")
        if len(new) < SHORTEST:
            raise Invalid(fields={"new": "account.password_short"}, shortest=SHORTEST)
        stored = await self._database.read(_password_of, who.account.username)
        if not await self._passwords.matches(stored, old):
            raise Invalid(fields={"old": "account.password_wrong"})
        hashed = await self._passwords.hash(new)
        await self._database.write(_replace_password, who, hashed, self._clock.now())

    async def choose_language(self, who: SignedIn, language: str) -> None:
        """In which language the account's mails are written."""
        await self._database.write(address_store.set_language, who.account.id, language)

    async def all(self) -> list[Account]:
        """Everybody who can sign in, by name."""
        return await self._database.read(store.accounts)

    async def reset_password(self, number: AccountId) -> tuple[Account, str]:
        """A new password for somebody who forgot it, told to the administrator once; the account is signed out."""
        account = await self._found(number)
        if account.demo:
            raise Refused("account.demo_password")
        password = readable()
        hashed = await self._passwords.hash(password)
        await self._database.write(_give_password, number, hashed, self._clock.now())
        return account, password

    async def sign_out_everywhere(self, number: AccountId) -> Account:
        """End every session of an account, for a lost or left PC."""
        account = await self._found(number)
        await self._database.write(store.revoke, number, self._clock.now())
        return account

    async def _found(self, number: AccountId) -> Account:
        account = await self._database.read(store.account, number)
        if account is None:
            raise NotFound("account.not_found")
        return account


def readable() -> str:
    """A password of twelve characters in three groups (58 bits), none of which is mistaken for another."""
    text = "".join(secrets.choice("23456789abcdefghjkmnpqrstvwxyz") for _ in range(12))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def digest(cookie: str) -> str:
    """The name under which a session is stored."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _attempt(db: Db, username: str, address: str, now: datetime, known: bool) -> str | None:
    """Count this attempt before its password is looked at: guesses sent at the same moment all count."""
    store.take_turns(db)
    if throttle.locked(store.failures(db, username, address, now - throttle.WINDOW), known=known):
        raise TooMany("sign_in.too_many", retry_after=int(throttle.WINDOW.total_seconds()))
    store.add_failure(db, username, address, now)
    found = store.account_named(db, username)
    return found[1] if found else None


def _open(db: Db, username: str, address: str, session: Session, old: str) -> Account:
    found = store.account_named(db, username)
    if found is None:  # disabled while the password was being checked
        raise Invalid("sign_in.wrong", fields={"username": "sign_in.wrong", "password": "sign_in.wrong"})
    account = found[0]
    store.forgive(db, username, address)
    store.revoke(db, account.id, session.created_at, only=old)
    store.add_session(db, account.id, session)
    return account


def _password_of(db: Db, username: str) -> str | None:
    found = store.account_named(db, username)
    return found[1] if found else None


def _give_password(db: Db, number: AccountId, hashed: str, now: datetime) -> None:
    store.set_password(db, number, hashed)
    store.revoke(db, number, now)


def _replace_password(db: Db, who: SignedIn, hashed: str, now: datetime) -> None:
    store.set_password(db, who.account.id, hashed)
    store.revoke(db, who.account.id, now, keep=who.session.digest)
