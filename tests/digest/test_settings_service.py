"""Changing how the notice is run: by whom, what is refused, what the ledger says."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from digest.settings import Settings, Unapproved
from digest.settings_service import NoticeSettings
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, Stale
from meetinghub.ids import DepartmentId
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from meetinghub.people import store as people
from meetinghub.people.model import Account, Role
from tests.digest import boards, outgoing
from tests.digest.outgoing import SETTINGS
from tests.meetinghub.agendas.hosted import account
from tests.meetinghub.meetings.planned import SetClock

WANTED = replace(SETTINGS, send=time(9), warn=time(8), roles=(Role.SECRETARY,), unapproved=Unapproved.SEND)
CHANGED, PAUSED = FactKind.NOTICE_SETTINGS_CHANGED, FactKind.NOTICE_PAUSED


def named(database: Database, username: str) -> Account:
    found = database.read_now(people.account_named, username)
    assert found is not None
    return found[0]


def service(database: Database) -> NoticeSettings:
    database.write_now(outgoing.register)
    return NoticeSettings(database, SetClock(boards.FRIDAY))


@pytest.mark.parametrize("username", ["dept-01", "coordinator", "admin"])
async def test_host_office_deputy_and_administrator_change_them_with_a_fact(database: Database, username: str) -> None:
    settings = service(database)
    await settings.change(named(database, username), WANTED, revision=1)
    assert await settings.now() == replace(WANTED, revision=2)
    (fact,) = outgoing.facts(database, CHANGED)
    assert isinstance(fact, n.NoticeSettingsChanged)
    assert {"host=1", "send=09:00", "unapproved=send", "roles=secretary"} <= set(fact.settings)


async def test_nobody_else_looks_at_them_changes_them_or_stops_sending(database: Database) -> None:
    settings, stranger = service(database), account(3)
    for act in (
        settings.look(stranger),
        settings.change(stranger, WANTED, revision=1),
        settings.pause(stranger, "不想发"),
        settings.resume(stranger),
    ):
        with pytest.raises(Forbidden):
            await act
    assert await settings.now() == SETTINGS
    assert outgoing.facts(database, CHANGED, PAUSED) == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (replace(SETTINGS, host=DepartmentId(77)), "host"),
        (replace(SETTINGS, deputy="nobody"), "deputy"),
        (replace(SETTINGS, deadline_days=6), "deadline_days"),
        (replace(SETTINGS, deadline_days=0, deadline=time(7, 30)), "deadline"),
        (replace(SETTINGS, warn=time(8, 30)), "warn"),
        (replace(SETTINGS, send=time(17)), "send"),
    ],
)
async def test_what_cannot_work_is_refused_beside_its_field(database: Database, wanted: Settings, field: str) -> None:
    settings = service(database)
    with pytest.raises(Invalid) as refused:
        await settings.change(named(database, "admin"), wanted, revision=1)
    assert list(refused.value.fields) == [field]
    assert await settings.now() == SETTINGS


async def test_of_two_who_change_them_at_once_the_second_is_told(database: Database) -> None:
    settings, admin = service(database), named(database, "admin")
    await settings.change(admin, WANTED, revision=1)
    with pytest.raises(Stale):
        await settings.change(admin, SETTINGS, revision=1)
    assert (await settings.now()).send == time(9)


async def test_sending_is_paused_with_a_reason_once_and_resumed_once(database: Database) -> None:
    settings, admin = service(database), named(database, "admin")
    for reason in ("", "长" * 201):
        with pytest.raises(Invalid):
            await settings.pause(admin, reason)
    await settings.pause(admin, "服务器搬迁")
    await settings.pause(admin, "又一次")
    found = await settings.now()
    assert found.paused is not None
    assert (found.paused.by, found.paused.at, found.paused.reason) == ("admin", boards.FRIDAY, "服务器搬迁")
    await settings.change(admin, WANTED, revision=found.revision)
    assert (await settings.now()).paused == found.paused  # a change of times does not resume it
    for _ in range(2):
        await settings.resume(admin)
    assert (await settings.now()).paused is None
    assert outgoing.facts(database, PAUSED) == [n.NoticePaused(True, "服务器搬迁"), n.NoticePaused(False, "")]


async def test_the_page_says_when_the_next_issue_closes_and_goes_out(database: Database) -> None:
    look = await service(database).look(named(database, "admin"))
    assert look.coming.sends == outgoing.MONDAY
    assert look.coming.closes == boards.FRIDAY + timedelta(hours=2)
    assert look.department(DepartmentId(1)) == "自治办"
    assert look.name("coordinator") == "方予安"
    assert look.name("gone") == "gone"
    assert all(each.committee is None for each in look.deputies)
