"""Asking with everything it needs of others."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.agendas.service import Agendas
from meetinghub.asking import submitting
from meetinghub.asking.clashes import Clashes
from meetinghub.asking.letters import Letters
from meetinghub.asking.ports import Post, Workdays
from meetinghub.asking.rescheduling import Rescheduler
from meetinghub.asking.service import Asking
from meetinghub.bridges.charging import quotas
from meetinghub.bridges.rides import PlannedRides
from meetinghub.bridges.rules import QuotaRules
from meetinghub.clock import Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.mail.links import Links
from meetinghub.words import all_words
from meetinghub.workdays.store import workdays


class Table:
    """The table of working days."""

    def workdays(self, db: Db) -> Workdays:
        return workdays(db)


class Expiring:
    """Requests whose day came before anybody decided."""

    every = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock, post: Post) -> None:
        self._database = database
        self._clock = clock
        self._rules = QuotaRules(quotas())
        self._post = post

    async def run(self) -> None:
        now = self._clock.now()
        await self._database.write(partial(submitting.expire, now=now, rules=self._rules, post=self._post))


def post_of(agendas: Agendas, config: Config) -> Letters:
    """Mails about requests, in the language of whom they go to."""
    clashes = Clashes(PlannedRides(agendas), Table())
    return Letters(all_words(), config.public_url, Links(config.secret_key), clashes)


def asking_of(database: Database, clock: Clock, agendas: Agendas, config: Config) -> Asking:
    rides, rules = PlannedRides(agendas), QuotaRules(quotas())
    return Asking(database, clock, rides, rules, Table(), post_of(agendas, config))


def rescheduler_of(database: Database, clock: Clock) -> Rescheduler:
    return Rescheduler(database, clock, QuotaRules(quotas()))
