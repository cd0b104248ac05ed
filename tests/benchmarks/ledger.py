"""Facts a second: appending through the store, verifying a ledger of a million, each beside something simpler."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import rfc8785
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert
from sqlmodel import Session

from meetinghub import migrations
from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store
from meetinghub.ledger.fact import NewFact, encode, utc_text
from meetinghub.ledger.ranges import verify_all
from meetinghub.ledger.verify import Whole, verify
from tests.benchmarks.chain import Chain, Written
from tests.benchmarks.measure import Metric, busy_seconds, emit, quiet, say

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
APPENDED = 10_000
VERIFIED = 1_000_000

# What an application without a chain would write: one row, the same columns, the same index on the key.
_PLAIN = Table(
    "plain",
    MetaData(),
    Column("number", Integer, primary_key=True),
    *(Column(name, Text) for name in ("meeting_id", "kind", "version", "at", "actor", "payload")),
    Column("key", Text, unique=True),
)


@dataclass(frozen=True, slots=True)
class Spent:
    """``others`` is what the rest of the machine used meanwhile, in percent of a core."""

    seconds: float
    cpu: float
    others: float


def fact(number: int) -> NewFact:
    """What a meeting writes: heartbeats of 34 connections, comings and goings, acts; a tenth in Chinese."""
    site, at = f"site-{number % 33 + 1:02d}", NOW + timedelta(seconds=number)
    match number % 10:
        case 0:
            return NewFact(p.ConnectionsSeen("RM_abcdefghijkl", tuple(f"PA_{site:08x}abcd" for site in range(34))))
        case 1 | 2 | 3:
            joined = p.SiteJoined(site, f"PA_{number:012x}", "RM_abcdefghijkl", at)
            return NewFact(joined, key=f"joined:PA_{number:012x}")
        case 4 | 5 | 6:
            left = p.SiteLeft(site, f"PA_{number:012x}", "RM_abcdefghijkl", at, "CLIENT_REQUEST_LEAVE")
            return NewFact(left, key=f"left:PA_{number:012x}")
        case 7:
            return NewFact(p.HandRaised(site, "项目经费能不能跨年使用？"))
        case _:
            return NewFact(p.FloorGranted(site, at))


async def ledger_bench(*, quick: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for together in (1, 33, APPENDED):
            await quiet()
            _append(Path(folder), together, APPENDED // 10 if quick else APPENDED)
        count = VERIFIED // 10 if quick else VERIFIED
        path = Path(folder) / "million.sqlite"
        start = time.monotonic()
        _build(path, count)
        say(f"ledger of {count} facts built in {time.monotonic() - start:.0f} s, {path.stat().st_size >> 20} MB")
        await quiet()
        _verify(path, count)


def _append(folder: Path, together: int, count: int) -> None:
    facts = [fact(number) for number in range(count)]
    groups = [facts[start : start + together] for start in range(0, count, together)]

    def chained(db: Session, group: list[NewFact]) -> None:
        store.append(db, group, meeting_id=1, at=NOW, actor="chair")

    def plain(db: Session, group: list[NewFact]) -> None:
        at = utc_text(NOW)
        rows: list[dict[str, object]] = [
            {
                "meeting_id": 1,
                "kind": each.payload.kind.value,
                "version": 1,
                "at": at,
                "actor": "chair",
                "payload": json.dumps(_values(each), ensure_ascii=False),
                "key": each.key,
            }
            for each in group
        ]
        db.connection().execute(insert(_PLAIN), rows)

    ours, theirs = (_timed(folder / f"{write.__name__}{together}.sqlite", write, groups) for write in (chained, plain))
    variant = f"{min(together, count)} in a transaction"
    emit(
        Metric(
            "facts_append_per_s",
            count / ours.seconds,
            "facts/s",
            2000,
            "min",
            variant=variant,
            note=f"{count} facts through the store on SQLite, WAL, synchronous=NORMAL; {1e6 * ours.cpu / count:.0f} µs "
            f"of processor each; others {ours.others:.0f} % of a core; rows without a chain, keys and triggers' checks "
            f"written the same way: {count / theirs.seconds:.0f}/s, {1e6 * theirs.cpu / count:.0f} µs",
        )
    )


def _values(new: NewFact) -> dict[str, object]:
    names = new.payload.__dataclass_fields__
    return {
        name: utc_text(value) if isinstance(value := getattr(new.payload, name), datetime) else value for name in names
    }


def _timed(path: Path, write: Callable[[Session, list[NewFact]], None], groups: list[list[NewFact]]) -> Spent:
    migrations.upgrade(f"sqlite:///{path}")
    with _opened(path) as database:
        database.write_now(lambda db: _PLAIN.create(db.connection()))
        database.write_now(write, [NewFact(p.MeetingStarted())])  # statements compiled, file there
        return _spent(lambda: [database.write_now(write, group) for group in groups])


def _spent(act: Callable[[], object]) -> Spent:
    start, cpu, (busy, _) = time.perf_counter(), time.process_time(), busy_seconds()
    act()
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    return Spent(seconds, used, 100 * max(0.0, busy_seconds()[0] - busy - used) / seconds)


def _build(path: Path, count: int) -> None:
    migrations.upgrade(f"sqlite:///{path}")

    def facts() -> Iterator[Written]:
        at = utc_text(NOW)
        texts = [(each.payload.kind.value, encode(each.payload)) for each in (fact(number) for number in range(1000))]
        for number in range(1, count + 1):
            kind, text = texts[number % 1000]
            key = f"{kind}:PA_{number:012x}" if kind.startswith("site:") else None
            yield Written(number // 10_000 + 1, kind, 1, at, "chair", key, text)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        chain = Chain(connection)
        chain.add(facts())
        chain.close()
        connection.execute("COMMIT")


def _verify(path: Path, count: int) -> None:
    found: list[object] = []
    with _opened(path) as database:
        alone = _spent(lambda: found.append(database.read_now(verify)))
        ours = _spent(lambda: found.append(verify_all(database)))
    if found != [whole := found[0], whole] or not (isinstance(whole, Whole) and whole.facts == count):
        raise RuntimeError(f"the ledger of the benchmark is not whole: {found}")
    hashed = _spent(lambda: _hash_alone(path))
    sample = min(count, 50_000)
    naive = _spent(lambda: _serialise(path, sample))
    emit(
        Metric(
            "facts_verify_per_s",
            count / ours.seconds,
            "facts/s",
            100_000,
            "min",
            note=f"{count} facts on SQLite: chain, canonical form, head, on {len(os.sched_getaffinity(0))} cores; "
            f"in one process {count / alone.seconds:.0f}/s, {1e6 * alone.cpu / count:.1f} µs of processor each, others "
            f"{alone.others:.0f} % of a core; reading all rows and SHA-256 of their payloads alone: "
            f"{count / hashed.seconds:.0f}/s, {1e6 * hashed.cpu / count:.1f} µs; each row serialised by a library "
            f"for RFC 8785 instead of put together: {sample / naive.seconds:.0f}/s, {1e6 * naive.cpu / sample:.1f} µs",
        )
    )


def _hash_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for stored in connection.execute("SELECT * FROM fact ORDER BY number"):
            sha256(stored[6].encode()).digest()


def _serialise(path: Path, count: int) -> None:
    names = ("number", "meeting", "kind", "version", "at", "actor", "payload", "key")
    with closing(sqlite3.connect(path)) as connection:
        columns = "number, meeting_id, kind, version, at, actor, payload, key"
        for stored in connection.execute(f"SELECT {columns} FROM fact ORDER BY number LIMIT {count}"):
            values = dict(zip(names, stored, strict=True))
            values["payload"] = json.loads(values["payload"])
            sha256(rfc8785.dumps(values)).digest()


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()
