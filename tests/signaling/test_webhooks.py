"""Webhooks: believed by livekit-api's receiver, in order, and patient with a receiver that is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from livekit import api

from signaling.model import WebhookEvent
from signaling.tokens import sign_body
from signaling.webhooks import CONTENT_TYPE, Patience, Webhooks
from tests.signaling.servers import KEY, SECRET, until

IMPATIENT = Patience(first_delay=0.01, longest_delay=0.05, at_close=0.2)


class Receiver:
    """Answers with ``statuses`` one after another, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.received: list[WebhookEvent] = []
        self.port = 0
        self._believe = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))

    async def hook(self, request: web.Request) -> web.Response:
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        assert request.content_type == CONTENT_TYPE
        body = await request.text()
        self.received.append(self._believe.receive(body, request.headers["Authorization"]))
        return web.Response()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hooks/livekit", self.hook)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            self.port = runner.addresses[0][1]
            yield f"http://127.0.0.1:{self.port}/hooks/livekit"
        finally:
            await runner.cleanup()

    @property
    def names(self) -> list[str]:
        return [event.event for event in self.received]


def hooks(url: str, patience: Patience = IMPATIENT) -> Webhooks:
    return Webhooks([url], key=KEY, secret=SECRET, patience=patience)


async def test_events_arrive_signed_and_in_order() -> None:
    receiver = Receiver()
    async with receiver.listening() as url, hooks(url) as webhooks:
        for number in range(50):
            webhooks.put(WebhookEvent(event=f"e{number}", id=f"EV_{number}"))
        await until(lambda: len(receiver.received) == 50)
        assert receiver.names == [f"e{number}" for number in range(50)]


async def test_a_receiver_that_restarts_misses_nothing() -> None:
    receiver = Receiver()
    async with receiver.listening() as url:
        pass
    async with hooks(url) as webhooks:
        for number in range(5):
            webhooks.put(WebhookEvent(event=f"e{number}"))
        await asyncio.sleep(0.2)
        receiver.statuses = [503, 404, 429]
        async with receiver.listening():
            await until(lambda: len(receiver.received) == 5)
    assert receiver.names == ["e0", "e1", "e2", "e3", "e4"]


async def test_a_refused_event_does_not_hold_up_the_others_and_is_counted() -> None:
    receiver = Receiver()
    receiver.statuses = [400]
    async with receiver.listening() as url, hooks(url) as webhooks:
        for name in ("bad", "good"):
            webhooks.put(WebhookEvent(event=name))
        await until(lambda: bool(receiver.received))
    assert [(event.event, event.num_dropped) for event in receiver.received] == [("good", 1)]


async def test_the_queue_is_bounded_and_the_oldest_falls_out() -> None:
    receiver = Receiver()
    async with receiver.listening() as url:
        pass
    async with hooks(url, Patience(queue=3, first_delay=0.01, longest_delay=0.02, at_close=0.1)) as webhooks:
        for number in range(10):
            webhooks.put(WebhookEvent(event=f"e{number}"))
        async with receiver.listening():
            await until(lambda: len(receiver.received) == 3)
    assert receiver.names == ["e7", "e8", "e9"]
    assert receiver.received[0].num_dropped == 7


async def test_what_is_too_old_is_given_up() -> None:
    receiver = Receiver()
    receiver.statuses = [503] * 1000
    patience = Patience(first_delay=0.01, longest_delay=0.02, give_up=0.1, at_close=0.1)
    async with receiver.listening() as url, hooks(url, patience) as webhooks:
        webhooks.put(WebhookEvent(event="old"))
        await asyncio.sleep(0.4)
        receiver.statuses.clear()
        webhooks.put(WebhookEvent(event="new"))
        await until(lambda: receiver.names == ["new"])


async def test_what_is_left_at_the_end_is_still_delivered() -> None:
    receiver = Receiver()
    async with receiver.listening() as url:
        async with hooks(url) as webhooks:
            webhooks.put(WebhookEvent(event="room_finished"))
        assert receiver.names == ["room_finished"]


async def test_a_body_changed_on_the_way_is_not_believed() -> None:
    receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))

    header = sign_body(b'{"event": "a"}', key=KEY, secret=SECRET, now=int(time.time()))
    with pytest.raises(Exception, match="hash mismatch"):
        receiver.receive('{"event": "b"}', header)
