"""Which shape the database has and which it needs, without loading what changes it: every start waits for this."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from urllib.parse import unquote

from meetinghub.config import ConfigError

VERSIONS = Path(__file__).parent / "migrations" / "versions"
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"', re.MULTILINE)


def head() -> str:
    """The newest revision: the one that no other follows."""
    known: set[str] = set()
    followed: set[str] = set()
    for path in VERSIONS.glob("*.py"):
        for kind, name in _REVISION.findall(path.read_text(encoding="utf-8")):
            (known if kind == "revision" else followed).add(name)
    (newest,) = known - followed
    return newest


def peek(url: str, statement: str) -> object | None:
    """The first value that ``statement`` finds; None when there is no row, no table or no database file yet.

    Raises :class:`ConfigError` when the database does not answer.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        path = Path(unquote(rest.removeprefix("/").partition("?")[0]))
        if not path.is_file():
            return None
        connection = sqlite3.connect(path, timeout=10)
        try:
            row = connection.execute(statement).fetchone()
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return None
            raise _away(error) from error
        finally:
            connection.close()
    else:
        import psycopg  # only where it is used: it takes a while to load

        try:
            with psycopg.connect(f"postgresql://{rest}", connect_timeout=10) as server:
                row = server.execute(statement.encode()).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        except psycopg.OperationalError as error:
            raise _away(error) from error
    return row[0] if row else None


def revision(url: str) -> str | None:
    """The database's revision; None when it is empty."""
    found = peek(url, "SELECT version_num FROM alembic_version")
    return None if found is None else str(found)


def require_current(url: str) -> None:
    """Raise :class:`ConfigError` unless the database has exactly the shape this version needs."""
    at, needed = revision(url), head()
    if at != needed:
        raise ConfigError(
            [
                f"数据库是 {at or '空'} 版，需要 {needed} 版：请先运行 python -m meetinghub migrate。"
                f"The database is at revision {at or 'none'} and must be at {needed}: run python -m meetinghub migrate."
            ]
        )


def _away(error: Exception) -> ConfigError:
    return ConfigError([f"DATABASE_URL 连不上数据库：{error}。DATABASE_URL the database does not answer."])
