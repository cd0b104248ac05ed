"""Asking for a sitting, exactly once, and everything that becomes of it.

Every method belongs to the caller's writing transaction, so that decision, rows and facts cannot be separated from
whatever else the caller writes. The ledger's head is the lock (:func:`meetinghub.ledger.store.take`): whoever holds it
is the only one who counts and writes, on SQLite and on PostgreSQL, across threads, processes and machines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.errors import NotFound, Refused
from meetinghub.ledger import quotas as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from quotas import charge as charges
from quotas import log, store
from quotas.assess import Workdays, assess, next_day
from quotas.charge import Charge, State
from quotas.finding import Assessment, Outcome
from quotas.metering import NEWS, Meter, catch_up
from quotas.policy import Policy, in_force
from quotas.wish import Wish

HELD_FOR = timedelta(days=14)
"""How long a hold waits for a decision, at most until the meeting would begin."""
SWEPT = 100
"""Expired holds that one transaction marks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``charge`` is what is held or charged now, under ``key``; None when the wish was refused and nothing was held
    before."""

    assessment: Assessment
    charge: Charge | None
    key: str = ""

    @property
    def refused(self) -> bool:
        return self.assessment.outcome is Outcome.REFUSED


def not_refused(found: Assessment) -> bool:
    return found.outcome is not Outcome.REFUSED


class _AllOrNothing:
    """Takes back what was written in it unless every one of ``answers`` passes."""

    def __init__(self, db: Db, passes: Callable[[Assessment], bool] = not_refused) -> None:
        self._savepoint = db.begin_nested()
        self._passes = passes
        self.answers: list[Answer] = []

    def __enter__(self) -> _AllOrNothing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and all(self._passes(answer.assessment) for answer in self.answers):
            self._savepoint.commit()
            return
        self._savepoint.rollback()
        self.answers = [Answer(answer.assessment, None) for answer in self.answers]


class Quotas:
    """``workdays`` reads the table of working days; ``meter`` says what a planned meeting takes."""

    def __init__(self, workdays: Callable[[Db], Workdays], meter: Meter) -> None:
        self.workdays = workdays
        self._meter = meter

    def look(self, db: Db, wish: Wish, *, now: datetime, key: str | None = None) -> Assessment:
        """What the rules say as things stand; nothing is held. ``key``: its own charge does not stand in its way."""
        own = store.charge_of(db, key) if key is not None else None
        return self._assess(db, wish, now, ignoring=own.id if own else None)

    def ask(self, db: Db, wish: Wish, *, key: str, now: datetime, actor: str) -> Answer:
        """Count, judge and, unless refused, hold. Asking again under the same ``key`` asks for the same charge: it is
        judged as if it were not there and then takes the new wish's shape; a refusal leaves it as it was."""
        news, keyed, active = ledger.take_and_ask(db, NEWS, store.by_key(key), store.ACTIVE)
        if news:
            catch_up(db, self._meter, now=now)
            known = store.charge_of(db, key)
        else:
            known = store.charge_in(keyed)
        if known is not None and known.state is State.CHARGED:
            raise Refused("quota.charged_already")
        until = min(now + HELD_FOR, wish.starts_at)
        new = Charge(known.id if known else 0, wish, State.HELD, until)
        return self._answer(db, new, known, key=key, now=now, actor=actor, active=store.active_in(active))

    def look_series(self, db: Db, wishes: Sequence[Wish], *, key: str, now: datetime) -> list[Assessment]:
        """What the rules say of each of ``wishes``, by date, over those before it; nothing is held. What ``key`` holds
        does not stand in its way."""
        own = {each.id for each in store.series(db, key)}
        versions, workdays = store.active(db), self.workdays(db)
        found: list[Assessment] = []
        granted: list[Charge] = []
        for number, wish in enumerate(sorted(wishes, key=_by_start), start=1):
            policy = in_force(versions, wish.day)
            rows = store.usage(db, wish, policy) if policy is not None else []
            usage = [each for each in rows if each.id not in own]
            said = assess([*usage, *granted], wish, policy, now=now, workdays=workdays)
            found.append(said)
            if not_refused(said):
                granted.append(Charge(-number, wish, State.HELD))
        return found

    def ask_series(
        self,
        db: Db,
        wishes: Sequence[Wish],
        *,
        key: str,
        since: datetime,
        now: datetime,
        actor: str,
        anew: bool = False,
    ) -> list[Answer]:
        """Make what is held under ``key`` from ``since`` on what ``wishes`` say, all or nothing.

        Each occurrence is judged over those before it and charged in its own period; when one is refused, everything
        stays as it was. An occurrence that does not change is not asked for again, unless ``anew``: the rules may have
        changed since.
        """
        self._begin(db, now)
        known = store.series(db, key)
        edit = charges.edit_series([] if anew else known, wishes, since=since)
        released = [each for each in known if each.wish.starts_at >= since] if anew else edit.released
        with _AllOrNothing(db) as attempt:
            for each in released:
                self._give_back(db, each, "given_back", now=now, actor=actor)
            for wish in sorted(edit.asked, key=_by_start):
                name = charges.key_of(key, wish.starts_at)
                attempt.answers.append(self._hold_one(db, wish, name, key, now, actor))
        return attempt.answers

    def reschedule(
        self,
        db: Db,
        key: str,
        *,
        moved: Mapping[int, datetime],
        dropped: Collection[int] = (),
        added: Sequence[Wish] = (),
        passes: Callable[[Assessment], bool] = not_refused,
        now: datetime,
        actor: str,
    ) -> list[Answer]:
        """Planned meetings of a series go to other times (``moved``), fall away, or come to it; all or nothing.

        Everything that changes is given back first, then each is judged where it goes, by date: so a whole series may
        move one place on without standing in its own way. What is ``added`` is held under ``key``, to be committed.
        """
        self._begin(db, now)
        own = {each: self._own(db, each) for each in (*moved, *dropped)}
        asked = [(starts_at, own[meeting]) for meeting, starts_at in moved.items()]
        with _AllOrNothing(db, passes) as attempt:
            for known in filter(None, own.values()):
                self._give_back(db, known, "rescheduled", now=now, actor=actor)
            wanted: list[tuple[datetime, Charge | Wish]] = [(at, known) for at, known in asked if known is not None]
            for starts_at, each in sorted(
                [*wanted, *((wish.starts_at, wish) for wish in added)], key=lambda one: one[0]
            ):
                if isinstance(each, Wish):
                    name = _free_name(db, charges.key_of(key, starts_at))
                    attempt.answers.append(self._hold_one(db, each, name, key, now, actor))
                else:
                    new = replace(charges.move(each, starts_at), series=key)
                    attempt.answers.append(self._answer(db, new, each, key="", now=now, actor=actor))
        return attempt.answers

    def commit(self, db: Db, key: str, *, meeting: int, now: datetime, actor: str) -> Charge:
        """The hold became ``meeting``. Its rules are asked again when it expired meanwhile; :class:`Refused` then."""
        (charged,) = self.commit_all(db, {key: meeting}, now=now, actor=actor)
        return charged

    def commit_all(self, db: Db, meetings: Mapping[str, int], *, now: datetime, actor: str) -> list[Charge]:
        """The holds under these keys became these meetings."""
        ledger.take(db)
        for key, meeting in meetings.items():
            held = self._known(db, key)
            if held.state is State.HELD:
                # It may have been planned in this very transaction: whatever follows meetings must find its charge.
                store.put_charge(db, replace(held, wish=replace(held.wish, meeting=meeting)))
            elif held.state is not State.CHARGED or held.wish.meeting != meeting:
                raise Refused("quota.not_held")
        self._begin(db, now)
        return [self._commit(db, key, meeting, now, actor) for key, meeting in meetings.items()]

    def _commit(self, db: Db, key: str, meeting: int, now: datetime, actor: str) -> Charge:
        held = self._known(db, key)
        if held.state is State.CHARGED:
            return held
        if not held.counts(now):
            again = replace(held, hold_expires_at=held.wish.starts_at)
            if self._answer(db, again, held, key=key, now=now, actor=actor).refused:
                raise Refused("quota.filled_up")
        charged = charges.commit(held, meeting)
        store.put_charge(db, charged)
        self._say(db, facts.QuotaCharged(charged.id, meeting), meeting, now, actor)
        return charged

    def release(self, db: Db, key: str, *, now: datetime, actor: str) -> None:
        """Give back what is held or charged under ``key``, by itself or as a series; nothing when there is none."""
        self._begin(db, now)
        known = store.charge_of(db, key)
        for each in (*((known,) if known is not None else ()), *store.series(db, key)):
            if each.state is not State.RELEASED:
                self._give_back(db, each, "given_back", now=now, actor=actor)

    def next_day(self, db: Db, day: date) -> date | None:
        """The next working day after ``day`` on which no rule forbids meetings."""
        return next_day(day, store.active(db), self.workdays(db))

    def move(self, db: Db, key: str, starts_at: datetime, *, now: datetime, actor: str) -> Answer:
        """Hold or charge it for another time, in that time's period and by that day's rules; refused, it stays."""
        self._begin(db, now)
        known = self._known(db, key)
        if known.state is State.RELEASED:
            raise Refused("quota.not_held")
        moved = charges.move(known, starts_at)
        if known.state is State.HELD:
            moved = replace(moved, hold_expires_at=min(now + HELD_FOR, starts_at))
        return self._answer(db, moved, known, key=key, now=now, actor=actor)

    def expire(self, db: Db, *, now: datetime) -> int:
        """Mark holds that count no more as given back; how many. They stopped counting by themselves."""
        due = store.expired(db, now, most=SWEPT)
        if due:
            ledger.take(db)
            for held in store.expired(db, now, most=SWEPT):
                self._give_back(db, held, "expired", now=now, actor="")
        return len(due)

    def settle(self, db: Db, *, now: datetime, most: int) -> int:
        """Let charges follow what was said of meetings since; how many meetings were looked at."""
        ledger.take(db)
        return catch_up(db, self._meter, now=now, most=most)

    def _begin(self, db: Db, now: datetime) -> None:
        """Become the only one who counts, over charges that follow all that was said of meetings."""
        ledger.take(db)
        catch_up(db, self._meter, now=now)

    def _assess(
        self, db: Db, wish: Wish, now: datetime, ignoring: int | None, active: Sequence[Policy] | None = None
    ) -> Assessment:
        policy: Policy | None = in_force(store.active(db) if active is None else active, wish.day)
        usage = store.usage(db, wish, policy) if policy is not None else []
        return assess(usage, wish, policy, now=now, workdays=self.workdays(db), ignoring=ignoring)

    def _answer(
        self,
        db: Db,
        new: Charge,
        known: Charge | None,
        *,
        key: str,
        now: datetime,
        actor: str,
        active: Sequence[Policy] | None = None,
    ) -> Answer:
        """Judge ``new`` in place of ``known`` and write what follows. ``active``: the versions, where known."""
        found = self._assess(db, new.wish, now, ignoring=known.id if known else None, active=active)
        refused = found.outcome is Outcome.REFUSED
        if not refused and known is None:
            new = replace(new, id=store.add_charge(db, new, key=key, policy=found.policy, by=actor, now=now))
        elif not refused:
            store.put_charge(db, new, policy=found.policy)
        self._say(db, log.decided(new, found, refused=refused), new.wish.meeting, now, actor)
        return Answer(found, known if refused else new, key)

    def _hold_one(self, db: Db, wish: Wish, name: str, series: str, now: datetime, actor: str) -> Answer:
        before = store.charge_of(db, name)
        until = min(now + HELD_FOR, wish.starts_at)
        new = Charge(before.id if before else 0, wish, State.HELD, until, series=series)
        return self._answer(db, new, before, key=name, now=now, actor=actor)

    @staticmethod
    def _own(db: Db, meeting: int) -> Charge | None:
        """What a planned meeting is charged with for its host."""
        return next((part.charge for part in store.parts_of(db, meeting) if part.charge.wish.own), None)

    def _give_back(self, db: Db, known: Charge, why: str, *, now: datetime, actor: str) -> None:
        store.put_charge(db, charges.release(known))
        self._say(db, facts.QuotaReleased(known.id, why), known.wish.meeting, now, actor)

    @staticmethod
    def _known(db: Db, key: str) -> Charge:
        known = store.charge_of(db, key)
        if known is None:
            raise NotFound("quota.not_found")
        return known

    @staticmethod
    def _say(db: Db, payload: Payload, meeting: int | None, now: datetime, actor: str) -> None:
        ledger.append(db, [NewFact(payload)], meeting_id=meeting, at=now, actor=actor)


def _free_name(db: Db, name: str) -> str:
    """One under which nothing was ever asked for: a sitting that moved away keeps the name it was asked for under."""
    tried, number = name, 1
    while store.charge_of(db, tried) is not None:
        number += 1
        tried = f"{name}:{number}"
    return tried


def _by_start(wish: Wish) -> datetime:
    return wish.starts_at
