"""A ledger verified by several processes is found whole, or bad at the same fact, as by one that reads it in order."""

from __future__ import annotations

import multiprocessing

import pytest

from meetinghub.db import Database
from meetinghub.ledger import ranges, verify
from meetinghub.ledger.audit import BadFact, Watched, Wrong
from meetinghub.ledger.chain import GENESIS
from meetinghub.ledger.ranges import verify_all
from meetinghub.ledger.verify import Contradicted, Whole
from tests.meetinghub.ledger.tampering import tamper
from tests.meetinghub.ledger.test_verify import COUNT, fill

CHANGES = [
    *(f"UPDATE fact SET actor = 'x' WHERE number = {number}" for number in range(1, COUNT + 1)),
    *(f"DELETE FROM fact WHERE number = {number}" for number in range(1, COUNT + 1)),
    *(f"UPDATE fact SET number = {COUNT + 3} WHERE number = {number}" for number in (3, 4, 5, 12)),
    *(f"UPDATE fact SET number = {-3} WHERE number = {number}" for number in (1, 4, 5)),
    "UPDATE fact SET number = CASE number WHEN 4 THEN 8 ELSE 4 END WHERE number IN (4, 8)",
    "UPDATE ledger_head SET number = 11",
    "DELETE FROM ledger_head",
]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Ranges that other processes would follow are followed here, one after another; which they were."""
    followed: list[tuple[int, int]] = []

    class Done:
        def __init__(self, *arguments: object) -> None:
            followed.append((arguments[1], arguments[2]))  # type: ignore[arg-type]
            self._found = ranges.follow(*arguments)  # type: ignore[arg-type]

        def result(self) -> object:
            return self._found

    class Pool:
        def __init__(self, *_: object, **__: object) -> None: ...

        def submit(self, _: object, *arguments: object) -> Done:
            return Done(*arguments)

        def shutdown(self, **_: object) -> None: ...

    monkeypatch.setattr(ranges, "ProcessPoolExecutor", Pool)
    return followed


def both(database: Database, watched: Watched | None = None) -> Whole | BadFact | Contradicted:
    in_order = database.read_now(verify.verify, watched)
    for processes in (2, 3, 5):
        assert verify_all(database, watched, processes=processes, worth=1) == in_order
    return in_order


def test_processes_of_their_own_follow_the_chain(database: Database) -> None:
    whole = fill(database)
    assert verify_all(database, {5: [b"elsewhere"]}, processes=2, worth=6) == Contradicted(5, 5)
    assert verify_all(database, {COUNT: [whole.head]}, processes=2, worth=6) == whole
    assert not multiprocessing.active_children()


def test_what_was_written_is_whole(database: Database, in_this_process: list[tuple[int, int]]) -> None:
    whole = fill(database)
    assert both(database) == whole
    assert both(database, {0: [GENESIS], COUNT: [whole.head, whole.head[:8]]}) == whole
    assert in_this_process[:3] == [(6, 12), (4, 8), (8, 12)]


def test_a_small_ledger_is_not_worth_a_process(database: Database, in_this_process: list[tuple[int, int]]) -> None:
    assert verify_all(database, processes=4, worth=1) == Whole(0, GENESIS)
    whole = fill(database)
    assert verify_all(database, processes=4) == whole
    assert verify_all(database, processes=4, worth=COUNT) == whole
    assert in_this_process == []


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("change", CHANGES)
def test_the_same_first_bad_fact_is_named(sqlite_database: Database, change: str) -> None:
    fill(sqlite_database)
    tamper(sqlite_database, change)
    assert isinstance(both(sqlite_database), BadFact)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("number", range(1, COUNT + 3))
def test_a_checkpoint_is_contradicted_in_whichever_range_it_falls(sqlite_database: Database, number: int) -> None:
    fill(sqlite_database)
    assert both(sqlite_database, {number: [b"elsewhere"]}) == Contradicted(number, min(number, COUNT))


@pytest.mark.usefixtures("in_this_process")
def test_a_rewritten_second_half_does_not_join_the_first(sqlite_database: Database) -> None:
    fill(sqlite_database, 6)
    tamper(
        sqlite_database,
        "UPDATE fact SET hash = zeroblob(32) WHERE number = 6",
        "UPDATE ledger_head SET hash = zeroblob(32)",
    )
    fill(sqlite_database, 6, about="after")
    assert both(sqlite_database) == BadFact(6, "meeting:hand:raised", Wrong.CHANGED)
