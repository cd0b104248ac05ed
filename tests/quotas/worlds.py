"""A database with a policy in force, and threads that ask it for the same thing at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from threading import Barrier
from typing import TypeVar

from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind
from meetinghub.ledger.quotas import QuotaDecided
from quotas import log, store
from quotas.charge import Metered
from quotas.policy import Rule, Status, in_force
from quotas.replay import Asked, Decision, replay
from quotas.service import Answer, Quotas
from quotas.wish import Wish
from tests.quotas.examples import NOW, Weekdays

T = TypeVar("T")
LOG = (FactKind.QUOTA_DECIDED, FactKind.QUOTA_ENTERED, FactKind.QUOTA_CHARGED, FactKind.QUOTA_RELEASED)


class Planned:
    """Meetings as a test says they stand."""

    def __init__(self) -> None:
        self.meetings: dict[int, Metered] = {}

    def metered(self, db: Db, meeting: int) -> Metered | None:
        return self.meetings.get(meeting)


class World:
    """``quotas`` over ``database``; acts are transactions of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.planned = Planned()
        self.quotas = Quotas(lambda db: Weekdays(), self.planned)

    def in_force(self, *rules: Rule, since: date = date(2026, 1, 1), at: datetime = NOW) -> int:
        """Switch a version on; its number."""

        def write(db: Db) -> int:
            number = store.add_version(db, rules, note="", by="coordinator", now=at)
            values = {"status": Status.ACTIVE.value, "effective_from": since, "switched_on_at": at}
            assert store.change_version(db, number, revision=0, values=values)
            return number

        return self.database.write_now(write)

    def ask(self, wish: Wish, key: str, at: datetime = NOW) -> Answer:
        return self.database.write_now(self.quotas.ask, wish, key=key, now=at, actor="dept-03")

    def replayed(self) -> list[tuple[Decision, str]]:
        """Every decision of the log judged again, beside the outcome that was written."""
        facts = self.database.read_now(ledger.of_kinds, LOG)
        versions = self.database.read_now(store.versions)

        def known(asked: Asked) -> list[store.Version]:
            return [
                each
                for each in versions
                if each.switched_on_at is not None
                and each.switched_on_at <= asked.at
                and (each.retired_at is None or asked.at < each.retired_at)
            ]

        decisions = replay(
            log.events(facts),
            lambda asked: in_force((each.policy for each in known(asked)), asked.wish.day),
            Weekdays(),
        )
        written = [fact.payload.outcome for fact in facts if isinstance(fact.payload, QuotaDecided)]
        return list(zip(decisions, written, strict=True))


@contextmanager
def two_processes(url: str) -> Iterator[tuple[World, World]]:
    """Two databases' worth of connections to one database, as two web processes have them."""
    opened = Database(url), Database(url)
    yield World(opened[0]), World(opened[1])
    for database in opened:
        database.close()


def at_once(act: Callable[[int], T], count: int) -> list[T]:
    """``act(0)`` … ``act(count - 1)``, each in a thread, all let go at the same moment."""
    barrier = Barrier(count)

    def run(number: int) -> T:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
