"""Webhooks: signed as LiveKit signs them, one after another, tried until they arrive.

Order matters more than speed: an event is not sent before the one in front of it has arrived or was given up. The
queue is bounded; what falls out of it is counted and named to the receiver (``num_dropped``).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import structlog
from google.protobuf.json_format import MessageToJson

from signaling import metrics, tokens
from signaling.model import WebhookEvent

log = structlog.get_logger("signaling")
CONTENT_TYPE = "application/webhook+json"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, except ``queue``."""

    queue: int = 10_000
    first_delay: float = 0.1
    longest_delay: float = 2.0  # a receiver that comes back is found soon
    give_up: float = 3600.0
    answer: float = 10.0
    at_close: float = 3.0


@dataclass(slots=True)
class _Waiting:
    """Packed: every event carries its room with all metadata, and thousands may wait for a receiver that is away."""

    name: str
    packed: bytes
    since: float

    @classmethod
    def pack(cls, event: WebhookEvent, since: float) -> _Waiting:
        return cls(event.event, zlib.compress(event.SerializeToString(), 1), since)

    def event(self) -> WebhookEvent:
        return WebhookEvent.FromString(zlib.decompress(self.packed))


class Receiver:
    """One address and its queue."""

    def __init__(
        self,
        url: str,
        *,
        key: str,
        secret: str,
        session: aiohttp.ClientSession,
        tls: ssl.SSLContext | None,
        patience: Patience,
    ) -> None:
        self._url, self._key, self._secret = url, key, secret
        self._session, self._tls, self._patience = session, tls, patience
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self.emptied = asyncio.Event()
        self.emptied.set()
        self._dropped = 0

    def put(self, event: WebhookEvent) -> None:
        if len(self._queue) >= self._patience.queue:
            self._queue.popleft()
            self._drop("overflow")
        self._queue.append(_Waiting.pack(event, time.monotonic()))
        metrics.WEBHOOKS_WAITING.set(len(self._queue))
        self._arrived.set()
        self.emptied.clear()

    def _drop(self, outcome: str) -> None:
        self._dropped += 1
        metrics.WEBHOOKS.labels(outcome).inc()

    async def deliver(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._arrived.wait()
            while self._queue:
                await self._deliver_first()
            self._arrived.clear()
            self.emptied.set()

    async def _deliver_first(self) -> None:
        """Returns when the first of the queue has arrived, was refused, or has become too old."""
        waiting = self._queue[0]
        delay = self._patience.first_delay
        while self._queue and self._queue[0] is waiting:
            outcome = await self._post(waiting.event())
            if outcome is None and time.monotonic() - waiting.since > self._patience.give_up:
                outcome = "given_up"
            if outcome is not None:
                self._remove(waiting, outcome)
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._patience.longest_delay)

    def _remove(self, waiting: _Waiting, outcome: str) -> None:
        if self._queue and self._queue[0] is waiting:  # it may have fallen out while it was under way
            self._queue.popleft()
        metrics.WEBHOOKS_WAITING.set(len(self._queue))
        if outcome == "delivered":
            metrics.WEBHOOKS.labels(outcome).inc()
            self._dropped = 0
        else:
            self._drop(outcome)
            log.warning("webhook dropped", event_name=waiting.name, outcome=outcome)

    async def _post(self, event: WebhookEvent) -> str | None:
        """The outcome, or None when it is worth another try."""
        event.num_dropped = self._dropped
        body = MessageToJson(event, indent=None).encode()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Authorization": tokens.sign_body(body, key=self._key, secret=self._secret, now=int(time.time())),
        }
        timeout = aiohttp.ClientTimeout(total=self._patience.answer)
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, ssl=self._tls or True, timeout=timeout, allow_redirects=False
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        if 200 <= status < 300:
            return "delivered"
        # a receiver that is starting may not know its routes yet; other refusals will not change
        return None if status >= 500 or status in (404, 408, 425, 429) else "refused"


class Webhooks:
    """All receivers. Use as a context: leaving it waits a moment for what is still in the queue."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        key: str,
        secret: str,
        ca_file: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._urls, self._key, self._secret, self._ca_file = urls, key, secret, ca_file
        self._patience = patience or Patience()
        self._receivers: list[Receiver] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    def put(self, event: WebhookEvent) -> None:
        for receiver in self._receivers:
            receiver.put(event)

    async def __aenter__(self) -> Webhooks:
        tls = ssl.create_default_context(cafile=self._ca_file) if self._ca_file else None
        self._session = aiohttp.ClientSession()
        for url in self._urls:
            receiver = Receiver(
                url, key=self._key, secret=self._secret, session=self._session, tls=tls, patience=self._patience
            )
            self._receivers.append(receiver)
            self._tasks.append(asyncio.create_task(receiver.deliver()))
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience.at_close):
                await asyncio.gather(*(receiver.emptied.wait() for receiver in self._receivers))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
