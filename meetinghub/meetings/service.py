"""What is done with meetings: planning, acting in a live one, and looking.

An act is one transaction: take the ledger, fold what was written since this process last looked, decide, append. So
two consoles, or two web processes, decide one after the other over the same facts. What was folded is kept in memory
as a starting point only; the facts stay the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import AgendaArranged
from meetinghub.ledger.attendance import NEWEST
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import course, store
from meetinghub.meetings.floor import Decision
from meetinghub.meetings.fold import fold
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.model import Listing, Meeting
from meetinghub.meetings.snapshot import Snapshot, snapshot
from meetinghub.meetings.timetable import timetable

KEPT = 64
"""How many meetings' folded states a process keeps."""
READ_AGAIN = timedelta(minutes=1)
"""A plan that was read this long ago is read again, for the names and telephones in it."""

Decide = Callable[[LiveState, datetime], Decision]


@dataclass(frozen=True, slots=True)
class Live:
    """A meeting as it is now. ``names``: accounts in ``state`` → the people's names."""

    meeting: Meeting
    state: LiveState
    names: Mapping[str, str]
    read_at: datetime

    def snapshot(self, now: datetime) -> Snapshot:
        return snapshot(self.meeting, self.state, now, self.names)


class Meetings:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock
        self._kept: dict[int, Live] = {}

    async def current(self, meeting_id: int) -> Live:
        """Raises :class:`NotFound` when there is no such meeting."""
        return self._keep(await self._database.read(self._read, meeting_id))

    async def act(self, meeting_id: int, decide: Decide, actor: str) -> Live:
        """Let ``decide`` answer over the present state and write what it says; its refusals pass through."""

        def write(db: Db) -> Live:
            ledger.take(db)
            now = self.clock.now()
            live = self._read(db, meeting_id)
            return self._append(db, live, [NewFact(payload) for payload in decide(live.state, now)], now, actor)

        return self._keep(await self._database.write(write))

    async def record(self, meeting_id: int, facts: Sequence[NewFact]) -> Live:
        """Write what the system noticed by itself; facts whose key is known already are not written again."""

        def write(db: Db) -> Live:
            ledger.take(db)
            return self._append(db, self._read(db, meeting_id), facts, self.clock.now(), "")

        return self._keep(await self._database.write(write))

    async def warn_if_due(self, meeting_id: int) -> Live:
        """Tell the next speaker to get ready when the time has come; once for each agenda item."""

        def decide(state: LiveState, now: datetime) -> Decision:
            due = self.warning_due(live.meeting, state, now)
            return course.warn(state) if due is not None and due <= now else ()

        live = await self.current(meeting_id)
        due = self.warning_due(live.meeting, live.state, self.clock.now())
        return await self.act(meeting_id, decide, "") if due is not None and due <= self.clock.now() else live

    @staticmethod
    def warning_due(meeting: Meeting, state: LiveState, now: datetime) -> datetime | None:
        current = timetable(meeting.segments, state, now).current
        return course.warning_due(state, current.ends_at if current else None)

    async def plan(self, meeting: Meeting, sites: Sequence[store.SitePlan], actor: str) -> int:
        """Write a new meeting; its number."""
        return await self._database.write(
            partial(plan, meeting=meeting, sites=sites, now=self.clock.now(), actor=actor)
        )

    async def listings(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        states: Sequence[State] = tuple(State),
        committee: int | None = None,
        newest_first: bool = False,
        limit: int = 100,
    ) -> list[Listing]:
        read = partial(
            store.listings,
            since=since,
            until=until,
            states=states,
            committee=committee,
            newest_first=newest_first,
            limit=limit,
        )
        return await self._database.read(read)

    async def in_state(self, *states: State, since: datetime | None = None, until: datetime | None = None) -> list[int]:
        return await self._database.read(partial(_in_state, states=states, since=since, until=until))

    def _read(self, db: Db, meeting_id: int) -> Live:
        now, kept = self.clock.now(), self._kept.get(meeting_id)
        news = ledger.of_meeting(db, meeting_id, after=kept.state.folded if kept else 0)
        replanned = any(isinstance(fact.payload, p.MeetingPlanned | AgendaArranged) for fact in news)
        if kept is not None and not replanned and now - kept.read_at < READ_AGAIN:
            state = fold(kept.state, news)
            return Live(kept.meeting, state, _named(db, state, kept.names), kept.read_at)
        meeting = store.meeting(db, meeting_id)
        if meeting is None:
            raise NotFound("meeting.not_found")
        first = before_the_start(meeting)
        if kept is None:
            state = fold(first, news)
        elif not replanned and first == before_the_start(kept.meeting):  # only names or telephones may differ
            state = fold(kept.state, news)
        else:
            state = fold(first, ledger.of_meeting(db, meeting_id))
        return Live(meeting, state, _named(db, state, {}), now)

    def _append(self, db: Db, live: Live, facts: Sequence[NewFact], now: datetime, actor: str) -> Live:
        written = ledger.append(db, facts, meeting_id=live.meeting.id, at=now, actor=actor)
        if not written:
            return live
        state = fold(live.state, written)
        _note(db, live.meeting, state, now)
        return replace(live, state=state, names=_named(db, state, live.names))

    def _keep(self, live: Live) -> Live:
        """Called on the event loop after the transaction has ended well."""
        number = live.meeting.id
        kept = self._kept.pop(number, None)
        if kept is not None and kept.state.folded > live.state.folded:
            live = kept
        self._kept[number] = live
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return live


def plan(db: Db, *, meeting: Meeting, sites: Sequence[store.SitePlan], now: datetime, actor: str) -> int:
    """Write a new meeting within a transaction that is already under way."""
    number = store.add(db, meeting, sites)
    planned = p.MeetingPlanned(meeting.title, meeting.starts_at, meeting.minutes, attendance_rule=NEWEST)
    ledger.append(db, [NewFact(planned)], meeting_id=number, at=now, actor=actor)
    return number


def _note(db: Db, meeting: Meeting, state: LiveState, now: datetime) -> None:
    store.note(
        db,
        meeting.id,
        state=state.state,
        starts_at=state.started_at or state.starts_at,
        ends_at=timetable(meeting.segments, state, now).ends_at,
        revision=state.revision,
    )


def note(db: Db, meeting: Meeting, now: datetime) -> None:
    """Bring the lists up to date with facts that were written within this transaction."""
    state = fold(before_the_start(meeting), ledger.of_meeting(db, meeting.id))
    _note(db, meeting, state, now)


def _in_state(db: Db, *, states: Sequence[State], since: datetime | None, until: datetime | None) -> list[int]:
    return store.in_state(db, *states, since=since, until=until)


def _named(db: Db, state: LiveState, known: Mapping[str, str]) -> Mapping[str, str]:
    """Names for every account that the state mentions, from ``known`` where it has them."""
    wanted = {state.chair, *(recent.by for recent in state.recent if recent.by)} - known.keys()
    return {**known, **store.account_names(db, wanted)} if wanted else known
