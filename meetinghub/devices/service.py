"""Pairing a PC, recognising it, and letting go of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.devices import pairing, store
from meetinghub.devices.model import SEEN_EVERY, Asking, Code, Device
from meetinghub.errors import Invalid, NotFound, Refused, TooMany, Unavailable
from meetinghub.ids import AccountId, CommitteeId, DeviceId, actor_of, site_identity
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.people import store as people
from meetinghub.people.model import Account, Right, Session, SignedIn

T = TypeVar("T")
LONGEST_ADDRESS = 64
LONGEST_AGENT = 200
TRIES = 40
"""How often another code is drawn when somebody shows the same one already."""


class Devices:
    """``secret`` keys the digests of codes, which alone would be guessed at once."""

    def __init__(self, database: Database, clock: Clock, secret: str) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret.encode()

    async def ask(self, token: str, *, address: str, agent: str) -> tuple[str, Code]:
        """A code for the browser that holds ``token`` (empty: none yet), and the token it is to keep.

        The same browser's earlier code stops working. Raises :class:`Refused` for a PC that is paired already and
        :class:`TooMany` when too many codes are alive.
        """
        now = self._clock.now()
        fresh = secrets.token_urlsafe(32)

        def write(db: Db) -> tuple[str, Code]:
            store.take_turns(db)
            if token and store.device_of(db, digest(token)) is not None:
                raise Refused("pairing.is_paired")
            kept = token if token and not store.used_before(db, digest(token)) else fresh
            store.sweep(db, asked_before=now - pairing.LIFETIME, failed_before=now - pairing.WINDOW)
            others = [each for each in store.asking(db) if each.digest != digest(kept)]
            from_here = sum(1 for each in others if each.address == address[:LONGEST_ADDRESS])
            if pairing.crowded(from_address=from_here, in_all=len(others)):
                raise TooMany("pairing.too_many_codes", retry_after=int(pairing.LIFETIME.total_seconds()))
            digits = self._free_code({each.code for each in others})
            asking = Asking(digest(kept), self._code(digits), address[:LONGEST_ADDRESS], agent[:LONGEST_AGENT], now)
            store.note_asking(db, asking)
            return kept, Code(digits, now + pairing.LIFETIME)

        return await self._database.write(write)

    async def look_up(self, typed: str, by: Account, *, address: str) -> Asking:
        """The PC that shows this code, for the administrator to recognise; nothing is paired yet.

        Raises :class:`Invalid` for a wrong or expired code and :class:`TooMany` after too many of them.
        """
        found = await self._database.write(self._try, typed, by.username, address)
        return _known(found)

    async def pair(self, typed: str, committee: CommitteeId, by: Account, *, address: str) -> Device:
        """Make the PC that shows this code the committee's site. The code is used up."""

        def write(db: Db) -> Device | None:
            asking = self._try(db, typed, by.username, address)
            if asking is None:
                return None  # the failure must be committed
            if committee not in {each.id for each in people.committees(db)}:
                raise Invalid(fields={"committee": "pairing.committee_missing"})
            store.forget_asking(db, asking.digest)
            now = self._clock.now()
            csrf = secrets.token_urlsafe(32)
            number = store.add(
                db, asking, committee=committee, csrf=csrf, by=by.username, address=asking.address, now=now
            )
            made = store.device(db, number)
            assert made is not None
            fact = NewFact(p.DevicePaired(number, site_identity(made.seat)))
            ledger.append(db, [fact], meeting_id=None, at=now, actor=by.username)
            return made

        return _known(await self._database.write(write))

    async def unpair(self, number: DeviceId, by: Account) -> Device:
        """The device is a stranger from this moment on; the caller sees to a meeting it may be in."""

        def write(db: Db) -> Device:
            gone = store.device(db, number)
            if gone is None:
                raise NotFound("device.not_found")
            now = self._clock.now()
            store.unpair(db, number, now)
            fact = NewFact(p.DeviceUnpaired(number, site_identity(gone.seat)))
            ledger.append(db, [fact], meeting_id=None, at=now, actor=by.username)
            return gone

        return await self._database.write(write)

    async def signed_in(self, token: str, *, address: str, agent: str) -> SignedIn | None:
        """The committee's site as which a paired PC acts; None for any other token."""
        found = await self._database.read(store.device_of, digest(token))
        if found is None:
            return None
        now = self._clock.now()
        if now - found.seen_at >= SEEN_EVERY:
            await self._note_use(found, address[:LONGEST_ADDRESS], agent[:LONGEST_AGENT], now)
        account = Account(
            id=AccountId(0),
            username=actor_of(found.id),
            name=found.committee,
            rights=frozenset({Right.SITE}),
            department=None,
            committee=found.committee_id,
            seat=found.seat,
            unit=found.committee_full,
            demo=False,
            device=found.id,
        )
        return SignedIn(
            account, Session(digest(token), found.csrf, found.paired_at, found.seen_at, found.address, found.agent)
        )

    async def all(self) -> list[Device]:
        return await self._database.read(store.devices)

    async def one(self, number: DeviceId) -> Device:
        found = await self._database.read(store.device, number)
        if found is None:
            raise NotFound("device.not_found")
        return found

    async def strangers(self, numbers: Collection[int]) -> frozenset[int]:
        """Which of these devices are not, or no longer, paired."""
        return frozenset(numbers) - await self._database.read(store.paired, numbers)

    async def help_phone(self) -> str:
        """Whom to call about pairing; empty when no administrator has a telephone."""
        return await self._database.read(store.administrator_phone)

    async def _note_use(self, device: Device, address: str, agent: str, now: datetime) -> None:
        def write(db: Db) -> None:
            store.note_use(db, device.id, address=address, agent=agent, now=now)

        try:
            await self._database.write(write)
        except Unavailable:  # a site must not be held up by a column of a list
            return

    def _try(self, db: Db, typed: str, account: str, address: str) -> Asking | None:
        """Look for a code; a wrong one counts as soon as the transaction is committed."""
        store.take_turns(db)
        now, place = self._clock.now(), address[:LONGEST_ADDRESS]
        if pairing.locked(store.failures(db, account, place, now - pairing.WINDOW)):
            raise TooMany("pairing.too_many_tries", retry_after=int(pairing.WINDOW.total_seconds()))
        digits = pairing.typed(typed)
        found = pairing.match(store.asking(db), self._code(digits), now) if digits else None
        if found is None:
            store.add_failure(db, account, place, now)
        return found

    def _free_code(self, taken: Collection[str]) -> str:
        for _ in range(TRIES):
            digits = f"{secrets.randbelow(10**pairing.DIGITS):0{pairing.DIGITS}d}"
            if self._code(digits) not in taken:
                return digits
        raise AssertionError("a million codes and at most a few hundred taken")

    def _code(self, digits: str) -> str:
        return hmac.new(self._secret, f"pairing code {digits}".encode(), hashlib.sha256).hexdigest()


def digest(token: str) -> str:
    """The name under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _known(found: T | None) -> T:
    if found is None:
        raise Invalid(fields={"code": "pairing.wrong"})
    return found
