"""A long meeting's facts turned into its attendance, and what one heartbeat costs web."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlmodel import Session as Db

from meetinghub import migrations
from meetinghub.clock import SystemClock
from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.attendance import NEWEST, RULES, Part, attendance
from meetinghub.ledger.fact import Fact, NewFact, Payload
from meetinghub.ledger.presence import Window
from meetinghub.meetings import course
from meetinghub.meetings.roomkeeper import BEAT_SECONDS
from meetinghub.meetings.service import Meetings
from tests.benchmarks.measure import Metric, emit
from tests.meetinghub.meetings.planned import plan_example

HOURS, SITES, COMINGS, ROUNDS, BEATS = 8, 33, 400, 30, 200
START = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)


def history(seed: int = 33) -> list[tuple[datetime, Payload]]:
    """Eight hours of 33 sites and the main venue: beats all along, and some hundred drops and returns."""
    chance, end = random.Random(seed), HOURS * 3600
    told: list[tuple[datetime, Payload]] = []
    there: dict[str, str] = {}

    def at(second: float) -> datetime:
        return START + timedelta(seconds=second)

    def join(second: float, site: str) -> None:
        there[site] = f"PA_{chance.getrandbits(60):012x}"
        told.append((at(second), p.SiteJoined(site, there[site], "RM_1", at(second))))

    sites = ["main", *(f"site-{seat:02}" for seat in range(1, SITES + 1))]
    for site in sites:
        join(chance.uniform(-600, 200), site)
    drops = sorted(chance.uniform(300, end - 60) for _ in range(COMINGS))
    second = 0.0
    while second < end:
        while drops and drops[0] < second:
            gone, site = drops.pop(0), chance.choice(sites[1:])
            told.append((at(gone), p.SiteLeft(site, there[site], "RM_1", at(gone), "CONNECTION_TIMEOUT")))
            join(gone + chance.uniform(1, 30), site)
        told.append((at(second), p.ConnectionsSeen("RM_1", tuple(sorted(there.values())))))
        second += BEAT_SECONDS
    told += [(at(end + 8), p.SiteLeft(site, each, "RM_1", at(end + 8), "ROOM_DELETED")) for site, each in there.items()]
    return sorted(told, key=lambda each: each[0])


def milliseconds(start: float) -> float:
    return 1000 * (time.process_time() - start)


def judge(facts: list[Fact]) -> None:
    end = START + timedelta(hours=HOURS)
    asked: dict[str, Part | None] = {f"site-{seat:02}": Part(START, end) for seat in range(1, SITES + 1)}
    found = attendance(facts, asked, Window(START, end), RULES[NEWEST])
    assert len(found) == SITES
    assert sum(len(each.interruptions) for each in found.values()) > COMINGS // 2


async def attendance_bench() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        migrations.upgrade(url)
        database = Database(url)
        try:
            number = database.write_now(plan_example)
            _sheet(database, number)
            await _beats(database, number)
        finally:
            database.close()


def _sheet(database: Database, number: int) -> None:
    def write(db: Db) -> None:
        for at, payload in history():
            ledger.append(db, [NewFact(payload)], meeting_id=number, at=at, actor="")

    database.write_now(write)
    alone: list[float] = []
    whole: list[float] = []
    facts: list[Fact] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        facts = database.read_now(ledger.of_meeting, number)
        judge(facts)
        whole.append(milliseconds(start))
        start = time.process_time()
        judge(facts)
        alone.append(milliseconds(start))
    note = f"{len(facts)} facts of {HOURS} h; processor time, median of {ROUNDS}"
    emit(Metric("attendance_33x8h_ms", median(alone), "ms", 50, variant="from facts", note=note))
    emit(Metric("attendance_33x8h_ms", median(whole), "ms", None, variant="from the database", note=f"SQLite; {note}"))


async def _beats(database: Database, number: int) -> None:
    """What web spends on one heartbeat: all its threads."""
    meetings = Meetings(database, SystemClock())
    await meetings.act(number, lambda state, now: course.start(state), "chair")
    beat = NewFact(p.ConnectionsSeen("RM_1", tuple(f"PA_{seat:012}" for seat in range(SITES + 1))))
    start = time.process_time()
    for _ in range(BEATS):
        await meetings.record(number, [beat])
    spent = milliseconds(start) / BEATS
    note = f"{SITES + 1} connections on SQLite, {3600 / BEAT_SECONDS:.0f} an hour; mean of {BEATS}"
    emit(Metric("heartbeat_cpu_ms", spent, "ms", None, note=note))
