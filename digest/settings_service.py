"""How the weekly notice is run, changed by the host office or the administrator. One call is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlmodel import Session as Db

from digest import schedule, settings_store
from digest.settings import Pause, Settings
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, Stale
from meetinghub.ids import DepartmentId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.people import store as people
from meetinghub.people.model import Account, Department, Right
from meetinghub.workdays.store import workdays

MOST_DAYS = 5
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Look:
    """The settings with what can be chosen, and the moments that follow from them. ``deputies``: accounts of the
    street office."""

    settings: Settings
    coming: schedule.Plan
    departments: tuple[Department, ...]
    deputies: tuple[Account, ...]

    def department(self, number: DepartmentId | None) -> str:
        return next((each.name for each in self.departments if each.id == number), "")

    def name(self, username: str) -> str:
        return next((each.name for each in self.deputies if each.username == username), username)


class NoticeSettings:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def now(self) -> Settings:
        return await self._database.read(settings_store.settings)

    async def look(self, account: Account) -> Look:
        """Raises :class:`Forbidden` for whoever does not run the notice."""
        return await self._database.read(partial(self._look, account=account))

    async def change(self, account: Account, wanted: Settings, *, revision: int) -> None:
        """Put ``wanted`` in their place; its revision and pause are not looked at. Raises :class:`Invalid` field by
        field, and :class:`Stale` when somebody else has changed revision ``revision``."""

        def change(db: Db, current: Settings) -> tuple[Settings, Payload]:
            problems = _problems(wanted, set(_departments(db)), {each.username for each in _deputies(db)})
            if problems:
                raise Invalid(fields=problems)
            if revision != current.revision:
                raise Stale("notice_settings.changed_meanwhile")
            put = replace(wanted, paused=current.paused)
            return put, n.NoticeSettingsChanged(said(put))

        await self._write(account, change)

    async def pause(self, account: Account, reason: str) -> None:
        """From now on nothing is sent until :meth:`resume`; mails that are owed already still go out."""

        def change(_: Db, current: Settings) -> tuple[Settings, Payload] | None:
            if current.paused is not None:
                return None
            pause = Pause(account.username, self._clock.now(), reason)
            return replace(current, paused=pause), n.NoticePaused(True, reason)

        if not reason or len(reason) > LONGEST_REASON:
            raise Invalid(fields={"reason": "notice_settings.reason_missing" if not reason else "form.too_long"})
        await self._write(account, change)

    async def resume(self, account: Account) -> None:
        def change(_: Db, current: Settings) -> tuple[Settings, Payload] | None:
            if current.paused is None:
                return None
            return replace(current, paused=None), n.NoticePaused(False, "")

        await self._write(account, change)

    async def _write(self, account: Account, change: Callable[[Db, Settings], tuple[Settings, Payload] | None]) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            current = settings_store.settings(db)
            must_run(current, account)
            made = change(db, current)
            if made is not None:
                settings_store.put(db, replace(made[0], revision=current.revision + 1))
                note(db, made[1], at=self._clock.now(), by=account)

        await self._database.write(write)

    def _look(self, db: Db, *, account: Account) -> Look:
        settings = settings_store.settings(db)
        must_run(settings, account)
        coming = schedule.next_to_send(self._clock.now(), workdays(db), settings)
        return Look(settings, coming, tuple(people.departments(db)), tuple(_deputies(db)))


def runs(settings: Settings, account: Account) -> bool:
    """Whether an account looks after sending: the host office, its deputy, the administrator."""
    return account.device is None and (account.may(Right.ADMINISTRATOR) or settings.edits(account))


def must_run(settings: Settings, account: Account) -> None:
    if not runs(settings, account):
        raise Forbidden("access.denied")


def note(db: Db, fact: Payload, *, at: datetime, by: Account) -> None:
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=at, actor=by.username)


def said(settings: Settings) -> tuple[str, ...]:
    """Name and value of each, for the fact."""
    return (
        f"host={settings.host or ''}",
        f"deputy={settings.deputy}",
        f"deadline_days={settings.deadline_days}",
        f"deadline={settings_store.written(settings.deadline)}",
        f"warn={settings_store.written(settings.warn)}",
        f"send={settings_store.written(settings.send)}",
        f"remind={settings_store.written(settings.remind)}",
        f"unapproved={settings.unapproved.value}",
        f"roles={','.join(each.value for each in settings.roles)}",
    )


def _problems(wanted: Settings, departments: set[DepartmentId], deputies: set[str]) -> dict[str, str]:
    found = {}
    if wanted.host is not None and wanted.host not in departments:
        found["host"] = "notice_settings.no_such_department"
    if wanted.deputy and wanted.deputy not in deputies:
        found["deputy"] = "notice_settings.no_such_account"
    if not 0 <= wanted.deadline_days <= MOST_DAYS:
        found["deadline_days"] = "notice_settings.days_out_of_range"
    elif wanted.deadline_days == 0 and wanted.deadline >= wanted.warn:
        found["deadline"] = "notice_settings.deadline_after_warning"
    if wanted.warn >= wanted.send:
        found["warn"] = "notice_settings.warning_after_sending"
    if wanted.send >= schedule.LATEST:
        found["send"] = "notice_settings.sent_too_late"
    return found


def _departments(db: Db) -> list[DepartmentId]:
    return [each.id for each in people.departments(db)]


def _deputies(db: Db) -> list[Account]:
    return [each for each in people.accounts(db) if each.committee is None]
