"""The worker's part: makes deliveries of facts and posts what is due. Nothing is posted inside a transaction."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.webhooks import outbox, signing, store, targets
from meetinghub.webhooks.model import Outcome, Try
from meetinghub.webhooks.outbox import Notice
from meetinghub.webhooks.states import KEPT

AT_ONCE = 8
ROUNDS = 4
"""Of :data:`AT_ONCE` posts each, in one turn: what is left waits for the next."""
PATIENCE = ClientTimeout(total=10)
SWEEP_EVERY = timedelta(hours=1)
log = structlog.get_logger("webhooks")


class Guarded(AbstractResolver):
    """Names that lead into one's own network lead nowhere. Looked at when connecting, because an answer can change."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not found or not all(targets.is_public(each["host"]) for each in found):
            raise OSError(None, "private address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


class Delivering:
    """``private`` allows receivers in one's own network."""

    every = timedelta(seconds=2)

    def __init__(self, database: Database, clock: Clock, key: str, *, private: bool, notice: Notice) -> None:
        self._database = database
        self._clock = clock
        self._key = key
        self._private = private
        self._notice = notice
        self._swept: datetime | None = None

    async def run(self) -> None:
        await self._sweep()
        if await self._database.read(outbox.behind):
            await self._database.write(partial(outbox.project, now=self._clock.now()))
        for _ in range(ROUNDS):
            if not await self._database.read(partial(store.has_work, now=self._clock.now())):
                return
            tries = await self._database.write(partial(outbox.claim, now=self._clock.now(), most=AT_ONCE))
            if not tries:
                return
            await self._post_all(tries)

    async def _post_all(self, tries: Iterable[Try]) -> None:
        resolver = None if self._private else Guarded()
        connector = TCPConnector(resolver=resolver, force_close=True)
        async with ClientSession(connector=connector, timeout=PATIENCE, trust_env=False) as client:
            await asyncio.gather(*(self._post(client, each) for each in tries))

    async def _post(self, client: ClientSession, tried: Try) -> None:
        outcome = await self._answer(client, tried)
        now = self._clock.now()
        log.info("webhook", webhook=tried.delivery.webhook, delivery=tried.delivery.number, status=outcome.status)
        await self._database.write(partial(outbox.finish, tried=tried, outcome=outcome, now=now, notice=self._notice))

    async def _answer(self, client: ClientSession, tried: Try) -> Outcome:
        host = urlsplit(tried.url).hostname or ""
        if not self._private and targets.is_ip(host) and not targets.is_public(host):
            return Outcome(None, "private address")  # a literal address asks no resolver
        body = tried.delivery.body
        secret = signing.secret(self._key, tried.salt)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "MeetingHub-Webhooks/1",
            **signing.headers(secret, tried.delivery.message, body, self._clock.now()),
        }
        try:
            async with client.post(tried.url, data=body.encode(), headers=headers, allow_redirects=False) as response:
                return Outcome(response.status)
        except TimeoutError:
            return Outcome(None, "timeout")
        except (ClientError, OSError, ValueError) as error:
            return Outcome(None, str(error) or type(error).__name__)

    async def _sweep(self) -> None:
        now = self._clock.now()
        if self._swept is None or now - self._swept >= SWEEP_EVERY:
            self._swept = now
            await self._database.write(partial(store.sweep, before=now - KEPT))
