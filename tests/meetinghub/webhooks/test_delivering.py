"""From a fact to a receiver that takes it, on both engines, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ids import AccountId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import ClaimMade
from meetinghub.ledger.coordination import RequestApproved
from meetinghub.ledger.fact import FactKind, NewFact
from meetinghub.people.model import Account, Right
from meetinghub.webhooks import outbox, signing, store
from meetinghub.webhooks.model import Outcome, Webhook
from meetinghub.webhooks.sender import Delivering
from meetinghub.webhooks.service import Webhooks
from meetinghub.webhooks.states import KEPT, LEASE, PATIENCE, Health, State
from tests.meetinghub.meetings.planned import SetClock
from tests.meetinghub.webhooks.receiver import Receiver, receiving

KEY = "k" * 32
BY = Account(AccountId(1), "admin", "A", frozenset({Right.ADMINISTRATOR}), None, None, None, "", False)
START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class Post:
    """One webhook for claims, its receiver and the worker's part."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self.database, self.receiver = database, receiver
        self.clock = SetClock(START)
        self.service = Webhooks(database, self.clock, KEY, private=True)
        self.stopped: list[int] = []
        self.worker = self.another()

    def another(self, *, private: bool = True) -> Delivering:
        def notice(db: Db, webhook: Webhook, now: datetime) -> None:
            self.stopped.append(webhook.number)

        return Delivering(self.database, self.clock, KEY, private=private, notice=notice)

    def say(self, *payloads: RequestApproved | ClaimMade) -> None:
        facts = [NewFact(each) for each in payloads]
        self.database.write_now(ledger.append, facts, meeting_id=None, at=self.clock.now(), actor="x")

    async def log(self, number: int = 1) -> list[tuple[State, int, int | None]]:
        """State, tries and answer, oldest first."""
        found = await self.service.deliveries(number, offset=0, limit=50)
        return [(each.state, each.tries, each.status) for each in reversed(found)]


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with receiving() as receiver:
        made = Post(database, receiver)
        made.say(ClaimMade(1, 1, 10, False))  # before anybody listened
        await made.service.register(receiver.url, [FactKind.CLAIM_MADE], BY)
        yield made


async def test_what_happens_from_now_on_is_told_once_and_signed(post: Post) -> None:
    post.say(ClaimMade(2, 1, 10, False), RequestApproved(9, 9), ClaimMade(3, 1, 10, False))
    await post.worker.run()
    await post.worker.run()
    told = [json.loads(body)["data"]["claim"] for _, body in post.receiver.got]
    assert sorted(told) == [2, 3]
    headers, body = post.receiver.got[0]
    webhook = await post.service.one(1)
    secret = signing.secret(KEY, webhook.salt)
    expected = signing.headers(secret, headers["webhook-id"], body, post.clock.now())
    assert headers["webhook-signature"] == expected["webhook-signature"]
    assert headers["Content-Type"] == "application/json"
    assert await post.log() == [(State.ACCEPTED, 1, 204)] * 2


async def test_two_workers_tell_each_fact_once(post: Post) -> None:
    post.say(*(ClaimMade(number, 1, 10, False) for number in range(20)))
    await asyncio.gather(post.worker.run(), post.another().run())
    await post.worker.run()
    assert len(post.receiver.ids) == len(set(post.receiver.ids)) == 20


async def test_a_refusal_is_tried_again_with_the_same_id_and_later_each_time(post: Post) -> None:
    post.receiver.answers = [500, 302]
    post.say(ClaimMade(2, 1, 10, False))
    await post.worker.run()
    await post.worker.run()
    assert len(post.receiver.got) == 1
    assert (await post.service.one(1)).failing_since == START
    post.clock.wait(seconds=5)
    await post.worker.run()
    assert await post.log() == [(State.OWED, 2, 302)]
    post.clock.wait(seconds=59)
    await post.worker.run()
    assert len(post.receiver.got) == 2
    post.clock.wait(seconds=1)
    await post.worker.run()
    assert await post.log() == [(State.ACCEPTED, 3, 204)]
    assert len(set(post.receiver.ids)) == 1
    assert (await post.service.one(1)).failing_since is None


async def test_a_worker_that_dies_with_a_delivery_in_hand_loses_nothing(post: Post) -> None:
    post.say(ClaimMade(2, 1, 10, False))
    await post.database.write(outbox.project, now=post.clock.now())
    (tried,) = await post.database.write(outbox.claim, now=post.clock.now(), most=8)
    await post.worker.run()
    assert post.receiver.got == []
    post.clock.wait(seconds=LEASE.total_seconds())
    await post.worker.run()
    assert len(post.receiver.got) == 1

    def late(db: Db) -> None:  # the dead one comes back: its hold is gone
        outbox.finish(db, tried, Outcome(500), now=post.clock.now(), notice=lambda *_: None)

    await post.database.write(late)
    assert await post.log() == [(State.ACCEPTED, 1, 204)]


async def test_a_receiver_that_wants_no_more_gets_no_more(post: Post) -> None:
    post.receiver.answers = [410]
    post.say(ClaimMade(2, 1, 10, False))
    await post.worker.run()
    assert (await post.service.one(1)).health is Health.GONE
    assert post.stopped == [1]
    post.say(ClaimMade(3, 1, 10, False))
    await post.worker.run()
    assert len(post.receiver.got) == 1
    await post.service.resume(1, BY)
    post.say(ClaimMade(4, 1, 10, False))
    await post.worker.run()
    assert json.loads(post.receiver.got[-1][1])["data"]["claim"] == 4
    assert len(post.receiver.got) == 2


async def test_after_long_silence_a_webhook_is_stopped_and_somebody_is_told(post: Post) -> None:
    post.receiver.answers = [503] * 9
    post.say(ClaimMade(2, 1, 10, False))
    await post.worker.run()
    post.clock.wait(seconds=PATIENCE.total_seconds() - 1)
    await post.worker.run()
    assert post.stopped == []
    post.clock.wait(seconds=1)
    post.say(ClaimMade(3, 1, 10, False))
    await post.worker.run()
    assert (await post.service.one(1)).health is Health.FAILING
    assert post.stopped == [1]


async def test_nothing_is_posted_into_one_s_own_network(post: Post) -> None:
    post.say(ClaimMade(2, 1, 10, False))
    await post.another(private=False).run()
    assert post.receiver.got == []
    (found,) = await post.service.deliveries(1, offset=0, limit=5)
    assert (found.state, found.status, found.problem) == (State.OWED, None, "private address")


async def test_a_name_that_leads_into_one_s_own_network_leads_nowhere(post: Post) -> None:
    by_name = post.receiver.url.replace("127.0.0.1", "localhost")
    await post.service.register(by_name, [FactKind.CLAIM_MADE], BY)
    await post.service.remove(1, BY)
    post.say(ClaimMade(2, 1, 10, False))
    await post.another(private=False).run()
    assert post.receiver.got == []
    assert [state for state, *_ in await post.log(2)] == [State.OWED]


async def test_a_settled_delivery_is_sent_again_on_demand(post: Post) -> None:
    post.say(ClaimMade(2, 1, 10, False))
    with pytest.raises(NotFound):
        await post.service.resend(1, 1)
    await post.worker.run()
    await post.service.resend(1, 1)
    await post.worker.run()
    assert post.receiver.ids == ["msg_1_" + post.receiver.ids[0].rsplit("_", 1)[1]] * 2


async def test_a_paused_webhook_is_not_told_of_what_happens_meanwhile(post: Post) -> None:
    await post.service.pause(1, BY)
    with pytest.raises(Refused):
        await post.service.pause(1, BY)
    post.say(ClaimMade(2, 1, 10, False))
    await post.worker.run()
    await post.service.resume(1, BY)
    await post.worker.run()
    assert post.receiver.got == []


async def test_old_deliveries_are_forgotten_and_a_removed_webhook_takes_its_own_along(post: Post) -> None:
    post.say(ClaimMade(2, 1, 10, False))
    await post.worker.run()
    post.clock.wait(seconds=KEPT.total_seconds() + 1)
    await post.worker.run()
    assert await post.log() == []
    post.say(ClaimMade(3, 1, 10, False))
    await post.worker.run()
    await post.service.remove(1, BY)
    assert post.database.read_now(store.counts) == {}
    with pytest.raises(NotFound):
        await post.service.one(1)


async def test_what_cannot_be_registered_is_said_field_by_field(post: Post) -> None:
    strict = Webhooks(post.database, post.clock, KEY, private=False)
    with pytest.raises(Invalid) as raised:
        await strict.register("http://10.0.0.1/x", [FactKind.TOKEN_MADE], BY)
    assert raised.value.fields == {"url": "webhook.private", "events": "webhook.events_missing"}
