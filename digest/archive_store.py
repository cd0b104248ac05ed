"""Finding what was sent before: by issue, and by words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session as Db
from sqlmodel import col, select

from digest import issue_store
from digest.archive import Found
from digest.model import Issue, IssueState, Item
from digest.tables import IssueItemRow, IssuePageRow, IssueRow
from meetinghub.ids import CommitteeId, IssueId


def issues(db: Db, states: Collection[IssueState], committee: CommitteeId | None) -> list[Issue]:
    """Newest first; of one committee those that it got a page of."""
    found = issue_store.issues(db, states)
    if committee is None:
        return found
    own = set(db.exec(select(IssuePageRow.issue_id).where(IssuePageRow.committee_id == committee)))
    return [each for each in found if each.id in own]


def items(db: Db, numbers: Collection[IssueId]) -> dict[IssueId, tuple[Item, ...]]:
    """By issue, in its order; every issue is there."""
    return {number: issue_store.items(db, number) for number in numbers}


def found(
    db: Db, words: Sequence[str], states: Collection[IssueState], committee: CommitteeId | None, *, limit: int
) -> list[Found]:
    """Items that hold all of ``words`` (folded), the newest first; of one committee those that concern it."""
    hits: list[Found] = []
    for issue, item in _matching(db, words, states):
        if committee is None or item.wording.concerns(committee):
            hits.append(Found(issue, item))
            if len(hits) == limit:
                break
    return hits


def _matching(db: Db, words: Sequence[str], states: Collection[IssueState]) -> Iterator[tuple[Issue, Item]]:
    wanted = (
        select(IssueItemRow.id, IssueRow.id)
        .join(IssueRow, col(IssueRow.id) == col(IssueItemRow.issue_id))
        .where(
            col(IssueRow.state).in_([each.value for each in states]),
            *(col(IssueItemRow.searched).contains(word, autoescape=True) for word in words),
        )
        .order_by(
            col(IssueRow.year).desc(), col(IssueRow.week).desc(), col(IssueRow.part).desc(), col(IssueItemRow.position)
        )
    )
    for number, of in db.exec(wanted).all():
        issue, item = issue_store.issue(db, IssueId(of or 0)), issue_store.item(db, number or 0)
        if issue is not None and item is not None:
            yield issue, item
