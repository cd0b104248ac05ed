"""What people see of the outbox, and what they do to it, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from meetinghub.db import Database
from meetinghub.errors import NotFound, Refused
from meetinghub.mail import outbox, reading
from meetinghub.mail.message import Owed
from meetinghub.mail.model import Outcome
from meetinghub.mail.reading import Search
from meetinghub.mail.states import MOST_LOST, Event, State

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def put(database: Database, *numbers: int, order_key: str = "meeting-7") -> None:
    for number in numbers:
        mail = Owed(
            key=f"invitation:{number}",
            to="Chen@committee.example",
            subject=f"第{number}封 50%",
            text="x",
            order_key=order_key,
        )
        database.write_now(partial(outbox.owe, owed=mail, now=NOW))


def end(database: Database, event: Event, now: datetime = NOW) -> int:
    """The next mail is tried and ends so; its number."""
    tried = database.write_now(partial(outbox.claim, by="worker", now=now, lease=timedelta(minutes=5)))
    assert tried is not None
    assert database.write_now(partial(outbox.finish, tried=tried, outcome=Outcome(event, None, "x"), now=now))
    return tried.number


def test_each_state_is_counted_and_the_first_that_holds_back_is_named(database: Database) -> None:
    put(database, 1, 2, 3)
    put(database, 4, order_key="")
    end(database, Event.REFUSE)
    counts = database.read_now(reading.counts)
    assert counts == {state: {State.FAILED: 1, State.OWED: 3}.get(state, 0) for state in State}
    page = database.read_now(partial(reading.page, search=Search(), offset=0, limit=3))
    assert page.whole == 4
    assert [(mail.number, mail.held_by) for mail in page.entries] == [(4, None), (3, 1), (2, 1)]
    first = database.read_now(reading.one, 1)
    assert first is not None
    assert (first.state, first.held_by) == (State.FAILED, None)


@pytest.mark.parametrize(
    ("text", "whole"), [("chen@", 2), ("第1", 1), ("INVITATION", 2), ("50%", 2), ("5%0", 0), ("_", 0)]
)
def test_a_search_takes_what_is_typed_as_it_stands(database: Database, text: str, whole: int) -> None:
    put(database, 1, 2)
    assert database.read_now(partial(reading.page, search=Search(text=text), offset=0, limit=9)).whole == whole


def test_a_person_lets_the_rest_go_by_settling_the_first(database: Database) -> None:
    put(database, 1, 2)
    end(database, Event.REFUSE)
    database.write_now(partial(outbox.mark_undelivered, number=1, by="admin", now=NOW))
    assert end(database, Event.ACCEPT) == 2
    database.write_now(partial(outbox.mark_undelivered, number=2, by="admin", now=NOW))
    assert database.read_now(reading.counts)[State.BOUNCED] == 2
    assert [(step.event, step.by) for step in database.read_now(reading.steps, 2)] == [
        (Event.ACCEPT, "worker"),
        (Event.BOUNCE, "admin"),
    ]


def test_a_person_has_one_sent_again_that_waits_for_a_decision(database: Database) -> None:
    put(database, 1)
    now = NOW
    for _ in range(MOST_LOST):
        end(database, Event.LOSE, now)
        now += timedelta(hours=1)
    assert database.write_now(partial(outbox.claim, by="worker", now=now, lease=timedelta(minutes=5))) is None
    database.write_now(partial(outbox.resend, number=1, by="admin", now=now))
    assert end(database, Event.ACCEPT, now) == 1


def test_what_went_well_is_not_sent_again_and_what_is_not_there_neither(database: Database) -> None:
    put(database, 1)
    end(database, Event.ACCEPT)
    with pytest.raises(Refused):
        database.write_now(partial(outbox.resend, number=1, by="admin", now=NOW))
    with pytest.raises(NotFound):
        database.write_now(partial(outbox.mark_undelivered, number=9, by="admin", now=NOW))
