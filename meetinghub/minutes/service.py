"""What is done with minutes: writing drafts, publishing an edition, taking note of it. One call is one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Refused, Stale
from meetinghub.ledger import minutes as m
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.meetings import store as meetings
from meetinghub.meetings.leading import leads, writes
from meetinghub.meetings.lifecycle import State
from meetinghub.minutes import publishing, store, task_store
from meetinghub.minutes.model import Answer, Content, Draft, Minutes, Task
from meetinghub.minutes.naming import Register
from meetinghub.minutes.publishing import Next
from meetinghub.people.model import Account

REMINDED = timedelta(days=30)
"""How long 今天 reminds a host of minutes that nobody has published."""
NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Read:
    """Minutes with who can be named in them, and the people's names behind the accounts in them."""

    minutes: Minutes
    register: Register
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one account: tasks, minutes to take note of, minutes to write."""

    tasks: tuple[task_store.Mine, ...] = ()
    unread: tuple[store.Unread, ...] = ()
    unwritten: tuple[store.Unwritten, ...] = ()


class MinutesBook:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def read(self, meeting: int) -> Read:
        """Raises :class:`NotFound` when there is no such meeting."""
        return await self._database.read(_read, meeting)

    async def of(self, meeting: int) -> Minutes:
        """The same without names."""
        return await self._database.read(_found, meeting)

    async def waiting(self, account: Account) -> Waiting:
        return await self._database.read(partial(_waiting, account=account, since=self._clock.now() - REMINDED))

    async def done(self, account: Account) -> list[task_store.Mine]:
        """Tasks that this account's committee or department has said are done, latest first."""
        ours = partial(task_store.mine, committee=account.committee, department=account.department, done=True, limit=50)
        return await self._database.read(ours)

    async def save(self, meeting: int, segment: int, content: Content, account: Account, *, revision: int) -> Draft:
        """Keep a segment's draft. ``revision`` is the one it was made from, 0 for none: a stale one is refused."""
        return await self._database.write(
            partial(self.save_in, meeting=meeting, segment=segment, content=content, account=account, revision=revision)
        )

    def save_in(
        self, db: Db, *, meeting: int, segment: int, content: Content, account: Account, revision: int
    ) -> Draft:
        """Keep a draft within a transaction that is already under way."""
        ledger.take(db)
        found = _found(db, meeting)
        _must_have_begun(found)
        of = found.segment(segment)
        if of is None:
            raise NotFound("minutes.no_such_segment")
        if not writes(found.meeting, of, account):
            raise Forbidden("access.denied")
        checked, kept = publishing.check(content), found.drafts.get(segment)
        at = kept.revision if kept else 0
        if kept is not None and kept.content == checked and revision <= at:
            return kept
        if revision != at:
            raise Stale("minutes.changed_meanwhile")
        draft = Draft(segment, checked, at + 1, account.username, self._clock.now())
        store.set_draft(db, meeting, draft)
        return draft

    async def publish(self, meeting: int, account: Account, *, reason: str = "") -> int:
        """Make the drafts the next edition; its number."""
        return await self._database.write(partial(self.publish_in, meeting=meeting, account=account, reason=reason))

    def publish_in(self, db: Db, *, meeting: int, account: Account, reason: str = "") -> int:
        """Publish within a transaction that is already under way."""
        ledger.take(db)
        found, now = _found(db, meeting), self._clock.now()
        if not leads(found.meeting, account):
            raise Forbidden("access.denied")
        _must_have_begun(found)
        if found.state is not State.ENDED:
            raise Refused("minutes.not_over")
        following = publishing.following(found, store.register(db, found), reason)
        store.add_edition(db, meeting, following, by=account.username, now=now)
        facts = [_published(following), *_tasks(db, found, following)]
        ledger.append(db, [NewFact(each) for each in facts], meeting_id=meeting, at=now, actor=account.username)
        return following.number

    async def take_note(self, meeting: int, account: Account, *, edition: int, taken: bool) -> None:
        """A committee has read ``edition``, which must be the newest, or takes that back."""
        await self._database.write(
            partial(self.take_note_in, meeting=meeting, account=account, edition=edition, taken=taken)
        )

    def take_note_in(self, db: Db, *, meeting: int, account: Account, edition: int, taken: bool) -> None:
        """Take note within a transaction that is already under way."""
        ledger.take(db)
        found, now = _found(db, meeting), self._clock.now()
        committee = account.committee
        if committee is None or all(each.committee_id != committee for each in found.meeting.sites):
            raise Forbidden("access.denied")
        if not found.editions:
            raise Refused("minutes.not_published")
        if edition != found.edition:
            raise Stale("minutes.newer_edition")
        known = found.taken.get(committee)
        if taken == (known is not None and known.edition == edition):
            return
        if taken:
            store.take_note(db, meeting, committee, edition, by=account.username, now=now)
        else:
            store.forget_note(db, meeting, committee)
        fact = m.MinutesAcknowledged(committee, edition, taken)
        ledger.append(db, [NewFact(fact)], meeting_id=meeting, at=now, actor=account.username)

    async def answer(self, task: int, account: Account, answer: Answer, note: str = "") -> Task:
        """What this account's committee or department says of its part in a task; the last word counts."""
        return await self._database.write(partial(self.answer_in, task=task, account=account, answer=answer, note=note))

    def answer_in(self, db: Db, *, task: int, account: Account, answer: Answer, note: str = "") -> Task:
        """Answer within a transaction that is already under way."""
        ledger.take(db)
        found, now = task_store.task(db, task), self._clock.now()
        owners = found.owned_by(account) if found else ()
        if found is None or not owners:
            raise NotFound("minutes.no_such_task")
        if found.ended is not None:
            raise Stale("minutes.task_ended")
        facts = []
        for each in owners:
            if (each.answer, each.note) != (answer, note):
                task_store.answer(db, each.id, answer, note, by=account.username, now=now)
                facts.append(NewFact(m.TaskAnswered(task, each.who.ref, answer.value, note)))
        ledger.append(db, facts, meeting_id=found.meeting, at=now, actor=account.username)
        return replace(found, owners=tuple(replace(each, answer=answer, note=note) for each in owners))


def _read(db: Db, meeting: int) -> Read:
    found = _found(db, meeting)
    said = {each.by for each in found.editions} | {each.by for each in found.drafts.values()}
    said |= {each.by for each in found.taken.values()} | {o.by for each in found.tasks for o in each.owners if o.by}
    return Read(found, store.register(db, found), dict(meetings.account_names(db, said)))


def _waiting(db: Db, *, account: Account, since: datetime) -> Waiting:
    committee, department = account.committee, account.department
    return Waiting(
        tuple(task_store.mine(db, committee=committee, department=department)),
        tuple(store.unread(db, committee)) if committee is not None else (),
        tuple(store.unwritten(db, department, since=since)) if department is not None else (),
    )


def _found(db: Db, meeting: int) -> Minutes:
    found = store.minutes(db, meeting)
    if found is None:
        raise NotFound("meeting.not_found")
    return found


def _must_have_begun(found: Minutes) -> None:
    if not found.begun():
        raise Refused("minutes.not_begun")


def _published(following: Next) -> Payload:
    return m.MinutesPublished(following.number, tuple(following.said), following.digest, following.reason)


def _tasks(db: Db, found: Minutes, following: Next) -> list[Payload]:
    """Write the tasks of an edition; the facts that say so."""
    facts: list[Payload] = []
    known = {each.id: each for each in found.tasks}
    if following.ended:
        task_store.end(db, following.ended, following.number)
        facts += [m.TaskEnded(each) for each in following.ended]
    for each in following.given:
        due, refs = each.due.isoformat() if each.due else "", tuple(who.ref for who in each.owners)
        if each.known is None:
            number = task_store.add(
                db,
                meeting=found.meeting.id,
                segment=each.segment,
                text=each.text,
                due=each.due,
                edition=following.number,
                owners=each.owners,
            )
            facts.append(m.TaskGiven(number, each.segment, due, refs))
        elif each.changed:
            task_store.change(db, known[each.known], due=each.due, owners=each.owners)
            facts.append(m.TaskChanged(each.known, due, refs))
    return facts
