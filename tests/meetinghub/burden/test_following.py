"""The account follows the ledger, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlmodel import Session as Db

from meetinghub.attendance.service import GRACE, seal
from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden import following, sums
from meetinghub.burden.figures import Figure, Totals
from meetinghub.burden.following import follow, rebuild
from meetinghub.burden.model import Share
from meetinghub.burden.rows import View
from meetinghub.db import Database
from meetinghub.imports import store as imports
from meetinghub.imports.model import Held
from meetinghub.imports.store import Taking
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.imports import ImportTaken, ImportTakenBack
from tests.meetinghub.attendance.examples import ABSENT, END, store_held, write
from tests.meetinghub.meetings.planned import plan_example

DAY = date(2026, 11, 26)


def sealed(db: Db) -> int:
    number = store_held(db)
    assert seal(db, meeting_id=number, now=END + GRACE)
    return number


def totals(database: Database, view: View | None = None) -> Totals:
    return database.read_now(sums.totals, view or View(), DAY, DAY)


def test_a_sealed_meeting_is_counted_and_any_other_is_not(database: Database) -> None:
    database.write_now(store_held)
    assert database.write_now(follow, HeldMeetings()) == 0
    assert totals(database) == Totals()


def test_what_a_meeting_cost_is_what_its_sheet_says(database: Database) -> None:
    """An hour: one room of three for all of it, one of seven cut off for 72 seconds, two that nobody counted."""
    database.write_now(sealed)
    assert database.write_now(follow, HeldMeetings()) == 1
    found = totals(database)
    assert (found.sittings, found.attendances, found.uncounted, found.calls) == (1, 4, 2, 0)
    assert found.whole.persons == 3 + 7
    assert found.whole.sat == 3 * 3600 + 7 * (3600 - 72)
    assert found.whole == found.measured


def test_a_correction_that_was_accepted_is_followed(database: Database) -> None:
    number = database.write_now(sealed)
    database.write_now(follow, HeldMeetings())

    def correct(db: Db) -> None:
        said = p.AttendanceCorrectionProposed(ABSENT, "present", 4, "用电话参会")
        (fact,) = write(db, number, END + timedelta(days=1), said, by=ABSENT)
        write(db, number, END + timedelta(days=1), p.AttendanceCorrectionDecided(fact.number, True, ""), by="host")

    before = totals(database)
    database.write_now(correct)
    database.write_now(follow, HeldMeetings())
    after = totals(database)
    assert after.attendances == before.attendances + 1
    assert after.whole.persons == before.whole.persons + 4


def test_counting_everything_anew_gives_the_same_rows(database: Database) -> None:
    database.write_now(sealed)
    database.write_now(follow, HeldMeetings())
    before = [totals(database), rows(database)]
    assert rebuild(database, HeldMeetings()) == 1
    assert [totals(database), rows(database)] == before


def test_following_goes_on_where_it_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 1)
    database.write_now(sealed)
    database.write_now(sealed)
    assert [database.write_now(follow, HeldMeetings(), most=1) for _ in range(3)] == [1, 1, 0]
    assert totals(database).sittings == 2


def test_one_committee_sees_its_own_line_only(database: Database) -> None:
    database.write_now(sealed)
    database.write_now(follow, HeldMeetings())
    found = totals(database, View(committee=101))
    assert (found.sittings, found.attendances, found.whole.persons) == (1, 1, 3)
    assert totals(database, View(committee=106)) == Totals()
    assert found.whole == Share(3, 0, 3 * 3600, found.whole.addressed)


def test_imported_history_counts_until_it_is_taken_back(database: Database) -> None:
    """Three committees were called; how many people came of each nobody wrote down."""
    at = END - timedelta(hours=5)

    def take(db: Db) -> int:
        plan_example(db)
        own = Held(1, "消防" * 60, at, 90, None, "平安办", frozenset({101, 102, 103}), frozenset({"director"}))
        taking = Taking(0, "2025.csv", "csv", "d", "r", 2, 0, 0, 0, DAY, DAY, at, "coordinator")
        number = imports.add_taking(db, taking, [(own, 3), (replace(own, row=2, own=False), 3)])
        fact = ImportTaken(number, "2025.csv", "d", 2, DAY.isoformat(), DAY.isoformat(), "r")
        ledger.append(db, [NewFact(fact)], meeting_id=None, at=at, actor="coordinator")
        return number

    taking = database.write_now(take)
    database.write_now(follow, HeldMeetings())
    found = totals(database)
    assert (found.sittings, found.attendances, found.uncounted, found.whole) == (1, 3, 3, Share())
    assert found.addressed is None

    def take_back(db: Db) -> None:
        assert imports.take_back(db, taking, at=END, by="coordinator", reason="错了")
        ledger.append(db, [NewFact(ImportTakenBack(taking, 2, "错了"))], meeting_id=None, at=END, actor="coordinator")

    database.write_now(take_back)
    database.write_now(follow, HeldMeetings())
    assert totals(database) == Totals()


def rows(database: Database) -> object:
    found, count = database.read_now(partial(sums.entries, figure=Figure.ATTENDANCES), View(), DAY, DAY)
    return [(each.title, each.attendances, each.share) for each in found], count
