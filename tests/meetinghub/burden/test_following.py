"""The account follows the ledger, on both engines."""

from __future__ import annotations

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
from meetinghub.ledger import payloads as p
from tests.meetinghub.attendance.examples import ABSENT, END, store_held, write

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


def rows(database: Database) -> object:
    found, count = database.read_now(partial(sums.entries, figure=Figure.ATTENDANCES), View(), DAY, DAY)
    return [(each.title, each.attendances, each.share) for each in found], count
