"""The demonstration's weekly notice, on whatever day somebody tries the product."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import func, select

from digest import delivery_store, issue_store, item_store
from digest.model import IssueState, State
from digest.tables import NoticeAnswerRow
from meetinghub import demo, demo_notices
from meetinghub.config import Config, from_env
from meetinghub.db import Database
from meetinghub.mail.states import State as MailState
from meetinghub.workdays import seed

DAYS = [
    "2026-11-23 06:00",
    "2026-11-23 10:00",
    "2026-11-27 12:30",
    "2026-11-28 09:00",
    "2026-02-18 09:00",
    "2027-01-04 08:31",
]


def _filled(database: Database, config: Config, text: str) -> None:
    now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)
    database.write_now(demo.fill, now=now, password_hash="x")
    demo_notices.fill_into(database, replace(config, clock_shift=now - datetime.now(UTC)))


@pytest.fixture
def config(sqlite_database: Database, tmp_path: Path) -> Config:
    sqlite_database.write_now(seed.seed, datetime(2026, 1, 1, tzinfo=UTC))
    return from_env({"DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize("text", DAYS)
def test_there_is_an_issue_with_answers_and_a_board_that_waits(
    sqlite_database: Database, config: Config, text: str
) -> None:
    _filled(sqlite_database, config, text)
    demo_notices.fill_into(sqlite_database, config)

    def look(db: Db) -> None:
        board, sent = issue_store.issues(db, tuple(IssueState))
        assert (board.state, sent.state) == (IssueState.OPEN, IssueState.SENT)
        assert len(issue_store.pages(db, sent.id)) == 33
        states = [each.state for each in item_store.on_board(db, board.id)]
        assert states == [State.SUBMITTED] * 5
        assert [each.reason != "" for each in item_store.all_of(db, (State.RETURNED,))] == [True]
        assert db.exec(select(func.count()).select_from(NoticeAnswerRow)).one() == 51
        became = Counter(each.mail.state for each in delivery_store.deliveries(db, sent.id))
        assert became == {MailState.ACCEPTED: 3 * 33 - 2, MailState.BOUNCED: 2}

    sqlite_database.read_now(look)
