from __future__ import annotations

from datetime import UTC, datetime

from meetinghub.db import Database
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import rosters
from meetinghub.meetings.model import Audience
from meetinghub.meetings.roll import Ticks
from meetinghub.meetings.rollcall import Answer
from meetinghub.meetings.roster import asked, listed, roster
from meetinghub.people.model import Person, Role
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.planned import plan_example

LEADERS = Audience(("secretary", "director"))


def person(number: int, *roles: Role, line: str = "") -> Person:
    lines = (line,) if line else ()
    return Person(PersonId(number), f"甲{number}", "", roles, lines, None, CommitteeId(1))


STAFF = (
    person(1, Role.SECRETARY),
    person(2, Role.DIRECTOR),
    person(3, Role.LINE_WORKER, line="民政"),
    person(4, Role.LINE_WORKER, line="平安"),
    person(5, Role.VOLUNTEER),
)


def test_who_only_works_the_computer_is_not_on_the_list() -> None:
    both = person(7, Role.OPERATOR, Role.VOLUNTEER)
    assert listed([*STAFF, person(6, Role.OPERATOR), both]) == (*STAFF, both)


def test_the_first_time_whoever_is_called_is_ticked() -> None:
    assert roster(STAFF, LEADERS, None, None).ticks.people == {1, 2}
    assert roster(STAFF, Audience(("line_worker",), "民政"), None, None).ticks.people == {3}
    assert roster(STAFF, Audience(()), None, None).ticks.people == {1, 2, 3, 4, 5}
    assert not asked(person(8), LEADERS)


def test_later_the_list_is_as_it_was_last_time_without_guests_and_without_those_who_have_gone() -> None:
    last = p.RosterTicked("site-01", (1, 3, 99), 4, (2,), ("leave",))
    found = roster(STAFF, LEADERS, None, last).ticks
    assert found == Ticks(frozenset({1, 3}), 0, {})


def test_an_answer_in_this_meeting_stands_as_it_was_given() -> None:
    answered = Answer(NOON, (2,), 3, {5: "duty", 99: "leave"})
    found = roster(STAFF, LEADERS, answered, p.RosterTicked("site-01", (1,), 0)).ticks
    assert found == Ticks(frozenset({2}), 3, {5: "duty"})


def test_the_last_answer_of_a_site_is_found_among_everybody_s(database: Database) -> None:
    number = database.write_now(plan_example)
    other = database.write_now(plan_example, starts_at=datetime(2026, 12, 1, 6, tzinfo=UTC))
    said = [
        (number, p.RosterTicked("site-02", (1,), 0)),
        (number, p.RosterTicked("site-01", (2, 3), 0)),
        (other, p.RosterTicked("site-02", (4,), 1, (5,), ("duty",))),
        (other, p.RosterTicked("site-11", (6,), 0)),
    ]
    for meeting, payload in said:
        database.write_now(ledger.append, [NewFact(payload)], meeting_id=meeting, at=NOON, actor="")
    assert database.read_now(rosters.last_answer, "site-02", LEADERS) == said[2][1]
    assert database.read_now(rosters.last_answer, "site-01", LEADERS) == said[1][1]
    assert database.read_now(rosters.last_answer, "site-1", LEADERS) is None
    assert database.read_now(rosters.last_answer, "site-09", LEADERS) is None


def test_the_list_of_a_meeting_that_calls_others_is_no_example(database: Database) -> None:
    number = database.write_now(plan_example)
    payload = p.RosterTicked("site-01", (1,), 0)
    database.write_now(ledger.append, [NewFact(payload)], meeting_id=number, at=NOON, actor="")
    for audience in (Audience(("secretary",)), Audience(("secretary", "director"), "民政"), Audience(())):
        assert database.read_now(rosters.last_answer, "site-01", audience) is None
    assert database.read_now(rosters.last_answer, "site-01", Audience(("director", "secretary"))) == payload
