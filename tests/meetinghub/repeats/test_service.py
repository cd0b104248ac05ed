"""An act under a key is done once, on both engines."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.errors import Invalid, Refused
from meetinghub.ids import AccountId
from meetinghub.people import store as people
from meetinghub.repeats import store
from meetinghub.repeats.service import KEPT, Forgetting, once
from meetinghub.repeats.store import Answer
from tests.meetinghub.meetings.planned import SetClock

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def account(database: Database) -> AccountId:
    def write(db: Db) -> AccountId:
        return people.add_account(db, username="x", name="X", password_hash="", rights=(), now=NOW)

    return database.write_now(write)


class Counter:
    """An act that counts how often it was done."""

    def __init__(self) -> None:
        self.done = 0

    async def __call__(self) -> Answer:
        self.done += 1
        return Answer(201, {"Location": "/x"}, f'{{"done": {self.done}}}')


async def ask(
    database: Database, account: AccountId, act: Counter, *, key: str = "k", what: str = "f", now: datetime = NOW
) -> Answer:
    async def whole(db: Db) -> Answer:
        return await once(db, account, key, what, now, act)

    return await database.as_one(whole)


async def test_the_second_time_the_first_answer_is_given(database: Database, account: AccountId) -> None:
    act = Counter()
    first, second = await ask(database, account, act), await ask(database, account, act)
    assert act.done == 1
    assert not first.repeated
    assert second == Answer(201, {"Location": "/x"}, '{"done": 1}', repeated=True)


async def test_the_same_key_for_something_else_is_refused(database: Database, account: AccountId) -> None:
    act = Counter()
    await ask(database, account, act)
    with pytest.raises(Invalid, match=r"api\.key_of_another"):
        await ask(database, account, act, what="g")
    assert act.done == 1


async def test_many_at_the_same_moment_are_one(database: Database, account: AccountId) -> None:
    act = Counter()
    answers = await asyncio.gather(*(ask(database, account, act) for _ in range(8)))
    assert act.done == 1
    assert {each.body for each in answers} == {'{"done": 1}'}


async def test_a_refused_act_leaves_its_key_free(database: Database, account: AccountId) -> None:
    class Unwilling(Counter):
        async def __call__(self) -> Answer:
            raise Refused("x.y")

    with pytest.raises(Refused):
        await ask(database, account, Unwilling())
    act = Counter()
    assert not (await ask(database, account, act)).repeated


async def test_after_a_day_a_key_is_free_again(database: Database, account: AccountId) -> None:
    act = Counter()
    await ask(database, account, act)
    assert (await ask(database, account, act, now=NOW + KEPT - timedelta(seconds=1))).repeated
    assert not (await ask(database, account, act, now=NOW + KEPT)).repeated
    await Forgetting(database, SetClock(NOW + 2 * KEPT)).run()
    assert database.read_now(store.kept, account, "k") is None


async def test_what_a_part_writes_its_next_part_reads_and_a_refusal_takes_everything_back(
    database: Database, account: AccountId
) -> None:
    async def act(db: Db) -> str:
        await database.write(store.begin, account, "inner", "f", NOW)
        found = await database.read(store.kept, account, "inner")
        assert found is not None
        raise Refused("x.y")

    with pytest.raises(Refused):
        await database.as_one(act)
    assert database.read_now(store.kept, account, "inner") is None


async def test_a_transaction_that_would_wait_for_something_else_is_a_mistake(database: Database) -> None:
    async def act(db: Db) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="wait"):
        await database.as_one(act)
