"""The migrations, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from meetinghub import migrations
from meetinghub.db import Database


def test_tables_in_code_and_in_the_migrated_database_are_the_same(database_url: str) -> None:
    migrations.check(database_url)


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    migrations.upgrade(database_url)
    migrations.check(database_url)


def test_every_revision_can_be_taken_back_and_applied_again(database_url: str) -> None:
    migrations.downgrade(database_url, "base")
    engine = create_engine(database_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    migrations.upgrade(database_url)
    migrations.check(database_url)


def test_a_failing_upgrade_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with pytest.raises(Exception, match="nowhere"):
        migrations.upgrade(url, "nowhere")
    database = Database(url)
    with database.reader.connect() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
