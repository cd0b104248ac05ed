"""Ranking of rides beside a naive way, and requests a second that count, judge and hold, on both engines."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine

from meetinghub import migrations
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from quotas.charge import Charge, State
from quotas.ranking import SHOWN, Rideable, RideWish, rank
from quotas.store import add_charge
from tests import postgres
from tests.benchmarks.measure import Metric, emit, quiet, say
from tests.quotas.examples import NOW, SEED, quota, wish
from tests.quotas.worlds import World

ANNOUNCED = 10_000
AUDIENCES = 60
ROUNDS = 9
HISTORY = 10_000
ASKED = 300
THREADS = 8


def announced() -> tuple[list[Rideable], dict[str, frozenset[int]], RideWish]:
    """Ten thousand meetings of sixty audiences over three months, and a wish for two roles of 33 committees."""
    chance = random.Random(20261126)
    audiences = {f"a{number}": frozenset(chance.sample(range(330), 66)) for number in range(AUDIENCES)}
    meetings = [
        Rideable(
            number,
            NOW + timedelta(minutes=15 * chance.randrange(1, 9000)),
            60,
            chance.randrange(40),
            f"a{chance.randrange(AUDIENCES)}",
            frozenset({chance.choice(("民政", "平安", "城管"))}),
        )
        for number in range(ANNOUNCED)
    ]
    return meetings, audiences, RideWish(frozenset(range(66)), 10, date(2026, 10, 12), date(2026, 10, 30), "民政")


def naive(meetings: list[Rideable], audiences: dict[str, frozenset[int]], asked: RideWish) -> list[int]:
    """What comes to mind first: each meeting's people compared one by one, everything sorted."""

    def merit(each: Rideable) -> tuple[bool, int, int, bool, datetime, int]:
        newly = sum(person not in audiences[each.audience] for person in asked.people)
        day = each.starts_at.astimezone(SHANGHAI).date()
        off = max((asked.first - day).days, (day - asked.last).days, 0)
        return each.free < asked.minutes, off, newly, asked.line not in each.lines, each.starts_at, each.id

    wanted = [each for each in meetings if asked.people & audiences[each.audience]]
    return [each.id for each in sorted(wanted, key=merit)[:SHOWN]]


def ranking_bench() -> None:
    meetings, audiences, asked = announced()
    found = [each.meeting.id for each in rank(asked, meetings, audiences, now=NOW)]
    assert found == naive(meetings, audiences, asked)
    ours = [_seconds(lambda: rank(asked, meetings, audiences, now=NOW)) for _ in range(ROUNDS)]
    theirs = [_seconds(lambda: naive(meetings, audiences, asked)) for _ in range(ROUNDS)]
    note = f"{ANNOUNCED} meetings, {AUDIENCES} audiences; median of {ROUNDS} rounds"
    emit(Metric("ride_ranking_ms", 1000 * median(ours), "ms", 50, note=note))
    emit(
        Metric(
            "ride_ranking_ms",
            1000 * median(theirs),
            "ms",
            None,
            variant="naive: persons one by one, everything sorted",
            note=f"the same meetings in the same order; {note}",
        )
    )


def requests_bench(url: str, variant: str, target: float) -> None:
    """Threads of one process ask for sittings of many departments, over three years of charges."""
    migrations.upgrade(url)
    database = Database(url)
    world = World(database)
    world.in_force(*SEED[:3], replace(quota(999), not_roles=("secretary",)), *SEED[4:])
    chance = random.Random(1)

    def history(db: object) -> None:
        for number in range(HISTORY):
            moment = datetime(2024, 1, 1, 6, tzinfo=UTC) + timedelta(hours=2.6 * number)
            held = replace(wish(department=chance.randrange(1, 15)), starts_at=moment)
            add_charge(db, Charge(0, held, State.CHARGED), key=None, policy=0, by="", now=moment)  # type: ignore[arg-type]

    database.write_now(history)

    def ask(number: int) -> None:
        asked = replace(wish(department=number % 14 + 1), starts_at=wish().starts_at + timedelta(days=number % 60))
        world.ask(asked, f"request:{number}")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(ask, range(20)))
        start = time.perf_counter()
        list(threads.map(ask, range(20, 20 + ASKED)))
        seconds = time.perf_counter() - start
    database.close()
    note = f"{ASKED} requests from {THREADS} threads: lock, count over {HISTORY} charges, judge by 8 rules, hold, fact"
    emit(Metric("quota_requests_per_s", ASKED / seconds, "requests/s", target, "min", variant, note))


async def quotas_bench() -> None:
    await quiet()
    ranking_bench()
    folder = Path(tempfile.mkdtemp(prefix="mhquota-"))
    try:
        await quiet()
        requests_bench(f"sqlite:///{folder / 'quota.sqlite'}", "SQLite", 50)
    finally:
        shutil.rmtree(folder)
    programs = postgres.binaries()
    if programs is None:
        say("PostgreSQL is not installed: not measured")
        return
    with postgres.server(programs) as server:
        engine = create_engine(f"{server.url}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE quota")
        engine.dispose()
        await quiet()
        requests_bench(f"{server.url}/quota", "PostgreSQL", 150)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
