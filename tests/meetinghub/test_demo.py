"""The demonstration's people and accounts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meetinghub import demo
from meetinghub.config import ConfigError, from_env
from meetinghub.db import Database
from meetinghub.people import store
from meetinghub.people.model import Right, Role

NOW = datetime(2026, 11, 26, 5, 50, tzinfo=UTC)


def test_the_street_has_its_departments_committees_people_and_accounts(database: Database) -> None:
    assert database.write_now(demo.fill, now=NOW, password_hash="x")
    with database.reader.connect():
        departments = database.read_now(store.departments)
        committees = database.read_now(store.committees)
        people = database.read_now(store.people)
        accounts = database.read_now(store.accounts)
    assert [each.name for each in departments][:4] == ["自治办", "党建办", "民政科", "平安办"]
    assert len(departments) == 14
    assert [each.seat for each in committees] == list(range(1, 34))
    assert committees[3].name == "云杉里"
    assert committees[28].name == "棠梨里"
    assert sorted(each.username for each in accounts) == sorted(demo.usernames())
    assert len(accounts) == 6 + 14 + 33
    assert all(each.demo for each in accounts)
    assert len({each.name for each in people}) == len(people)
    roles = Counter(role for each in people for role in each.roles)
    assert roles[Role.SECRETARY] == roles[Role.DIRECTOR] == roles[Role.OPERATOR] == 33
    assert roles[Role.LINE_WORKER] == 4 * 33


def test_a_site_account_knows_its_seat_and_its_operator_has_a_telephone(database: Database) -> None:
    database.write_now(demo.fill, now=NOW, password_hash="x")
    found = database.read_now(store.account_named, "site-21")
    assert found is not None
    account = found[0]
    assert (account.seat, account.unit, account.name) == (21, "和风二村居委会", "顾念安")
    assert account.rights == {Right.SITE}
    assert account.committee is not None
    operator = database.read_now(store.people, committee=account.committee, role=Role.OPERATOR)
    assert [each.phone for each in operator] == ["199 0000 0121"]


def test_filling_a_used_database_changes_nothing(database: Database) -> None:
    assert database.write_now(demo.fill, now=NOW, password_hash="x")
    assert not database.write_now(demo.fill, now=NOW, password_hash="y")
    found = database.read_now(store.account_named, "admin")
    assert found is not None
    assert found[1] == "x"


def test_public_passwords_are_refused_on_any_other_address(tmp_path: Path) -> None:
    everywhere = from_env({"DATA_DIR": str(tmp_path), "HOST": "0.0.0.0"})
    demo.refuse_strangers(everywhere, demo=False)
    with pytest.raises(ConfigError, match="HOST"):
        demo.refuse_strangers(everywhere, demo=True)
    demo.refuse_strangers(from_env({"DATA_DIR": str(tmp_path)}), demo=True)
