"""Reading sheets, sealing them, correcting them. One call is one transaction.

A seal, the projection for lists and a decision over a correction are each written together with the fact they follow
from. So whatever process dies at whatever moment, a meeting is either sealed or will be found by the next tick.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.attendance import corrections, store
from meetinghub.attendance.corrections import Correction
from meetinghub.attendance.sheet import Line, Sheet, sheet, with_late
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.attendance import SiteAttendance, Status
from meetinghub.ledger.checkpoint import short
from meetinghub.ledger.fact import Fact, NewFact
from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Meeting

GRACE = timedelta(seconds=30)
"""Between a meeting's end and its seal: the media server's last news is on its way."""


@dataclass(frozen=True, slots=True)
class Named:
    """A sheet with the names that go with its numbers.

    ``accounts``: the people's names behind accounts; ``late``: how the sites that late facts concern would be judged
    with them; ``whole``: the facts still give the sheet that was sealed (true before the seal); ``checkpoint``: the
    short form of the ledger's state at the seal, to be compared with what was kept elsewhere.
    """

    sheet: Sheet
    people: Mapping[int, str]
    accounts: Mapping[str, str]
    late: Mapping[str, SiteAttendance]
    whole: bool = True
    checkpoint: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list; ``whole`` is how many there are in all."""

    entries: tuple[store.Entry, ...]
    whole: int


class Attendance:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sheet(self, meeting_id: int) -> Named | None:
        """None when the meeting has not begun. Raises :class:`NotFound`."""
        return await self._database.read(self._named, meeting_id)

    async def page(self, search: store.Search, *, offset: int, limit: int) -> Page:
        """Sealed meetings, newest first."""

        def read(db: Db) -> Page:
            found = store.entries(db, search, offset=offset, limit=limit)
            return Page(tuple(found), store.count(db, search))

        return await self._database.read(read)

    async def latest(self, search: store.Search, *, limit: int) -> list[store.Entry]:
        """The first sealed meetings of :meth:`page`, without counting all of them."""
        return await self._database.read(partial(store.entries, search=search, limit=limit))

    async def waiting(self, *, not_by: str) -> list[store.Waiting]:
        """Corrections that the account ``not_by`` did not propose and may therefore decide."""
        return await self._database.read(partial(store.waiting, not_by=not_by))

    async def propose(
        self, meeting_id: int, *, site: str, status: Status | None, headcount: int | None, reason: str, by: str
    ) -> None:
        """What a site's line should say; what is None stays as it is."""

        def decide(found: Sheet) -> p.AttendanceCorrectionProposed:
            line = found.line(site)
            if line is None:
                raise Invalid(fields={"site": "attendance.no_such_site"})
            return corrections.propose(
                found.corrections,
                site=site,
                status=status,
                headcount=headcount,
                reason=reason,
                now_said=(line.status, line.headcount),
            )

        def write(db: Db) -> None:
            found = self._sealed(db, meeting_id)
            self._append(db, found, NewFact(decide(found)), by)

        await self._database.write(write)

    async def decide(self, meeting_id: int, number: int, *, accepted: bool, reason: str, by: str) -> Correction:
        """Accept or refuse the correction that fact ``number`` proposed; what it is now."""

        def write(db: Db) -> Correction:
            found = self._sealed(db, meeting_id)
            decided = corrections.decide(found.corrections, number, accepted=accepted, reason=reason, by=by)
            after = self._append(db, found, NewFact(decided, key=f"decided:{number}"), by)
            return next(each for each in after.corrections if each.number == number)

        return await self._database.write(write)

    async def due(self) -> list[int]:
        """Meetings to be sealed: over for :data:`GRACE`, and not sealed."""
        return await self._database.read(partial(store.due, before=self._clock.now() - GRACE, limit=100))

    async def seal(self, meeting_id: int) -> None:
        """Raises :class:`NotFound`; a meeting that is sealed already, or not over, is left as it is."""
        await self._database.write(partial(seal, meeting_id=meeting_id, now=self._clock.now()))

    def _named(self, db: Db, meeting_id: int) -> Named | None:
        meeting, facts = _read(db, meeting_id)
        found = sheet(meeting, facts, self._clock.now())
        if found is None:
            return None
        concerned = {getattr(fact.payload, "site", "") for fact in found.late}
        late = {site: each for site, each in with_late(found, facts).items() if site in concerned} if concerned else {}
        ticked = {number for line in found.lines for number in _people(line)}
        said = {name for each in found.corrections for name in (each.by, each.decided.by if each.decided else each.by)}
        whole = found.seal is None or found.seal.digest == found.digest
        return Named(
            found, store.person_names(db, ticked), meetings.account_names(db, said), late, whole, _checkpoint(db, found)
        )

    def _sealed(self, db: Db, meeting_id: int) -> Sheet:
        """The sealed sheet, with nobody else writing until the transaction ends."""
        ledger.take(db)
        found = sheet(*_read(db, meeting_id), self._clock.now())
        if found is None or found.seal is None:
            raise Refused("attendance.not_sealed")
        return found

    def _append(self, db: Db, before: Sheet, fact: NewFact, by: str) -> Sheet:
        now = self._clock.now()
        ledger.append(db, [fact], meeting_id=before.meeting.id, at=now, actor=by)
        return note(db, before.meeting, now)


def seal(db: Db, *, meeting_id: int, now: datetime) -> bool:
    """Seal the sheet of a meeting that is over; False when there was nothing to seal.

    Within a transaction under way. However many workers call it, one seal is written.
    """
    ledger.take(db)
    meeting, facts = _read(db, meeting_id)
    found = sheet(meeting, facts, now)
    if found is None or found.state.state is not State.ENDED:
        return False
    if found.seal is None:
        fact = p.AttendanceSealed(found.through, found.rule, found.digest)
        ledger.append(db, [NewFact(fact, key=f"sealed:{meeting_id}")], meeting_id=meeting_id, at=now, actor="")
    elif store.is_sealed(db, meeting_id):
        return False
    note(db, meeting, now)
    return True


def note(db: Db, meeting: Meeting, now: datetime) -> Sheet:
    """Bring the lists up to date with facts about a sealed sheet that were written within this transaction."""
    facts = ledger.of_meeting(db, meeting.id)
    found = sheet(meeting, facts, now)
    assert found is not None
    store.note(db, found)
    return found


def _read(db: Db, meeting_id: int) -> tuple[Meeting, list[Fact]]:
    meeting = meetings.meeting(db, meeting_id)
    if meeting is None:
        raise NotFound("meeting.not_found")
    return meeting, ledger.of_meeting(db, meeting_id)


def _people(line: Line) -> Iterator[int]:
    yield from line.judged.people
    yield from (person for person, _ in line.judged.excused_people)


def _checkpoint(db: Db, found: Sheet) -> str:
    return short(found.seal.number, ledger.hash_of(db, found.seal.number)) if found.seal else ""
