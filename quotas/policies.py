"""Versions of the rules: drafting, trying out on what was, switching on, taking back before they begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import quotas as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from quotas import document, store
from quotas.period import local_day
from quotas.policy import (
    CallApproval,
    Ceiling,
    ExemptKinds,
    Filing,
    NoMeetingDays,
    Policy,
    Quota,
    Rule,
    SpeechCap,
    Status,
    in_force,
)
from quotas.replay import Asked, Comparison, Entered, Event, compare
from quotas.service import Quotas
from quotas.store import Version

TRIED_ON = timedelta(days=183)
"""How much of the past a draft is tried on."""
COUNTED_BEFORE = timedelta(days=366)
"""Meetings before that still use up what counts by the year."""
MOST_AT_ONCE = 500
"""Meetings that a preview lets charges catch up with; the worker does the rest."""
LONGEST_NOTE = 200
_LEADS = ("secretary", "director")
SUGGESTED: tuple[Rule, ...] = (
    ExemptKinds("exempt", ("statutory", "emergency", "passed_on")),
    CallApproval("calls", _LEADS),
    Quota("line-quota", not_roles=_LEADS),
    Ceiling("ceiling", _LEADS),
    NoMeetingDays("days", weekdays=(1,)),
    Filing("filing"),
    SpeechCap("speech"),
)
"""What a first draft holds, to be changed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A version tried on the meetings held between two days, beside the rules as they were."""

    version: Version
    first: date
    until: date
    comparison: Comparison


class Policies:
    def __init__(self, database: Database, clock: Clock, quotas: Quotas) -> None:
        self._database = database
        self._clock = clock
        self._quotas = quotas

    async def versions(self) -> list[Version]:
        """Newest first."""
        return await self._database.read(store.versions)

    async def version(self, number: int) -> Version:
        return await self._database.read(_version, number)

    async def draft(self, *, like: int | None, actor: str) -> int:
        """A new draft, a copy of version ``like`` or, without one, of what is in force; its number."""
        now = self._clock.now()

        def write(db: Db) -> int:
            known = _version(db, like).policy if like is not None else in_force(store.active(db), local_day(now))
            return store.add_version(db, known.rules if known else SUGGESTED, note="", by=actor, now=now)

        return await self._database.write(write)

    async def change(self, number: int, *, revision: int, rules: Sequence[Rule], note: str) -> None:
        """Raises :class:`Stale` when somebody changed the draft since ``revision`` was read."""
        values = {"rules": document.text(rules), "note": note, "changed_at": self._clock.now()}
        await self._database.write(partial(_change_draft, number=number, revision=revision, values=values))

    async def drop(self, number: int) -> None:
        """Throw a draft away."""

        def write(db: Db) -> None:
            _draft(db, number)
            store.delete_draft(db, number)

        await self._database.write(write)

    async def switch_on(self, number: int, *, revision: int, since: date, actor: str) -> None:
        """From ``since`` on meetings are judged by it; what was decided stays decided."""
        now = self._clock.now()
        if since < local_day(now):
            raise Invalid(fields={"since": "policy.since_past"})

        def write(db: Db) -> None:
            ledger.take(db)
            rules = _draft(db, number).policy.rules
            if not rules:
                raise Refused("policy.empty")
            values = {
                "status": Status.ACTIVE.value,
                "effective_from": since,
                "switched_on_by": actor,
                "switched_on_at": now,
            }
            _change_draft(db, number=number, revision=revision, values=values)
            digest = sha256(document.text(rules).encode()).hexdigest()
            _say(db, facts.PolicySwitchedOn(number, since.isoformat(), digest), now, actor)

        await self._database.write(write)

    async def withdraw(self, number: int, *, actor: str) -> None:
        """Take a version back that has not begun yet."""
        now = self._clock.now()

        def write(db: Db) -> None:
            ledger.take(db)
            known = _version(db, number)
            begins = known.policy.effective_from
            if known.policy.status is not Status.ACTIVE or begins is None or begins <= local_day(now):
                raise Refused("policy.begun")
            values = {"status": Status.RETIRED.value, "retired_at": now}
            if not store.change_version(db, number, revision=known.revision, values=values):
                raise Stale("policy.changed_meanwhile")
            _say(db, facts.PolicyWithdrawn(number), now, actor)

        await self._database.write(write)

    async def preview(self, number: int) -> Preview:
        """What the version would have said of the past half-year's meetings, beside what the rules said then."""
        now = self._clock.now()
        await self._database.write(partial(self._quotas.settle, now=now, most=MOST_AT_ONCE))
        return await self._database.read(partial(self._preview, number=number, now=now))

    async def try_out(self, rules: tuple[Rule, ...]) -> Preview:
        """The same of rules that are written down nowhere."""
        now = self._clock.now()
        await self._database.write(partial(self._quotas.settle, now=now, most=MOST_AT_ONCE))
        tried = Version(Policy(0, rules), "", 0, "", now, now, "", None, None)
        return await self._database.read(partial(self._tried, version=tried, now=now))

    def _preview(self, db: Db, number: int, now: datetime) -> Preview:
        return self._tried(db, _version(db, number), now)

    def _tried(self, db: Db, version: Version, now: datetime) -> Preview:
        known, tried = store.active(db), version.policy
        comparison = compare(
            history(db, now),
            lambda asked: in_force(known, asked.wish.day),
            lambda asked: tried,
            self._quotas.workdays(db),
        )
        return Preview(version, local_day(now - TRIED_ON), local_day(now), comparison)


def history(db: Db, now: datetime) -> list[Event]:
    """The past half-year's meetings as wishes, in the order in which they were asked for; those before are entered."""
    first = now - TRIED_ON
    held = store.between(db, first - COUNTED_BEFORE, now)
    before: list[Event] = [Entered(at, each.id, each.wish) for each, at in held if each.wish.starts_at < first]
    asked = [Asked(at, each.id, each.wish) for each, at in held if each.wish.starts_at >= first]
    return [*before, *sorted(asked, key=lambda each: (each.at, each.charge))]


def _version(db: Db, number: int) -> Version:
    found = next((each for each in store.versions(db) if each.policy.number == number), None)
    if found is None:
        raise NotFound("policy.not_found")
    return found


def _draft(db: Db, number: int) -> Version:
    found = _version(db, number)
    if found.policy.status is not Status.DRAFT:
        raise Refused("policy.not_draft")
    return found


def _change_draft(db: Db, number: int, revision: int, values: Mapping[str, Any]) -> None:
    _draft(db, number)
    if not store.change_version(db, number, revision=revision, values=values):
        raise Stale("policy.changed_meanwhile")


def _say(db: Db, payload: Payload, now: datetime, actor: str) -> None:
    ledger.append(db, [NewFact(payload)], meeting_id=None, at=now, actor=actor)
