"""Verifies a large ledger on all cores: each process follows the chain over a range of facts.

A range begins at the hash that the fact before it bears, whoever follows the range before must arrive at that hash.
Processes have views of the database of their own, which is enough: facts up to the newest of the first view are never
rewritten by anybody honest. This way only ever says that a ledger is whole. Whatever is not as it should be is left to
:func:`meetinghub.ledger.verify.verify`, which names the first bad fact.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context

from sqlmodel import Session

from meetinghub.db import Database
from meetinghub.ledger.audit import BadFact, Walk, Watched
from meetinghub.ledger.chain import GENESIS
from meetinghub.ledger.verify import UNREADABLE, Contradicted, Rows, Whole, at_end, verify

WORTH_A_PROCESS = 100_000
"""Facts that take about as long to follow as a process takes to start."""
MOST = 8


@dataclass(frozen=True, slots=True)
class Followed:
    """The chain was followed over a range: it began behind a fact with hash ``start`` and ended at ``end``."""

    start: bytes
    end: bytes


def verify_all(
    database: Database,
    watched: Watched | None = None,
    *,
    processes: int | None = None,
    worth: int = WORTH_A_PROCESS,
) -> Whole | BadFact | Contradicted:
    """The same answer as :func:`~meetinghub.ledger.verify.verify`, which see, from up to ``processes`` processes.

    None: as many as this process may use cores. No range is shorter than ``worth`` facts.
    """
    cores = processes or min(len(os.sched_getaffinity(0)), MOST)
    with Session(database.reader) as session:
        whole = _on_cores(session, database, watched or {}, cores, worth)
    if whole:
        return whole
    with Session(database.reader) as session:
        return verify(session, watched)


def _on_cores(session: Session, database: Database, watched: Watched, cores: int, worth: int) -> Whole | None:
    shelf = Rows(session)
    try:
        last = shelf.last() or 0
        ranges = list(pairwise(_borders(last, min(cores, last // max(worth, 1)))))
        if len(ranges) < 2:
            return None
        url = database.url.render_as_string(hide_password=False)
        with _pool(len(ranges) - 1) as pool:
            others = [pool.submit(follow, url, after, until, watched) for after, until in ranges[1:]]
            parts = [_followed(shelf, *ranges[0], watched), *(other.result() for other in others)]
        return _joined(parts, last, shelf, watched)
    except (BrokenProcessPool, *UNREADABLE):
        return None


def _borders(last: int, count: int) -> list[int]:
    """Numbers after which ranges begin and the last ends."""
    return [last * part // count for part in range(count + 1)] if count else []


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that are not waited for when one of the ranges cannot be followed."""
    pool = ProcessPoolExecutor(size, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def follow(url: str, after: int, until: int, watched: Watched) -> Followed | None:
    """Follow the chain over the facts above ``after`` up to ``until``; None when it does not hold there."""
    database = Database(url)
    try:
        with Session(database.reader) as session:
            return _followed(Rows(session), after, until, watched)
    except UNREADABLE:
        return None
    finally:
        database.close()


def _followed(shelf: Rows, after: int, until: int, watched: Watched) -> Followed | None:
    start = GENESIS
    if after:
        before = shelf.numbered(after)
        if len(before) != 1:
            return None
        start = before[0].hash
    walk = Walk(watched, after, start)
    for batch in shelf.between(after or -(2**63), until):
        if walk.on(batch) or walk.contradicted:
            return None
    return Followed(start, walk.hash) if walk.number == until else None


def _joined(parts: list[Followed | None], last: int, shelf: Rows, watched: Watched) -> Whole | None:
    end = GENESIS
    for part in parts:
        if part is None or part.start != end:
            return None
        end = part.end
    found = at_end(Walk(watched, last, end), shelf, watched)
    return found if isinstance(found, Whole) else None
