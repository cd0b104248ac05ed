"""The detector at work: what was only read out is offered to its department as an item of the next notice, what is
asked about often as a meeting's topic. An answer is remembered; the same is never offered twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from digest import answer_store, item_store
from digest import offer_store as store
from digest.answering import Question, SentItem
from digest.detector import Ended, OfferState, askers, queried, was_read_out
from digest.item_service import writing
from digest.model import Origin, Wording
from digest.offer_store import Offer
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import NotFound, Stale
from meetinghub.ids import DepartmentId, NoticeId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.people.model import Account
from meetinghub.workdays.calendar import day_of
from meetinghub.workdays.store import workdays

LOOKS_BACK = timedelta(days=60)
"""Older meetings and items are let rest."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A segment as it was: ``sites`` sat through ``minutes`` of it."""

    title: str
    meeting: int
    meeting_title: str
    starts_at: datetime
    minutes: int
    sites: int


class Segments(Protocol):
    """What is known of segments, inside the caller's transaction."""

    def over(self, db: Db, *, since: datetime) -> Sequence[int]:
        """Meetings that ended at ``since`` or later."""
        ...

    def ended(self, db: Db, meeting: int) -> Sequence[Ended]:
        """The meeting's segments that belong to a department, without its opening and closing."""
        ...

    def occasions(self, db: Db, segments: Collection[int]) -> Mapping[int, Occasion]: ...

    def draft(self, db: Db, segment: int) -> Wording:
        """What an item in its place says at first, to those whom the segment was for."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer with what it is about: ``occasion`` of a read-out, or ``sent`` and its ``questions``."""

    offer: Offer
    occasion: Occasion | None = None
    sent: SentItem | None = None
    questions: tuple[Question, ...] = ()

    @property
    def committees(self) -> int:
        """How many asked."""
        return len(askers(self.questions))


class NoticeOffers:
    every = timedelta(minutes=5)

    def __init__(self, database: Database, clock: Clock, segments: Segments) -> None:
        self._database, self._clock, self._segments = database, clock, segments
        self._settled: set[int] = set()
        """Meetings of which nothing more will be offered: looked at once in the life of a worker."""

    async def run(self) -> None:
        now = self._clock.now()
        meetings = await self._database.read(partial(self._segments.over, since=now - LOOKS_BACK))
        for meeting in [each for each in meetings if each not in self._settled]:
            wanted, settled = await self._database.read(partial(self._read_out, meeting=meeting, now=now))
            if wanted:
                await self._database.write(partial(self._offer, meeting=meeting, now=now))
            if settled:
                self._settled.add(meeting)
        if await self._database.read(_queried, now):
            await self._database.write(_offer_topics, now)

    async def waiting(self, account: Account) -> tuple[Waiting, ...]:
        """What an account's department has been offered, the latest first."""
        if account.department is None:
            return ()
        return await self._database.read(partial(self._waiting, department=account.department))

    async def offered(self, account: Account, number: int) -> Waiting:
        """One that waits for an answer. Raises :class:`NotFound`, and :class:`Stale` when it was answered."""

        def read(db: Db) -> Waiting:
            return next(iter(self._about(db, [_open(db, account, number)])))

        return await self._database.read(read)

    async def take(self, account: Account, number: int) -> NoticeId | None:
        """A read-out becomes a draft of the department, whose number it is; an item's topic is the caller's to
        begin: None."""

        def write(db: Db) -> NoticeId | None:
            ledger.take(db)
            found, now = _open(db, account, number), self._clock.now()
            notice = self._draft(db, found, account, now) if found.segment else None
            _answer(db, found, OfferState.TAKEN, account, now, notice)
            return notice

        return await self._database.write(write)

    async def decline(self, account: Account, number: int) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            _answer(db, _open(db, account, number), OfferState.DECLINED, account, self._clock.now())

        await self._database.write(write)

    def _draft(self, db: Db, found: Offer, account: Account, now: datetime) -> NoticeId:
        known = item_store.of_origin(db, Origin.SEGMENT, found.segment)
        if known is not None:
            return known.id
        said = self._segments.draft(db, found.segment)
        by, origin = account.username, Origin.SEGMENT
        return item_store.add(db, found.department, said, by=by, now=now, origin=origin, origin_ref=found.segment)

    def _read_out(self, db: Db, *, meeting: int, now: datetime) -> tuple[tuple[Ended, ...], bool]:
        """What of a meeting is to be offered now, and whether that is all there will ever be."""
        calendar, today = workdays(db), day_of(now)
        judged = [
            (each, was_read_out(each, today=today, workdays=calendar)) for each in self._segments.ended(db, meeting)
        ]
        known = store.offered_segments(db, [each.segment for each, _ in judged])
        wanted = tuple(each for each, verdict in judged if verdict and each.segment not in known)
        return wanted, all(verdict is not None for _, verdict in judged)

    def _offer(self, db: Db, *, meeting: int, now: datetime) -> None:
        ledger.take(db)
        for each in self._read_out(db, meeting=meeting, now=now)[0]:
            number = store.add(db, each.department, segment=each.segment, now=now)
            _say(db, n.NoticeOffered(number, each.department, segment=each.segment), "", now)

    def _waiting(self, db: Db, *, department: DepartmentId) -> tuple[Waiting, ...]:
        return self._about(db, store.waiting(db, department))

    def _about(self, db: Db, offers: Sequence[Offer]) -> tuple[Waiting, ...]:
        occasions = self._segments.occasions(db, [each.segment for each in offers if each.segment])
        items = {each.id: each for each in answer_store.sent_of(db, [each.item for each in offers if each.item])}
        questions = answer_store.questions(db, list(items))
        found = [
            Waiting(each, occasions.get(each.segment), items.get(each.item), questions.get(each.item, ()))
            for each in offers
        ]
        return tuple(each for each in found if each.occasion is not None or each.sent is not None)


def _queried(db: Db, now: datetime) -> tuple[SentItem, ...]:
    """Items that are asked about by enough committees and have not been offered as a topic."""
    items = {each.id: each for each in answer_store.sent_since(db, now - LOOKS_BACK)}
    wanted = queried(answer_store.questions(db, list(items)))
    known = store.offered_items(db, wanted)
    return tuple(items[each] for each in wanted if each not in known)


def _offer_topics(db: Db, now: datetime) -> None:
    """To the department that owns the item."""
    ledger.take(db)
    for each in _queried(db, now):
        number = store.add(db, each.departments[0], item=each.id, now=now)
        _say(db, n.NoticeOffered(number, each.departments[0], item=each.id), "", now)


def _open(db: Db, account: Account, number: int) -> Offer:
    found = store.offer(db, number)
    if found is None or found.department != writing(account):
        raise NotFound("notice_offer.not_found")
    if found.state is not OfferState.OFFERED:
        raise Stale("notice_offer.answered")
    return found


def _answer(
    db: Db, found: Offer, state: OfferState, account: Account, now: datetime, notice: NoticeId | None = None
) -> None:
    store.answer(db, found.id, state, by=account.username, now=now, notice=notice)
    _say(db, n.NoticeOfferAnswered(found.id, state is OfferState.TAKEN), account.username, now)


def _say(db: Db, fact: n.NoticeOffered | n.NoticeOfferAnswered, actor: str, now: datetime) -> None:
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=actor)
