"""Asking for the database's shape without the machinery that changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from meetinghub import migrations, schema
from meetinghub.config import ConfigError


def test_the_newest_revision_is_the_one_alembic_names(database_url: str) -> None:
    made = migrations.engine(database_url)
    with made.connect() as connection:
        assert schema.head() == ScriptDirectory.from_config(migrations.settings(connection)).get_current_head()
    made.dispose()
    assert schema.revision(database_url) == schema.head()
    schema.require_current(database_url)


def test_an_older_database_is_refused_with_what_to_do(database_url: str) -> None:
    migrations.downgrade(database_url, "0001")
    with pytest.raises(ConfigError, match="migrate"):
        schema.require_current(database_url)
    migrations.downgrade(database_url, "base")
    assert schema.revision(database_url) is None


def test_a_table_that_is_not_there_holds_nothing(database_url: str) -> None:
    assert schema.peek(database_url, "SELECT 1 FROM nothing_of_the_kind") is None
    assert schema.peek(database_url, "SELECT 1 FROM street_office") is None


def test_a_database_that_does_not_answer_is_a_problem_in_words(tmp_path: Path) -> None:
    assert schema.revision(f"sqlite:///{tmp_path / 'none.sqlite'}") is None
    (tmp_path / "bad.sqlite").write_text("this is no database" * 100)
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        schema.revision(f"sqlite:///{tmp_path / 'bad.sqlite'}")
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        schema.revision("postgresql+psycopg://nobody@127.0.0.1:9/none")
