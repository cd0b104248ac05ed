"""What is done with documents: putting them to a segment, replacing, removing, fetching. One call is one transaction;
the content is on the shelf before the transaction that names it begins, so a row never points at nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.documents import model, store
from meetinghub.documents.model import Document, Removed, Shown
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.files import kinds
from meetinghub.files.shelf import Shelf
from meetinghub.ledger import documents as d
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.meetings import store as meetings
from meetinghub.meetings.leading import writes
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people.model import Account


@dataclass(frozen=True, slots=True)
class Papers:
    """A meeting's documents that one account may have; ``segments``: those whose documents it may have at all."""

    meeting: Meeting
    segments: tuple[Segment, ...]
    documents: tuple[Document, ...]

    def of(self, segment: int) -> tuple[Shown, ...]:
        return model.shown(self.documents, segment)

    @property
    def count(self) -> int:
        return sum(len(self.of(each.id)) for each in self.segments)


class Documents:
    def __init__(self, database: Database, clock: Clock, shelf: Shelf) -> None:
        self._database = database
        self._clock = clock
        self.shelf = shelf

    async def papers(self, meeting: int, account: Account) -> Papers:
        """Raises :class:`NotFound` when there is no such meeting."""

        def read(db: Db) -> Papers:
            found = _meeting(db, meeting)
            seen = tuple(each for each in found.segments if model.sees(found, each, account))
            numbers = {each.id for each in seen}
            papers = tuple(each for each in store.of_meeting(db, meeting) if each.segment in numbers)
            return Papers(found, seen, papers)

        return await self._database.read(read)

    async def add(
        self, meeting: int, segment: int, account: Account, *, name: str, data: bytes, replaces: int = 0
    ) -> int:
        """Keep a file as a document of a segment, or as the next version of one; its number."""
        await self._database.read(_writable, meeting, segment, account)
        kind = await asyncio.to_thread(kinds.recognised, data, name)
        content = kinds.kept(data, kind)
        digest = await asyncio.to_thread(self.shelf.keep, content)

        def write(db: Db) -> int:
            ledger.take(db)
            _writable(db, meeting, segment, account)
            now, papers = self._clock.now(), store.of_meeting(db, meeting)
            after = _newest(papers, replaces, segment) if replaces else None
            if after is None and len(model.shown(papers, segment)) >= model.MOST:
                raise Invalid(fields={"file": "document.too_many"}, most=model.MOST)
            if after is not None and after.digest == digest:
                raise Invalid(fields={"file": "document.same"})
            number = store.add(
                db,
                meeting=meeting,
                segment=segment,
                name=kinds.rewritten(name, kind),
                kind=kind,
                size=len(content),
                digest=digest,
                by=account.username,
                now=now,
                after=after,
            )
            fact = d.DocumentAdded(number, segment, digest, len(content), after.id if after else 0)
            _say(db, meeting, fact, now, account)
            return number

        return await self._database.write(write)

    async def remove(self, meeting: int, document: int, account: Account, *, reason: str) -> None:
        """Show it no more. ``reason`` is read by whoever asks where it went."""

        def write(db: Db) -> None:
            ledger.take(db)
            found = store.document(db, document)
            if found is None or found.meeting != meeting:
                raise NotFound("document.not_found")
            _writable(db, meeting, found.segment, account)
            if found.removed is not None:
                return
            if found.id != _newest(store.of_meeting(db, meeting), found.id, found.segment).id:
                raise Stale("document.newer_version")
            why, now = reason.strip(), self._clock.now()
            if not why:
                raise Invalid(fields={"reason": "document.reason_missing"})
            store.remove(db, document, Removed(account.username, now, why[: model.REASON_LENGTH]))
            _say(db, meeting, d.DocumentRemoved(document, why[: model.REASON_LENGTH]), now, account)

        await self._database.write(write)

    async def fetch(self, meeting: int, document: int, account: Account) -> tuple[Document, bytes]:
        """One version with its content, for somebody who may have it; everybody else is told that there is none."""

        def read(db: Db) -> Document:
            found, of = store.document(db, document), _meeting(db, meeting)
            segment = next((each for each in of.segments if found is not None and each.id == found.segment), None)
            if found is None or segment is None or not model.sees(of, segment, account):
                raise NotFound("document.not_found")
            shown = {each.now.group for each in model.shown(store.of_meeting(db, meeting), segment.id)}
            if found.group not in shown:
                raise NotFound("document.removed")
            return found

        found = await self._database.read(read)
        data = await asyncio.to_thread(self.shelf.read, found.digest)
        if data is None:
            raise NotFound("document.content_gone")
        return found, data


def _meeting(db: Db, number: int) -> Meeting:
    found = meetings.meeting(db, number)
    if found is None:
        raise NotFound("meeting.not_found")
    return found


def _writable(db: Db, meeting: int, segment: int, account: Account) -> None:
    found = _meeting(db, meeting)
    of = next((each for each in found.segments if each.id == segment), None)
    if of is None:
        raise NotFound("document.no_such_segment")
    if not writes(found, of, account):
        raise Forbidden("access.denied")
    if meetings.cancelled(db, meeting):
        raise Refused("document.cancelled")


def _newest(papers: list[Document], number: int, segment: int) -> Document:
    """The newest version of the document that has a version with this number."""
    group = next((each.group for each in papers if each.id == number and each.segment == segment), None)
    versions = [each for each in papers if each.group == group]
    if not versions or versions[-1].removed is not None:
        raise NotFound("document.not_found")
    return versions[-1]


def _say(db: Db, meeting: int, payload: Payload, now: datetime, account: Account) -> None:
    ledger.append(db, [NewFact(payload)], meeting_id=meeting, at=now, actor=account.username)
