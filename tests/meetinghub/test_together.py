"""Questions asked together are answered as if they came singly, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from threading import Thread

import pytest
from sqlalchemy import bindparam, literal, select, text
from sqlmodel import Session, SQLModel

from meetinghub.db import Database
from meetinghub.errors import Unavailable
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, NewFact
from meetinghub.ledger.tables import FactRow
from meetinghub.together import Question, answers
from tests.postgres import Server

NOW = datetime(2026, 11, 26, 14, 0, tzinfo=timezone(timedelta(hours=8)))
FACT = SQLModel.metadata.tables[FactRow.__tablename__]
AT = select(FACT.c.number, FACT.c.at).where(FACT.c.at >= bindparam("since")).order_by(FACT.c.number)
ALL = select(FACT.c.number).order_by(FACT.c.number)


def say(db: Session) -> None:
    ledger.append(db, [NewFact(p.MeetingStarted())], meeting_id=1, at=NOW, actor="chair")


def asked(db: Session, *questions: Question) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in rows] for rows in answers(db.connection(), questions)]


def test_each_finds_what_it_would_find_by_itself(database: Database) -> None:
    database.write_now(say)
    later = NOW + timedelta(seconds=1)
    found = database.read_now(asked, Question(AT, {"since": NOW}), Question(AT, {"since": later}), Question(ALL))
    assert found == [[(1, NOW)], [], [(1,)]]
    ((_, at),) = found[0]
    assert isinstance(at, datetime)
    assert at.tzinfo is UTC


def test_they_see_what_their_transaction_wrote_and_are_taken_back_with_it(database: Database) -> None:
    def fail(db: Session) -> None:
        say(db)
        assert asked(db, Question(ALL), Question(text("SELECT number FROM ledger_head"))) == [[(1,)], [(1,)]]
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(fail)
    assert database.read_now(asked, Question(ALL)) == [[]]


def test_whoever_waited_for_the_ledger_is_told_what_was_written_meanwhile(database: Database) -> None:
    found: list[object] = []

    def look(db: Session) -> None:
        (rows,) = ledger.take_and_ask(db, Question(ALL))
        found.extend(row[0] for row in rows)

    waiting = Thread(target=database.write_now, args=(look,))

    def write(db: Session) -> None:
        ledger.take(db)
        waiting.start()
        waiting.join(0.5)  # it is at the lock by now, or comes later: it must not matter
        say(db)

    database.write_now(write)
    waiting.join()
    assert found == [1]


def test_whoever_holds_the_ledger_only_asks(database: Database) -> None:
    def twice(db: Session) -> list[list[int]]:
        (before,) = ledger.take_and_ask(db, Question(ALL))
        say(db)
        (after,) = ledger.take_and_ask(db, Question(ALL))
        return [[row[0] for row in rows] for rows in (before, after)]

    assert database.write_now(twice) == [[], [1]]


def test_whether_there_is_such_a_fact_is_a_question(database: Database) -> None:
    database.write_now(say)
    zero = select(literal(0)).scalar_subquery()
    some = [ledger.any_of_kinds([kind], after=zero) for kind in (FactKind.MEETING_STARTED, FactKind.MEETING_ENDED)]
    assert database.read_now(asked, *some) == [[(1,)], []]


@pytest.mark.postgres
def test_a_list_of_unknown_length_is_refused(database: Database) -> None:
    wanted = Question(ALL.where(FACT.c.number.in_([1, 2])))
    if database.is_sqlite:
        assert database.read_now(asked, wanted) == [[]]
        return
    with pytest.raises(ValueError, match="each list"):
        database.read_now(asked, wanted)


@pytest.mark.postgres
def test_a_server_that_goes_away_is_a_state_of_the_world(own_postgres: Server) -> None:
    database = Database(f"{own_postgres.url}/own")
    one = Question(text("SELECT 1"))

    def cut(db: Session) -> None:
        assert asked(db, one, one) == [[(1,)], [(1,)]]
        own_postgres.stop()
        asked(db, one, one)

    with pytest.raises(Unavailable):
        database.write_now(cut)
    own_postgres.start()
    assert database.write_now(asked, one) == [[(1,)]]
    database.close()
