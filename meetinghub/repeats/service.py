"""An act that is asked for twice under one key is done once (IETF draft "The Idempotency-Key HTTP Header Field").

The key is written in the transaction of the act, and so is the answer: either both are there or neither is. Two who
ask at the same moment are one after the other, and the second gets the first one's answer. An act that was refused has
written nothing, its key included: asked again, it is judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid
from meetinghub.ids import AccountId
from meetinghub.repeats import store
from meetinghub.repeats.store import Answer

KEPT = timedelta(hours=24)
LONGEST_KEY = 200


async def once(
    db: Db,
    account: AccountId,
    key: str,
    fingerprint: str,
    now: datetime,
    act: Callable[[], Coroutine[None, None, Answer]],
) -> Answer:
    """Inside the transaction of the act. Raises :class:`Invalid` when the key was used to ask for something else."""
    store.forget_one(db, account, key, before=now - KEPT)
    if store.begin(db, account, key, fingerprint, now):
        answer = await act()
        store.keep(db, account, key, answer)
        return answer
    found = store.kept(db, account, key)
    if found is None or found[0] != fingerprint:
        raise Invalid("api.key_of_another")
    return found[1]


class Forgetting:
    """Answers that nobody will ask for again."""

    every = timedelta(hours=1)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        await self._database.write(partial(store.forget, before=self._clock.now() - KEPT))
