"""Topics that committees ask for: a department should come and answer; any host takes it up, or it ages visibly."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.asking import topic_store as store
from meetinghub.asking.drafts import said
from meetinghub.asking.model import Topic, TopicState
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Stale
from meetinghub.ids import DepartmentId
from meetinghub.ledger import coordination as c
from meetinghub.ledger import store as ledger
from meetinghub.meetings import store as meetings
from meetinghub.meetings.model import Segment
from meetinghub.people import store as people
from meetinghub.people.model import Account

LONGEST_TITLE = 80
LONGEST_TEXT = 400
SHORTEST, LONGEST = 5, 60
"""Minutes of a topic on an agenda."""


class Board(Protocol):
    """The agendas of the meetings that this department holds."""

    def take_in(self, db: Db, *, meeting: int, segment: Segment, account: Account) -> None:
        """Within a transaction that is under way; refused when the meeting has begun or is somebody else's."""
        ...


class Topics:
    """Asked and withdrawn by committees, taken up and answered by departments; everybody reads them."""

    def __init__(self, database: Database, clock: Clock, board: Board) -> None:
        self._database = database
        self._clock = clock
        self._board = board

    async def all(self) -> list[Topic]:
        """Those that wait first, the oldest before the newer; then those taken up, then the latest that are closed."""
        return await self._database.read(store.topics)

    async def waiting(self, department: DepartmentId) -> list[Topic]:
        """What is asked of a department and nobody has taken up."""
        return await self._database.read(partial(store.waiting, department=department))

    async def old(self) -> list[Topic]:
        """What has waited too long for anybody, whoever was asked."""
        now = self._clock.now()
        return [each for each in await self._database.read(store.open_topics) if each.old(now)]

    async def ask(self, account: Account, *, department: int, title: str, text: str) -> int:
        committee = account.committee
        if committee is None:
            raise Forbidden("access.denied")

        def write(db: Db) -> int:
            if department not in {each.id for each in people.departments(db)}:
                raise Invalid(fields={"department": "topic.department_missing"})
            ledger.take(db)
            now = self._clock.now()
            number = store.add(
                db, committee=committee, department=department, title=title, text=text, by=account.username, now=now
            )
            said(db, c.TopicAsked(number, committee, department), now, account.username)
            return number

        return await self._database.write(write)

    async def take_up(self, number: int, account: Account) -> None:
        """This department will answer it at one of its meetings, whoever was asked."""
        department = account.department
        if department is None:
            raise Forbidden("access.denied")

        def change(db: Db, found: Topic, now: datetime) -> None:
            must_be(found, TopicState.OPEN)
            store.note(db, number, state=TopicState.TAKEN, taken_by=department, taken_at=now)
            said(db, c.TopicTaken(number, department), now, account.username)

        await self._change(number, change)

    async def schedule(self, number: int, account: Account, *, meeting: int, minutes: int, speaker: str = "") -> None:
        """Put it on the agenda of a meeting of this department's, which the asking committee attends."""
        department = account.department
        if department is None:
            raise Forbidden("access.denied")

        def change(db: Db, found: Topic, now: datetime) -> None:
            must_be(found, TopicState.OPEN, TopicState.TAKEN)
            if found.state is TopicState.TAKEN and found.taken_by != department:
                raise Forbidden("access.denied")
            if found.meeting_id is not None:
                raise Stale("topic.changed_meanwhile")
            of = meetings.meeting(db, meeting)
            if of is None:
                raise Invalid(fields={"meeting": "topic.meeting_missing"})
            if all(each.committee_id != found.committee_id for each in of.sites):
                raise Invalid(fields={"meeting": "topic.committee_not_there"})
            if not SHORTEST <= minutes <= LONGEST:
                raise Invalid(fields={"minutes": "topic.minutes_out_of_range"}, shortest=SHORTEST, longest=LONGEST)
            item = Segment(0, account.unit, found.title, speaker, minutes, None, department)
            self._board.take_in(db, meeting=meeting, segment=item, account=account)
            taken_at = found.taken_at or now
            store.note(db, number, state=TopicState.TAKEN, taken_by=department, taken_at=taken_at, meeting=meeting)
            said(db, c.TopicScheduled(number, department, meeting, minutes), now, account.username)

        await self._change(number, change)

    async def answer(self, number: int, account: Account, text: str) -> None:
        """What was answered; by the department that took it up."""

        def change(db: Db, found: Topic, now: datetime) -> None:
            must_be(found, TopicState.TAKEN)
            if found.taken_by != account.department:
                raise Forbidden("access.denied")
            store.note(db, number, state=TopicState.ANSWERED, answer=text, closed_at=now)
            said(db, c.TopicAnswered(number), now, account.username)

        await self._change(number, change)

    async def withdraw(self, number: int, account: Account) -> None:
        """By the committee that asked, while nobody has answered."""

        def change(db: Db, found: Topic, now: datetime) -> None:
            if found.committee_id != account.committee:
                raise Forbidden("access.denied")
            must_be(found, TopicState.OPEN, TopicState.TAKEN)
            store.note(db, number, state=TopicState.WITHDRAWN, closed_at=now)
            said(db, c.TopicWithdrawn(number), now, account.username)

        await self._change(number, change)

    async def _change(self, number: int, change: store.Change) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            found = store.topic(db, number)
            if found is None:
                raise NotFound("topic.not_found")
            change(db, found, self._clock.now())

        await self._database.write(write)


def must_be(found: Topic, *states: TopicState) -> None:
    if found.state not in states:
        raise Stale("topic.changed_meanwhile")
