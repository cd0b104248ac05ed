"""What earlier issues left open, for many committees at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from digest import answer_store
from digest.answering import SentItem
from digest.model import Answer, Week
from digest.page import Earlier, OpenTask, TaskKind
from digest.tables import NoticeAnswerRow
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId

KEPT = timedelta(days=91)
"""After its sending an action is still told as open, a quarter: older ones are a matter for a telephone."""
LAST = timedelta(days=28)
"""How far back the last issue is looked for: weeks without a working day have none."""
_ANSWER = SQLModel.metadata.tables[NoticeAnswerRow.__tablename__]


def open_actions(
    db: Db, committees: Collection[CommitteeId], *, today: date
) -> Mapping[CommitteeId, tuple[OpenTask, ...]]:
    """Actions of issues that were sent, not done by each of them; by their date."""
    sent = [each for each in _sent(db, today - KEPT) if each.is_action and each.corrected_by is None]
    sent.sort(key=lambda each: (each.due_on or date.max, each.id))
    given = _answers(db, sent)
    tasks = {each.id: _task(each) for each in sent}
    return {
        committee: tuple(
            tasks[each.id]
            for each in sent
            if each.concerns(committee) and given.get((each.id, committee)) is not Answer.DONE
        )
        for committee in committees
    }


def unread(db: Db, week: Week, committees: Collection[CommitteeId]) -> Mapping[CommitteeId, tuple[Earlier, ...]]:
    """Items of the last week before ``week`` that had an issue, supplements included, to which each of them has
    answered nothing."""
    sent = [each for each in _sent(db, week.monday - LAST) if each.issue.week < week]
    last = max((each.issue.week for each in sent), default=None)
    sent = [each for each in sent if each.issue.week == last and each.corrected_by is None]
    given = _answers(db, sent)
    told = {each.id: _earlier(each) for each in sent}
    return {
        committee: tuple(
            told[each.id] for each in sent if each.concerns(committee) and (each.id, committee) not in given
        )
        for committee in committees
    }


def _sent(db: Db, first: date) -> list[SentItem]:
    return answer_store.sent_since(db, datetime.combine(first, time(), SHANGHAI))


def _answers(db: Db, sent: Iterable[SentItem]) -> dict[tuple[int, int], Answer]:
    wanted = core.select(_ANSWER.c.item_id, _ANSWER.c.committee_id, _ANSWER.c.answer)
    rows = db.execute(wanted.where(_ANSWER.c.item_id.in_([each.id for each in sent])))
    return {(item, committee): Answer(answer) for item, committee, answer in rows}


def _sent_on(sent: SentItem) -> date:
    assert sent.issue.sent_at is not None
    return sent.issue.sent_at.astimezone(SHANGHAI).date()


def _task(sent: SentItem) -> OpenTask:
    return OpenTask(
        kind=TaskKind.NOTICE,
        task=sent.id,
        text=sent.title,
        due_on=sent.due_on,
        source="",
        given_on=_sent_on(sent),
        departments=sent.item.departments,
    )


def _earlier(sent: SentItem) -> Earlier:
    return Earlier(sent.id, sent.issue.number, sent.title, _sent_on(sent), sent.item.wording.kind)
