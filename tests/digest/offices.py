"""Departments that write items, the host office, and the services that they write through."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session as Db

from digest.item_service import Items
from digest.settings import Settings
from digest.settings_store import put
from meetinghub.db import Database
from meetinghub.files.shelf import Shelf
from meetinghub.ids import DepartmentId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, Payload
from meetinghub.people.model import Right
from tests.meetinghub.agendas import hosted
from tests.meetinghub.meetings.planned import SetClock

CIVIL, SAFETY = hosted.account(hosted.CIVIL), hosted.account(hosted.SAFETY)
HOST = hosted.account(hosted.HOST, Right.HOST)
KINDS = tuple(each for each in FactKind if each.value.startswith("notice:"))


def office(db: Db) -> None:
    """Four departments, the first of which is the host office, and three committees."""
    hosted.register(db)
    put(db, Settings(host=DepartmentId(hosted.HOST), revision=1))


def items(database: Database, folder: Path, clock: SetClock) -> Items:
    return Items(database, clock, Shelf(folder / "files"))


def facts(database: Database) -> list[Payload]:
    """What the ledger says of the notice, oldest first."""
    return [each.payload for each in database.read_now(ledger.of_kinds, KINDS)]
