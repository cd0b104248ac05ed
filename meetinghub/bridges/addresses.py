"""Mail addresses of units and people: entered, checked by a test mail, and what is known of those that are dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session as Db

from meetinghub.addresses import is_address
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import store as ledger
from meetinghub.ledger.addresses import AddressSet
from meetinghub.ledger.fact import NewFact
from meetinghub.mail import dead_store
from meetinghub.mail.letter import Letter, Said
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import address_store as store
from meetinghub.people.address_store import Addressed, Addresses, Kind
from meetinghub.people.model import Account
from meetinghub.words import LANGUAGES, all_words


@dataclass(frozen=True, slots=True)
class Look:
    """``dead``: addresses that mails came back from → what their server said."""

    found: Addresses
    dead: Mapping[str, str]


class AddressBook:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._words = all_words()[next(iter(LANGUAGES))]

    async def look(self, kind: Kind, *, text: str = "", without: bool = False, offset: int, limit: int) -> Look:
        def read(db: Db) -> Look:
            found = store.page(db, kind, text=text, without=without, offset=offset, limit=limit)
            return Look(found, dead_store.dead(db, [each.mail for each in found.entries]))

        return await self._database.read(read)

    async def save(self, kind: Kind, mails: Mapping[int, str], by: Account) -> int:
        """All of them or none; how many changed. Raises :class:`Invalid` with a problem for each that is no address."""
        problems = {
            f"mail-{number}": "addresses.wrong" for number, mail in mails.items() if mail and not is_address(mail)
        }
        if problems:
            raise Invalid(fields=problems)
        return await self._database.write(partial(self._save, kind=kind, mails=mails, by=by))

    async def test(self, kind: Kind, number: int, by: Account) -> Addressed:
        """Owe a mail that asks for nothing; an address that was dead gets another chance by it."""
        now = self._clock.now()

        def write(db: Db) -> Addressed:
            found = store.one(db, kind, number)
            if found is None:
                raise NotFound("addresses.not_found")
            if not found.mail:
                raise Refused("addresses.none")
            dead_store.revive(db, found.mail)
            title = self._words("addresses.test_subject")
            text = self._words("addresses.test_text", name=found.name)
            letter = Letter(self._words.language, self._words("page.product"), title, (Said(text),))
            key = f"address_test:{kind.value}:{number}:{now.timestamp():.6f}"
            mail = Owed(
                key=key, to=found.mail, to_name=found.name, subject=title, text=letter.text(), html=letter.html()
            )
            owe(db, mail, now=now)
            return found

        return await self._database.write(write)

    def _save(self, db: Db, *, kind: Kind, mails: Mapping[int, str], by: Account) -> int:
        ledger.take(db)
        changed = 0
        for number, mail in mails.items():
            found = store.one(db, kind, number)
            if found is None:
                raise NotFound("addresses.not_found")
            if found.mail == mail:
                continue
            store.set_mail(db, kind, number, mail)
            fact = AddressSet(kind.value, number, bool(mail))
            ledger.append(db, [NewFact(fact)], meeting_id=None, at=self._clock.now(), actor=by.username)
            changed += 1
        return changed
