"""What every test can ask for: an empty database on each engine, built by the migrations."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine

from meetinghub import migrations
from meetinghub.db import Database
from tests import postgres

_numbers = itertools.count(1)

# A busy machine must not fail a test: no example is timed, and slow generation is no fault of the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

TESTS = Path(__file__).parent
WHOLE = ("flows", "soak")


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``make test`` runs what is marked ``whole`` beside the rest: it waits more than it computes."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in WHOLE or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.whole)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running PostgreSQL server, holding a database ``template`` with our tables."""
    with postgres.server(_postgres_programs()) as server:
        _administer(server.url, "CREATE DATABASE template")
        migrations.upgrade(f"{server.url}/template")
        yield server.url


@pytest.fixture
def own_postgres() -> Iterator[postgres.Server]:
    """A server of the test's own, to be stopped and started, with an empty database ``own``."""
    made = postgres.Server(_postgres_programs())
    made.start()
    _administer(made.url, "CREATE DATABASE own")
    yield made
    with contextlib.suppress(subprocess.CalledProcessError):
        made.stop()
    made.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with our tables and no rows, once for each engine."""
    if request.param == "sqlite":
        path = tmp_path / "meetinghub.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"test_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
    yield f"{server}/{name}"
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with our tables and no rows, once for each engine."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite only, for tests whose subject is not the database."""
    path = tmp_path / "meetinghub.sqlite"
    shutil.copy(sqlite_template, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


def _postgres_programs() -> Path:
    folder = postgres.binaries()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
    return folder


def _administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
