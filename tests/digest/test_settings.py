"""How the notice is run: kept whole, and who may edit it."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from sqlmodel import Session as Db

from digest import settings_store
from digest.settings import Pause, Settings, Unapproved
from meetinghub.db import Database
from meetinghub.ids import AccountId, DepartmentId
from meetinghub.people.model import Account, Right, Role
from meetinghub.people.tables import DepartmentRow, StreetOfficeRow


def account(username: str, department: int | None, *rights: Right) -> Account:
    unit = DepartmentId(department) if department else None
    return Account(AccountId(1), username, "", frozenset(rights), unit, None, None, "", False)


def test_nobody_has_changed_anything_at_first(database: Database) -> None:
    assert database.read_now(settings_store.settings) == Settings()


def test_settings_are_read_as_they_were_put(database: Database) -> None:
    def fill(db: Db) -> None:
        db.add(StreetOfficeRow(id=1, name="清河湾街道"))
        db.flush()
        db.add(DepartmentRow(id=1, street_office_id=1, name="自治办", line="自治", position=1))

    database.write_now(fill)
    wanted = Settings(
        host=DepartmentId(1),
        deputy="coordinator",
        deadline_days=2,
        deadline=time(16),
        warn=time(7),
        send=time(9, 15),
        remind=time(8),
        unapproved=Unapproved.SEND,
        roles=(Role.SECRETARY,),
        paused=Pause("admin", datetime(2026, 11, 22, 3, tzinfo=UTC), "服务器搬迁"),
        revision=3,
    )
    for each in (wanted, Settings(revision=4)):
        database.write_now(settings_store.put, each)
        assert database.read_now(settings_store.settings) == each


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (account("dept-01", 1, Right.DEPARTMENT), True),
        (account("dept-01", 1, Right.LEADER), False),
        (account("dept-02", 2, Right.DEPARTMENT, Right.HOST), False),
        (account("coordinator", None, Right.COORDINATOR), True),
        (account("admin", None, Right.ADMINISTRATOR), False),
    ],
)
def test_the_host_office_and_its_deputy_edit(who: Account, may: bool) -> None:
    assert Settings(host=DepartmentId(1), deputy="coordinator").edits(who) is may


def test_while_no_host_office_is_named_those_who_host_meetings_edit() -> None:
    assert Settings().edits(account("dept-02", 2, Right.DEPARTMENT, Right.HOST))
    assert not Settings().edits(account("dept-03", 3, Right.DEPARTMENT))
