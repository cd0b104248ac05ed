"""The demonstration's departments hand items in for the coming issue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aiohttp import web
from sqlmodel import Session as Db

from digest import item_store, settings_store
from digest.model import Audience, Kind, Notice, Wording
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.people import store as people
from meetinghub.people.model import Account
from web import keys
from web.digest import ITEMS
from web.notice_board import BOARDS


async def account(app: web.Application, username: str) -> Account:
    found = await app[keys.DATABASE].read(people.account_named, username)
    assert found is not None
    return found[0]


async def handed_in(app: web.Application, department: str, wording: Wording) -> Notice:
    who = await account(app, department)
    number = await app[ITEMS].begin(who, wording)
    return await app[ITEMS].submit(number, who)


async def full_board(app: web.Application) -> tuple[int, list[int]]:
    """The coming issue and its items, in the order in which they were handed in: two actions of one day of different
    departments, one of another day for 12 committees, two for information."""
    host = await account(app, "host")
    issue = await app[BOARDS].current(host)
    shown = await app[BOARDS].show(issue, host)
    assert shown.issue.send_at is not None
    day = shown.issue.send_at.astimezone(SHANGHAI).date()
    twelve = Audience(frozenset(CommitteeId(each) for each in range(1, 13)))
    said = [
        ("dept-04", Wording("入户排查独居老人用气安全", "先查软管和报警器。", Kind.ACTION, day + timedelta(days=2))),
        ("dept-03", Wording("独居老人冬季走访", "走访时一并看用气。", Kind.ACTION, day + timedelta(days=2))),
        ("dept-04", Wording("老旧小区消防通道自查", "", Kind.ACTION, day + timedelta(days=7), audiences=(twelve,))),
        ("dept-05", Wording("冬季流感疫苗接种点与时间", "接种点见附件。")),
        ("dept-07", Wording("区级文明小区评比不再收纸质材料")),
    ]
    made = [await handed_in(app, department, wording) for department, wording in said]

    def place(db: Db) -> None:
        """Whatever the hour at which this runs, they are not late."""
        for position, each in enumerate(made, 1):
            item_store.place(db, each.id, issue, position)

    await app[keys.DATABASE].write(place)
    return issue, [each.id for each in made]


async def run_by(app: web.Application, department: int) -> None:
    """Another host office than every department that may host."""

    def write(db: Db) -> None:
        found = settings_store.settings(db)
        settings_store.put(db, replace(found, host=DepartmentId(department), revision=1))

    await app[keys.DATABASE].write(write)
