"""Engines and transactions: the only place that commits.

One request, job or message is one call of :meth:`Database.write` (or :meth:`Database.read`), and that call is one
transaction. The function handed over runs in a thread with a session of its own; what it returns must not be a row
(stores turn rows into frozen values).

SQLite needs two things to be trusted with read-then-write: the driver's own transaction handling switched off, and
``BEGIN IMMEDIATE`` for everything that writes (SQLAlchemy documentation, "Serializable isolation / Savepoints /
Transactional DDL" of the pysqlite dialect).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlmodel import Session

from meetinghub.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
THREADS = 8
RESTED_SECONDS = 1.0

_UNDER_WAY: ContextVar[Session | None] = ContextVar("transaction under way", default=None)
"""Set in the thread of :meth:`Database.as_one` while it runs."""


class Database:
    """Two engines over one database: one whose transactions may write, one that only reads."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.writer = self._engine("BEGIN IMMEDIATE")
        self.reader = self._engine("BEGIN")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="db")

    def _engine(self, begin: str) -> Engine:
        # The connection used last is used again: each of SQLite's keeps up to 2 MB of the file.
        engine = create_engine(self.url, pool_size=THREADS, pool_use_lifo=True)
        if not self.is_sqlite:
            _ask_who_rested(engine)
        else:
            event.listen(engine, "connect", _sqlite_connect)

            def sqlite_begin(connection: Connection) -> None:
                connection.exec_driver_sql(begin)

            event.listen(engine, "begin", sqlite_begin)
        return engine

    def write_now(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same as :meth:`write`, in the calling thread."""
        with _answering(), Session(self.writer, expire_on_commit=False) as session, session.begin():
            return function(session, *args, **kwargs)

    def read_now(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same as :meth:`read`, in the calling thread."""
        with _answering(), Session(self.reader, expire_on_commit=False) as session, session.begin():
            return function(session, *args, **kwargs)

    async def write(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function(session, …)`` in one writing transaction; committed unless it raises."""
        if (under_way := _UNDER_WAY.get()) is not None:
            return _joining(under_way, function, *args, **kwargs)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.write_now(function, *args, **kwargs))

    async def read(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function(session, …)`` on one consistent view of the database."""
        if (under_way := _UNDER_WAY.get()) is not None:
            return _joining(under_way, function, *args, **kwargs)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.read_now(function, *args, **kwargs))

    async def as_one(self, act: Callable[[Session], Coroutine[None, None, T]]) -> T:
        """Run ``act(session)`` in one writing transaction, which every ``write`` and ``read`` in it joins.

        So what several services do, and what the caller writes beside it, is committed together or not at all. It runs
        in one go in a thread: ``act`` may wait for nothing but this database.
        """

        def whole(session: Session) -> T:
            token = _UNDER_WAY.set(session)
            try:
                return _at_once(act(session))
            finally:
                _UNDER_WAY.reset(token)

        return await self.write(whole)

    def close(self) -> None:
        self._threads.shutdown()
        self.writer.dispose()
        self.reader.dispose()


def _joining(session: Session, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A transaction of its own would see the rows as they are: so must a part of a larger one."""
    session.flush()
    session.expire_all()
    return function(session, *args, **kwargs)


def _at_once(act: Coroutine[None, None, T]) -> T:
    try:
        act.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    act.close()
    raise RuntimeError("a transaction must not wait for anything but its database")


@contextmanager
def _answering() -> Iterator[None]:
    """A database that cannot be reached or stays locked is a state of the world, not a bug."""
    try:
        yield
    except OperationalError as error:
        raise Unavailable("database.away") from error


def _ask_who_rested(engine: Engine) -> None:
    """Let a connection that has rested give a sign of life first: the server may have been started again meanwhile.

    Asking each time, as the pool would, is a way to the server and back for every transaction.
    """

    def rests(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = monotonic()

    def wakes(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        since = entry.info.get("rests_since")
        if since is None or monotonic() - since < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", rests)
    event.listen(engine, "checkout", wakes)


def _sqlite_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}")
