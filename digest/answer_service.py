"""What committees answer to items, and what they ask about them: by the link in a mail, by the page, by the API.

Looking changes nothing, because programmes that inspect mails open every link; only a form that was sent decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlmodel import Session as Db

from digest import answer_store as store
from digest.answering import (
    QUESTION_LENGTH,
    REPLY_LENGTH,
    Asked,
    Progress,
    Question,
    SentItem,
    Via,
    checked,
    checked_note,
    progress,
    read_token,
    unanswered,
)
from digest.model import Acknowledgement, Answer
from digest.settings import Settings
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Refused
from meetinghub.ids import CommitteeId, NoticeId
from meetinghub.ledger import notices as n
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.mail.links import Links
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee, Right

LOOKS_BACK = timedelta(weeks=12)
"""How old an item is when nobody is asked about it any more, unless by its own page."""
MOST_QUESTIONS = 5
"""Of one committee about one item that nobody has answered yet."""
MOST_ANSWERED = 20
OVERSEES = (Right.ADMINISTRATOR, Right.COORDINATOR, Right.LEADER)


class Receives(Protocol):
    def __call__(self, db: Db, committee: CommitteeId, address: str, items: Sequence[SentItem]) -> bool:
        """Whether mails about these items go to ``address`` for this committee, as things are now."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as one committee sees it. ``questions``: its own, and everybody's that were answered."""

    sent: SentItem
    given: Acknowledgement | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """One committee's items. ``waiting``: actions by their date, then what is to be read; ``answered``: the latest
    first."""

    waiting: tuple[Seen, ...] = ()
    answered: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page behind a link is about."""

    asked: Asked
    committee: Committee
    items: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """An item as its department sees it."""

    progress: Progress
    questions: tuple[Question, ...]

    @property
    def sent(self) -> SentItem:
        return self.progress.sent

    @property
    def waiting(self) -> int:
        return sum(1 for each in self.questions if each.answered_at is None)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who acts: ``by`` as rows keep it, ``actor`` as facts do (a link proves nobody's account)."""

    committee: CommitteeId
    by: str
    via: Via
    actor: str


class NoticeAnswers:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        links: Links,
        *,
        receives: Receives,
        settings: Callable[[Db], Settings],
    ) -> None:
        self._database, self._clock, self._links = database, clock, links
        self._receives, self._settings = receives, settings

    # by the link in a mail

    async def shown(self, token: str) -> Shown:
        """Raises :class:`NotFound` for a link we did not make, :class:`Refused` for one that opens nothing now."""
        return await self._database.read(self._shown, token, self._clock.now())

    async def confirm(self, token: str, answer: Answer, note: str = "", *, items: Collection[int] = ()) -> Shown:
        """Record ``answer`` to the link's items, or to those of them that ``items`` names."""

        def write(db: Db) -> Shown:
            ledger.take(db)
            now = self._clock.now()
            shown = self._shown(db, token, now)
            chosen = [each.sent for each in shown.items if not items or each.sent.id in items]
            _give(db, chosen, _by_link(shown), answer, checked_note(note), now)
            return self._shown(db, token, now)

        return await self._database.write(write)

    async def ask_by_link(self, token: str, item: int, text: str) -> int:
        def write(db: Db) -> int:
            ledger.take(db)
            now = self._clock.now()
            shown = self._shown(db, token, now)
            of = next((each.sent for each in shown.items if each.sent.id == item), None)
            if of is None:
                raise NotFound("notice_answer.no_such_item")
            return _ask(db, of, _by_link(shown), text, now)

        return await self._database.write(write)

    # by an account

    async def mine(self, account: Account) -> Mine:
        """What the account's committee is asked, and what it has answered lately."""
        ours, since = account.committee, self._clock.now() - LOOKS_BACK
        if ours is None:
            return Mine()
        return await self._database.read(lambda db: Mine(_waiting(db, ours, since), _answered(db, ours)))

    async def waiting(self, account: Account) -> tuple[Seen, ...]:
        """Only what the account's committee is asked."""
        ours, since = account.committee, self._clock.now() - LOOKS_BACK
        return () if ours is None else await self._database.read(_waiting, ours, since)

    async def seen(self, account: Account, items: Collection[int]) -> Mapping[int, Seen]:
        """These items as the account's committee sees them, as far as they concern it."""

        def read(db: Db) -> Mapping[int, Seen]:
            ours = account.committee
            found = [] if ours is None else [each for each in store.sent_of(db, items) if each.concerns(ours)]
            return {each.sent.id: each for each in _seen(db, found, ours)} if ours is not None else {}

        return await self._database.read(read)

    async def give(
        self, account: Account, items: Collection[int], answer: Answer, note: str = "", *, via: Via = Via.PAGE
    ) -> None:
        """Raises :class:`NotFound` when one of them is not this committee's; then none is answered."""

        def write(db: Db) -> None:
            ledger.take(db)
            asking = _by_account(account, via)
            found = _own(db, asking.committee, items)
            _give(db, found, asking, answer, checked_note(note), self._clock.now())

        await self._database.write(write)

    async def take_back(self, account: Account, item: int, *, via: Via = Via.PAGE) -> None:
        def write(db: Db) -> None:
            ledger.take(db)
            asking = _by_account(account, via)
            _own(db, asking.committee, [item])
            if item in store.answers_of(db, asking.committee, [item]):
                store.drop_answer(db, item, asking.committee)
                _say(db, n.NoticeAnswered(item, asking.committee, "", via.value), asking.actor, self._clock.now())

        await self._database.write(write)

    async def ask(self, account: Account, item: int, text: str) -> int:
        """The question's number."""

        def write(db: Db) -> int:
            ledger.take(db)
            asking = _by_account(account, Via.PAGE)
            return _ask(db, _own(db, asking.committee, [item])[0], asking, text, self._clock.now())

        return await self._database.write(write)

    # for departments and the host office

    async def reply(self, account: Account, question: int, text: str) -> Question:
        """Answer a question, or say it better; everybody who got the item sees it."""

        def write(db: Db) -> Question:
            ledger.take(db)
            now, found = self._clock.now(), store.question(db, question)
            of = store.sent(db, found.item) if found else None
            if of is None or not self._answers_for(db, account, of):
                raise NotFound("notice_answer.no_such_question")
            said = checked(text, "answer", REPLY_LENGTH, missing="notice_answer.reply_missing")
            assert found is not None
            if said != found.answer:
                store.answer_question(db, question, said, by=account.username, now=now)
                _say(db, n.NoticeQueryAnswered(question), account.username, now)
            return store.question(db, question) or found

        return await self._database.write(write)

    async def item_of(self, account: Account, question: int) -> int:
        """The item that a question is about, for whoever may answer it. Raises :class:`NotFound`."""

        def read(db: Db) -> int:
            found = store.question(db, question)
            of = store.sent(db, found.item) if found else None
            if of is None or not self._answers_for(db, account, of):
                raise NotFound("notice_answer.no_such_question")
            return of.id

        return await self._database.read(read)

    async def followed(self, account: Account, item: int) -> Followed:
        """Who has read and done an item, for whoever may know. Raises :class:`NotFound`."""
        return await self._database.read(partial(self._followed, account=account, item=item))

    async def followed_as(self, account: Account, notice: NoticeId) -> Followed:
        """The same by the number under which it was written."""

        def read(db: Db) -> Followed:
            of = store.sent_as(db, notice)
            return self._followed(db, account=account, item=of.id if of else 0)

        return await self._database.read(read)

    async def asked(self, account: Account) -> tuple[Followed, ...]:
        """The items of an account's department about which somebody waits for an answer."""

        def read(db: Db) -> tuple[Followed, ...]:
            items = sorted({each.item for each in store.open_questions(db)})
            return _progress(db, [each for each in store.sent_of(db, items) if account.department in each.departments])

        return () if account.department is None else await self._database.read(read)

    async def following(self, account: Account) -> tuple[Followed, ...]:
        """The items that an account may follow, latest issue first."""

        def read(db: Db) -> tuple[Followed, ...]:
            every = store.sent_since(db, self._clock.now() - LOOKS_BACK)
            settings = self._settings(db)
            ours = [each for each in every if _follows(settings, account, each)]
            return _progress(db, ours[::-1])

        return await self._database.read(read)

    def _followed(self, db: Db, *, account: Account, item: int) -> Followed:
        of = store.sent(db, item)
        if of is None or not _follows(self._settings(db), account, of):
            raise NotFound("notice_answer.no_such_item")
        return _progress(db, [of])[0]

    def _answers_for(self, db: Db, account: Account, of: SentItem) -> bool:
        ours = account.department is not None and account.department in of.departments
        return ours or self._settings(db).edits(account)

    def _shown(self, db: Db, token: str, now: datetime) -> Shown:
        asked = _read(self._links, token, now)
        committee = next((each for each in people.committees(db) if each.id == asked.committee), None)
        found = {each.id: each for each in store.sent_of(db, asked.items)}
        items = [found[each] for each in asked.items if each in found and found[each].concerns(asked.committee)]
        if committee is None or not items:
            raise NotFound("link.bad")
        if not self._receives(db, asked.committee, asked.address, items):
            raise Refused("notice_answer.not_receiving", committee=committee.full_name, address=asked.address)
        return Shown(asked, committee, _seen(db, items, asked.committee))


def _read(links: Links, token: str, now: datetime) -> Asked:
    try:
        return read_token(links, token, now=now)
    except Refused:
        raise Refused("notice_answer.expired") from None


def _by_link(shown: Shown) -> Asking:
    return Asking(shown.asked.committee, shown.asked.address, Via.LINK, "")


def _by_account(account: Account, via: Via) -> Asking:
    if account.committee is None or account.device is not None or not account.may(Right.SITE):
        raise Forbidden("access.denied")
    return Asking(account.committee, account.username, via, account.username)


def _own(db: Db, committee: CommitteeId, items: Collection[int]) -> list[SentItem]:
    wanted = set(items)
    found = [each for each in store.sent_of(db, wanted) if each.concerns(committee)]
    if not wanted or len(found) != len(wanted):
        raise NotFound("notice_answer.no_such_item")
    return found


def _give(db: Db, items: Sequence[SentItem], asking: Asking, answer: Answer, note: str, now: datetime) -> None:
    """The last word counts, but for one thing: having read it does not undo having done it."""
    known = store.answers_of(db, asking.committee, [each.id for each in items])
    for each in items:
        given = known.get(each.id)
        if given is not None and given.answer is Answer.DONE and answer is Answer.READ and not note:
            continue
        if given is not None and (given.answer, given.note) == (answer, note):
            continue
        store.put_answer(db, Acknowledgement(each.id, asking.committee, answer, asking.by, asking.via.value, now, note))
        _say(db, n.NoticeAnswered(each.id, asking.committee, answer.value, asking.via.value), asking.actor, now)


def _ask(db: Db, of: SentItem, asking: Asking, text: str, now: datetime) -> int:
    said = checked(text, "question", QUESTION_LENGTH, missing="notice_answer.question_missing")
    own = [each for each in store.questions(db, [of.id])[of.id] if each.committee == asking.committee]
    same = next((each for each in own if each.text == said), None)
    if same is not None:
        return same.id
    if sum(1 for each in own if each.answered_at is None) >= MOST_QUESTIONS:
        raise Refused("notice_answer.too_many_questions", limit=MOST_QUESTIONS)
    number = store.add_question(db, of.id, asking.committee, said, by=asking.by, now=now)
    _say(db, n.NoticeQueried(number, of.id, asking.committee), asking.actor, now)
    return number


def _say(db: Db, fact: n.NoticeAnswered | n.NoticeQueried | n.NoticeQueryAnswered, actor: str, now: datetime) -> None:
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=actor)


def _waiting(db: Db, committee: CommitteeId, since: datetime) -> tuple[Seen, ...]:
    found = store.unsettled_since(db, since, committee)
    given = store.answers_of(db, committee, [each.id for each in found])
    return _seen(db, unanswered(found, committee, given), committee)


def _answered(db: Db, committee: CommitteeId) -> tuple[Seen, ...]:
    """The latest first; an action that was only read is among those that wait."""
    given = store.latest_answers(db, committee, MOST_ANSWERED)
    sent = {each.id: each for each in store.sent_of(db, [each.item for each in given])}
    settled = [sent[each.item] for each in given if each.item in sent and sent[each.item].settled(each)]
    return _seen(db, settled, committee)


def _seen(db: Db, items: Sequence[SentItem], committee: CommitteeId) -> tuple[Seen, ...]:
    numbers = [each.id for each in items]
    given, questions = store.answers_of(db, committee, numbers), store.questions(db, numbers)
    return tuple(
        Seen(
            each,
            given.get(each.id),
            tuple(q for q in questions[each.id] if q.committee == committee or q.answered_at is not None),
        )
        for each in items
    )


def _progress(db: Db, items: Sequence[SentItem]) -> tuple[Followed, ...]:
    numbers = [each.id for each in items]
    committees = [each.id for each in people.committees(db)]
    given, questions = store.answers(db, numbers), store.questions(db, numbers)
    return tuple(Followed(progress(each, committees, given[each.id]), questions[each.id]) for each in items)


def _follows(settings: Settings, account: Account, of: SentItem) -> bool:
    ours = account.department is not None and account.department in of.departments
    return ours or settings.edits(account) or account.may(*OVERSEES)
