"""From facts to what is owed to whom, and from tries to their ends; each function one step of a writing transaction.

Facts are numbered in the order in which they become visible, without a gap. So one number for each webhook says what
it was told, and it moves in the same transaction in which deliveries are owed: each fact becomes one delivery, whoever
dies when. Delivering is at least once; the message's id tells a receiver of a repeat.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db

from meetinghub.ledger import store as ledger
from meetinghub.ledger.api import WebhookStopped
from meetinghub.ledger.fact import NewFact
from meetinghub.webhooks import events, store
from meetinghub.webhooks.model import Outcome, Try, Webhook
from meetinghub.webhooks.states import LEASE, PATIENCE, Health, State, delay

AT_ONCE = 200
"""Facts that become deliveries of one webhook in one transaction."""
LONGEST_PROBLEM = 300
Notice = Callable[[Db, Webhook, datetime], None]
"""Tells whoever registered a webhook that it is told no more."""


def behind(db: Db) -> bool:
    """Whether facts wait to become deliveries: a look that locks nothing."""
    head, _ = ledger.head(db)
    return store.is_behind(db, head)


def project(db: Db, *, now: datetime) -> int:
    """Owe what was said since; how many deliveries."""
    head, _ = ledger.head(db)
    owed = 0
    for webhook, told, kinds in store.behind(db, head):
        news = ledger.of_kinds(db, kinds, after=told, most=AT_ONCE)
        news = [fact for fact in news if fact.number <= head]
        for fact in news:
            name = events.name_of(fact.payload.kind)
            store.owe(db, webhook, fact=fact.number, event=name, body=events.body(fact), now=now)
        owed += len(news)
        store.set_told(db, webhook, news[-1].number if len(news) == AT_ONCE else head)
    return owed


def claim(db: Db, *, now: datetime, most: int) -> list[Try]:
    store.expire(db, now)
    return store.claim(db, token=secrets.token_hex(16), now=now, lease_until=now + LEASE, most=most)


def finish(db: Db, tried: Try, outcome: Outcome, *, now: datetime, notice: Notice) -> None:
    """Note how a try ended; a webhook that accepts nothing for too long, or wants no more, is told no more."""
    number, tries = tried.delivery.webhook, tried.delivery.tries + 1
    problem = outcome.problem.replace("\x00", "")[:LONGEST_PROBLEM]
    values: dict[str, Any] = {"tries": tries, "tried_at": now, "status": outcome.status, "problem": problem}
    wait = None if outcome.accepted or outcome.gone else delay(tries)
    if wait is not None:
        values |= {"state": State.OWED.value, "due_at": now + wait}
    else:
        values |= {"state": (State.ACCEPTED if outcome.accepted else State.FAILED).value, "due_at": None}
    if not store.finish(db, tried, values):
        return
    if outcome.accepted:
        store.note_accepted(db, number, now)
        return
    failing = store.note_failing(db, number, now)
    if failing is None or failing.health is not Health.ACTIVE or failing.failing_since is None:
        return
    if outcome.gone:
        _stop(db, failing, Health.GONE, now, notice)
    elif now - failing.failing_since >= PATIENCE:
        _stop(db, failing, Health.FAILING, now, notice)


def _stop(db: Db, webhook: Webhook, why: Health, now: datetime, notice: Notice) -> None:
    store.set_health(db, webhook.number, why)
    ledger.append(db, [NewFact(WebhookStopped(webhook.number, why.value))], meeting_id=None, at=now, actor="")
    notice(db, webhook, now)
