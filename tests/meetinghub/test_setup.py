"""Filling an installation, and opening a demonstration to other PCs."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from meetinghub import demo, migrations, setup
from meetinghub.config import Config, ConfigError, from_env
from meetinghub.db import Database
from meetinghub.people import store
from meetinghub.people.passwords import Passwords


@pytest.fixture
def config(tmp_path: Path) -> Config:
    found = from_env({"DATA_DIR": str(tmp_path)})
    migrations.upgrade(found.database_url)
    return found


def test_the_demonstration_is_filled_once_and_has_a_meeting_today(config: Config) -> None:
    setup.fill_demo(config)
    setup.fill_demo(config)
    database = Database(config.database_url)
    assert database.read_now(store.has_demo_accounts)
    assert len(database.read_now(store.accounts)) == len(demo.usernames())
    database.close()


def test_the_demonstration_is_never_put_where_strangers_can_reach_it(tmp_path: Path) -> None:
    config = from_env({"DATA_DIR": str(tmp_path), "HOST": "0.0.0.0"})
    migrations.upgrade(config.database_url)
    with pytest.raises(ConfigError, match="HOST"):
        setup.fill_demo(config)


async def test_opening_to_the_office_gives_each_account_its_own_password(config: Config) -> None:
    await asyncio.to_thread(setup.fill_demo, config)  # a command: it runs a loop of its own
    setup.open_to_office(config)
    path = config.data_dir / "passwords.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    given = dict(line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    assert sorted(given) == sorted(demo.usernames())
    assert len(set(given.values())) == len(given)
    database, passwords = Database(config.database_url), Passwords()
    assert not database.read_now(store.has_demo_accounts)
    for username in ("chair", "site-29"):
        found = database.read_now(store.account_named, username)
        assert found is not None
        assert await passwords.matches(found[1], given[username])
        assert not await passwords.matches(found[1], demo.PASSWORD)
    passwords.close()
    database.close()
    demo.refuse_strangers(from_env({"DATA_DIR": str(config.data_dir), "HOST": "0.0.0.0"}), demo=False)
    with pytest.raises(ConfigError, match="no demonstration accounts"):
        setup.open_to_office(config)


def test_the_first_administrator_is_asked_for_on_the_terminal(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Boss", "Somebody"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda _: "a long password")
    setup.add_administrator(config)
    database = Database(config.database_url)
    found = database.read_now(store.account_named, "boss")
    assert found is not None
    assert not found[0].demo
    assert [right.value for right in found[0].rights] == ["administrator"]
    database.close()
    answers = iter(["boss", "Somebody"])
    with pytest.raises(ConfigError, match="exists"):
        setup.add_administrator(config)
