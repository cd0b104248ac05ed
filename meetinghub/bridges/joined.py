"""Asking with everything it needs of others."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.agendas.service import Agendas
from meetinghub.asking.model import Request
from meetinghub.asking.ports import GRANTED, Assessed, Workdays
from meetinghub.asking.service import Asking
from meetinghub.bridges.rides import PlannedRides
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.workdays.store import workdays


class NoPolicy:
    """While no policy is in force nothing is forbidden, and nothing is counted."""

    def look(self, db: Db, request: Request, now: datetime) -> Assessed:
        return Assessed(GRANTED)

    def hold(self, db: Db, request: Request, now: datetime, actor: str) -> Assessed:
        return Assessed(GRANTED)

    def approve(self, db: Db, request: Request, meeting: int, now: datetime, actor: str) -> None:
        return

    def release(self, db: Db, request: Request, now: datetime, actor: str) -> None:
        return


class Table:
    """The table of working days."""

    def workdays(self, db: Db) -> Workdays:
        return workdays(db)


def asking_of(database: Database, clock: Clock, agendas: Agendas) -> Asking:
    return Asking(database, clock, PlannedRides(agendas), NoPolicy(), Table())
