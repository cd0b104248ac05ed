"""Registering webhooks, and looking after what they are owed."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import api as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, NewFact, Payload
from meetinghub.people.model import Account
from meetinghub.webhooks import signing, store, targets
from meetinghub.webhooks.events import OFFERED
from meetinghub.webhooks.model import Delivery, Webhook
from meetinghub.webhooks.states import Health, State

MOST = 20


@dataclass(frozen=True, slots=True)
class Shown:
    webhook: Webhook
    counts: dict[State, int]


class Webhooks:
    """``key`` is the installation's; ``private`` allows receivers in its own network."""

    def __init__(self, database: Database, clock: Clock, key: str, *, private: bool) -> None:
        self._database = database
        self._clock = clock
        self._key = key
        self._private = private

    async def all(self) -> list[Shown]:
        def read(db: Db) -> list[Shown]:
            counts = store.counts(db)
            return [Shown(each, counts.get(each.number, {})) for each in store.webhooks(db)]

        return await self._database.read(read)

    async def one(self, number: int) -> Webhook:
        return await self._database.read(partial(_known, number=number))

    async def deliveries(self, number: int, *, offset: int, limit: int) -> list[Delivery]:
        return await self._database.read(partial(store.deliveries, webhook=number, offset=offset, limit=limit))

    async def register(self, url: str, kinds: Collection[FactKind], by: Account) -> tuple[str, Webhook]:
        """A new webhook and its secret. It is told of what happens from now on."""
        problems = {}
        if wrong := targets.problem(url, private=self._private):
            problems["url"] = wrong
        if not kinds or not set(kinds) <= set(OFFERED):
            problems["events"] = "webhook.events_missing"
        if problems:
            raise Invalid(fields=problems)
        now, salt = self._clock.now(), secrets.token_hex(16)
        ordered = tuple(kind for kind in OFFERED if kind in set(kinds))
        made = Webhook(0, url, ordered, Health.ACTIVE, salt, by.username, now, None, None)

        def write(db: Db) -> Webhook:
            told = ledger.take(db)
            if len(store.webhooks(db)) >= MOST:
                raise Refused("webhook.too_many", most=MOST)
            number = store.add(db, made, told=told)
            self._say(db, p.WebhookRegistered(number, tuple(kind.value for kind in ordered)), by)
            return replace(made, number=number)

        return signing.secret(self._key, salt), await self._database.write(write)

    async def pause(self, number: int, by: Account) -> None:
        """What is owed stays owed until it is resumed; what happens meanwhile is not told."""

        def write(db: Db) -> None:
            ledger.take(db)
            if _known(db, number).health is not Health.ACTIVE:
                raise Refused("webhook.not_now")
            store.set_health(db, number, Health.PAUSED)
            self._say(db, p.WebhookStopped(number, Health.PAUSED.value), by)

        await self._database.write(write)

    async def resume(self, number: int, by: Account) -> None:
        def write(db: Db) -> None:
            told = ledger.take(db)
            if _known(db, number).health is Health.ACTIVE:
                raise Refused("webhook.not_now")
            store.set_health(db, number, Health.ACTIVE, told=told)
            self._say(db, p.WebhookResumed(number), by)

        await self._database.write(write)

    async def remove(self, number: int, by: Account) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            _known(db, number)
            store.remove(db, number)
            self._say(db, p.WebhookRemoved(number), by)

        await self._database.write(write)

    async def resend(self, number: int, delivery: int) -> None:
        """Send a settled delivery once more, with the id it has."""
        now = self._clock.now()
        if not await self._database.write(partial(store.again, webhook=number, number=delivery, now=now)):
            raise NotFound("webhook.no_delivery")

    def _say(self, db: Db, payload: Payload, by: Account) -> None:
        ledger.append(db, [NewFact(payload)], meeting_id=None, at=self._clock.now(), actor=by.username)


def _known(db: Db, number: int) -> Webhook:
    found = store.webhook(db, number)
    if found is None:
        raise NotFound("webhook.not_found")
    return found
