"""The weekly merge plan over this installation's meetings: proposed by itself, and, row by row, carried out."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from functools import partial

import structlog
from sqlmodel import Session as Db

from meetinghub.agendas.letters import letters
from meetinghub.agendas.plan import NEW, OPEN
from meetinghub.agendas.service import Agendas
from meetinghub.bridges.invited import CalendarInvitations
from meetinghub.bridges.merge_asking import Asked, ask
from meetinghub.bridges.merge_letters import MergeLetters
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.errors import Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.merging import MergeAccepted
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.merging import store
from meetinghub.merging.model import Proposed, ProposedPart, ProposedRow
from meetinghub.people.model import Account
from meetinghub.words import LANGUAGES, Words, all_words
from meetinghub.workdays.store import workdays
from quotas.merging.model import PlaceKind, Rules
from quotas.merging.plan import MergePlan, Row, propose

FRIDAY, MORNING = 4, time(6)
log = structlog.get_logger("merging")


def merging(database: Database, clock: Clock, config: Config) -> Merging:
    agendas = Agendas(database, clock, workdays=workdays, letters=letters(config, CalendarInvitations()))
    return Merging(database, clock, agendas, all_words()[next(iter(LANGUAGES))], config.public_url)


class Merging:
    """``words`` are of the language in which the office writes; ``agendas`` knows what is free and takes items in."""

    every = timedelta(minutes=10)

    def __init__(
        self, database: Database, clock: Clock, agendas: Agendas, words: Words, address: str, rules: Rules | None = None
    ) -> None:
        self._database, self._clock, self._agendas = database, clock, agendas
        self._letters, self._words, self._rules = MergeLetters(words, address), words, rules or Rules()

    async def run(self) -> None:
        """On Friday morning, or as soon after it as something runs; once, also where two workers do."""
        if not await self._database.read(store.made_since, last_friday(self._clock.now())):
            await self.make(by="")

    async def make(self, *, by: str) -> None:
        """Propose anew. ``by`` empty: by itself, unless this week has a plan by the time it is worked out."""
        now = self._clock.now()
        asked = await self._database.read(ask, self._agendas, self._rules, now)
        found = await asyncio.to_thread(propose, asked.instance)
        plan = _proposed(asked, found, made_at=now, by=by)
        await self._database.write(partial(_add, plan=plan))
        log.info("proposed", meetings=plan.meetings, rows=len(plan.rows), saves=plan.before - plan.after)

    async def newest(self) -> Proposed | None:
        return await self._database.read(store.newest)

    async def accept(self, number: int, account: Account) -> None:
        """Make the row's other meetings items of its host's, call them off as meetings, and tell everybody concerned.

        Raises :class:`Refused` when one of them was changed since, or is no longer to be changed.
        """
        await self._database.write(partial(self._accept, number=number, account=account))

    def _accept(self, db: Db, *, number: int, account: Account) -> None:
        ledger.take(db)
        now, plan = self._clock.now(), store.newest(db)
        row = next((each for each in plan.rows if each.id == number), None) if plan is not None else None
        if row is None:
            raise Refused("merge.not_found")
        if not store.accept(db, number, at=now, by=account.username):
            raise Refused("merge.accepted_already")
        parts = {part.meeting: self._unchanged(db, part, now) for part in row.parts}
        host = parts.pop(row.host)
        for meeting in parts.values():
            why = self._words("merge.taken_in", title=meeting.title)
            for segment in meeting.segments:
                item = _item(segment, meeting, host)
                self._agendas.take_in(db, meeting=host.id, segment=item, account=account, reason=why)
            cancelled = NewFact(p.MeetingCancelled(self._words("merge.cancelled", title=host.title)))
            ledger.append(db, [cancelled], meeting_id=meeting.id, at=now, actor=account.username)
            meetings.note(db, meeting, now)
        accepted = NewFact(MergeAccepted(row.id, tuple(parts), row.saved))
        (fact,) = ledger.append(db, [accepted], meeting_id=host.id, at=now, actor=account.username)
        self._letters.merged(db, self._agendas.read(db, host.id), list(parts.values()), fact.number, now)

    def _unchanged(self, db: Db, part: ProposedPart, now: datetime) -> Meeting:
        plan = self._agendas.read(db, part.meeting)
        same = plan.meeting.starts_at == part.starts_at and plan.meeting.minutes == part.minutes
        if plan.state not in OPEN or not same or plan.locked(now):
            raise Refused("merge.out_of_date", title=plan.meeting.title)
        meeting = planned.meeting(db, part.meeting)
        assert meeting is not None
        return meeting


def last_friday(now: datetime) -> datetime:
    """The Friday morning that was last, in Shanghai."""
    local = now.astimezone(SHANGHAI)
    day = local.date() - timedelta(days=(local.weekday() - FRIDAY) % 7)
    morning = datetime.combine(day, MORNING, SHANGHAI)
    return morning if morning <= local else morning - timedelta(days=7)


def _add(db: Db, *, plan: Proposed) -> None:
    ledger.take(db)  # so that two workers do not both find that none was made
    if plan.made_by or not store.made_since(db, last_friday(plan.made_at)):
        store.add(db, plan)


def _item(segment: Segment, meeting: Meeting, host: Meeting) -> Segment:
    """A segment of one meeting as an item of another that reaches more sites and perhaps other people."""
    theirs = tuple(site.identity for site in meeting.sites)
    sites = theirs if segment.sites is None else segment.sites
    audience = segment.audience or meeting.audience
    return Segment(
        id=NEW,
        department=segment.department,
        title=segment.title,
        speaker=segment.speaker,
        minutes=segment.minutes,
        sites=None if set(sites) == {site.identity for site in host.sites} else sites,
        department_id=segment.department_id or meeting.host_department_id,
        audience=None if audience == host.audience else audience,
    )


def _proposed(asked: Asked, plan: MergePlan, *, made_at: datetime, by: str) -> Proposed:
    return Proposed(
        id=0,
        made_at=made_at,
        made_by=by,
        first=asked.first,
        last=asked.last,
        meetings=len(asked.starts),
        before=plan.before,
        after=plan.after,
        at_least=plan.at_least,
        rows=tuple(_row(asked, row) for row in plan.rows),
    )


def _row(asked: Asked, row: Row) -> ProposedRow:
    parts = tuple(
        ProposedPart(int(part.key), asked.starts[int(part.key)], part.minutes, part.persons, part.anyway)
        for part in row.parts
    )
    return ProposedRow(
        id=0,
        host=int(row.key),
        ride=row.place.kind is PlaceKind.ANNOUNCED,
        parts=parts,
        attendances_before=row.attendances_before,
        attendances_after=row.attendances_after,
        seated_before=row.seated_before,
        seated_after=row.seated_after,
    )
