"""Series that are planned: one meeting of it, or that and the following, put off or called off; one transaction each.

The following become a series of their own, which takes over from the first ("end and begin anew", never RFC 5545's
THISANDFUTURE): what was held stays what it was. The rules are asked for every time that changes. An office that said
yes to the series need not say it again; one that did not is not passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlmodel import Session as Db

from meetinghub.asking import store
from meetinghub.asking.drafts import said
from meetinghub.asking.ports import REFUSED, Assessed, Rescheduling, SeriesRules
from meetinghub.asking.submitting import plan_at
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused
from meetinghub.ledger import series as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import course, recurrence, series_store
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.meetings.floor import Decision
from meetinghub.meetings.fold import fold
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.recurrence import Recurrence
from meetinghub.meetings.series import Series, Shift, Sitting, shift, step
from meetinghub.people.model import Account, Right


@dataclass(frozen=True, slots=True)
class Wanted:
    """From the meeting at ``place`` on. ``repeat`` None: that one only. ``evade``: what falls on a day without meetings
    goes to the next day with."""

    place: int
    day: date
    hour: time
    repeat: Recurrence | None
    reason: str
    evade: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """``series``: where the meeting stands now. ``done`` False: ``assessed`` says why nothing was changed."""

    series: int
    done: bool
    assessed: Assessed


def may_change(series: Series, account: Account) -> bool:
    """The department that asked for it, any of its people in place of one another, or the coordinator."""
    if account.may(Right.COORDINATOR):
        return True
    return account.may(Right.HOST, Right.DEPARTMENT) and account.department == series.department_id


class Rescheduler:
    def __init__(self, database: Database, clock: Clock, rules: SeriesRules) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules

    async def series(self, number: int) -> Series:
        """Raises :class:`NotFound` when there is no such series."""
        return await self._database.read(_series, number)

    async def change(self, number: int, account: Account, wanted: Wanted) -> Changed:
        act = partial(self._change, number=number, account=account, wanted=wanted)
        return await self._database.write(act)

    async def cancel(self, number: int, account: Account, *, place: int, following: bool, reason: str) -> Series:
        """Call off the meeting at ``place``, or also all that follow; what is charged for them is given back."""
        act = partial(self._cancel, number=number, account=account, place=place, following=following, reason=reason)
        return await self._database.write(act)

    def _change(self, db: Db, *, number: int, account: Account, wanted: Wanted) -> Changed:
        ledger.take(db)
        now, by = self._clock.now(), account.username
        found, first = _open(db, number, account, wanted.place)
        request = store.request(db, found.request_id)
        assert request is not None
        course.reason(wanted.reason)
        moments = self._moments(db, wanted, now)
        edit = _edit(found, first, wanted, moments)
        covered = frozenset((request.assessed or {}).get("approvers", ()))
        asked = Rescheduling(dict(edit.moved), edit.dropped, edit.added, covered)
        assessed, names = self._rules.reschedule(db, request, asked, now, by)
        if assessed.outcome == REFUSED or not set(assessed.approvers) <= covered:
            return Changed(number, False, assessed)
        for meeting, to in edit.moved:
            _say(db, meeting, partial(course.postpone, starts_at=to, reason=wanted.reason, now=now), now, by)
        for meeting in edit.dropped:
            _say(db, meeting, partial(course.cancel, reason=wanted.reason), now, by)
        added = plan_at(db, request, edit.added, now=now, actor=by)
        self._rules.commit(db, {names[starts_at]: meeting for starts_at, meeting in added}, now, by)
        at = self._file(db, found, first, wanted, edit, added, now, by)
        changed = p.SeriesChanged(
            number, at, first.meeting, recurrence.rule(wanted.repeat, wanted.day) if wanted.repeat else "",
            tuple(meeting for meeting, _ in edit.moved), edit.dropped, tuple(meeting for _, meeting in added),
            wanted.reason.strip(),
        )  # fmt: skip
        said(db, changed, now, by)
        return Changed(at, True, assessed)

    def _moments(self, db: Db, wanted: Wanted, now: datetime) -> list[datetime]:
        """When it is to be held, none of them on a day without meetings if those are evaded."""
        days: tuple[date, ...] = (wanted.day,)
        if wanted.repeat is not None:
            if problems := recurrence.problems(wanted.repeat, wanted.day):
                raise Invalid(fields=problems, most=recurrence.MOST)
            days = recurrence.days(wanted.repeat, wanted.day)
        taken: list[date] = []
        for day in days:
            to: date | None = day
            while wanted.evade and to is not None and (to in taken or not self._rules.free(db, to)):
                to = self._rules.next_day(db, to)
            taken.append(to or day)
        moments = [datetime.combine(day, wanted.hour, SHANGHAI) for day in taken]
        if moments[0] <= now:
            raise Invalid(fields={"date": "asking.start_past"})
        return moments

    @staticmethod
    def _file(
        db: Db,
        found: Series,
        first: Sitting,
        wanted: Wanted,
        edit: Shift,
        added: Sequence[tuple[datetime, int]],
        now: datetime,
        by: str,
    ) -> int:
        """Put the meetings into the series they are of from now on; its number."""
        if wanted.repeat is None:
            return found.id
        known = {each.meeting: each.starts_at for each in found.sittings}
        times = {each: known[each] for each in edit.kept} | dict(edit.moved)
        times |= {meeting: starts_at for starts_at, meeting in added}
        numbers = sorted(times, key=lambda each: (times[each], each))
        if not any(each.place < first.place for each in found.sittings):
            series_store.change(db, found.id, repeat=wanted.repeat, first=wanted.day)
            series_store.join(db, found.id, numbers)
            return found.id
        department = (found.department_id, found.department)
        following = series_store.add(
            db, title=found.title, department=department, request=found.request_id, repeat=wanted.repeat,
            first=wanted.day, by=by, now=now,
        )  # fmt: skip
        series_store.take_over(db, found.id, following)
        series_store.join(db, following, numbers)
        return following

    def _cancel(self, db: Db, *, number: int, account: Account, place: int, following: bool, reason: str) -> Series:
        ledger.take(db)
        now, by = self._clock.now(), account.username
        found, first = _open(db, number, account, place)
        off = found.from_on(place) if following else (first,)
        for each in off:
            _say(db, each.meeting, partial(course.cancel, reason=reason), now, by)
        cancelled = p.SeriesCancelled(number, tuple(each.meeting for each in off), reason.strip())
        said(db, cancelled, now, by)
        db.expire_all()
        return _series(db, number)


def _edit(found: Series, first: Sitting, wanted: Wanted, moments: Sequence[datetime]) -> Shift:
    """What becomes of which meeting; raises :class:`Invalid` when that is nothing."""
    if wanted.repeat is None:
        edit = Shift((), ((first.meeting, moments[0]),), (), ())
        if any(each.starts_at == moments[0] for each in found.sittings if each.open):
            raise Invalid(fields={"date": "series.same_day"})
        return edit
    edit = shift(found.from_on(wanted.place), moments, within=step(wanted.repeat))
    if not (edit.moved or edit.dropped or edit.added):
        raise Invalid(fields={"date": "series.nothing_changes"})
    return edit


def _series(db: Db, number: int) -> Series:
    found = series_store.series(db, number)
    if found is None:
        raise NotFound("series.not_found")
    return found


def _open(db: Db, number: int, account: Account, place: int) -> tuple[Series, Sitting]:
    """The series and its meeting at ``place``, which this account may still change."""
    found = _series(db, number)
    if not may_change(found, account):
        raise Forbidden("access.denied")
    sitting = found.sitting(place)
    if sitting is None:
        raise NotFound("series.not_found")
    if not sitting.open:
        raise Refused("series.over")
    return found, sitting


def _say(db: Db, number: int, decide: Callable[[LiveState], Decision], now: datetime, actor: str) -> None:
    """An act on one meeting, as its console would do it."""
    meeting = planned.meeting(db, number)
    assert meeting is not None
    state = fold(before_the_start(meeting), ledger.of_meeting(db, number))
    payloads = [NewFact(each) for each in decide(state)]
    ledger.append(db, payloads, meeting_id=number, at=now, actor=actor)
    meetings.note(db, meeting, now)
