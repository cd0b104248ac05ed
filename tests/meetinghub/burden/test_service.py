"""The account as pages read it, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from meetinghub.asking import store as asking
from meetinghub.asking.wish import Wish
from meetinghub.baselines import store as surveys
from meetinghub.baselines.model import Baseline, Provenance
from meetinghub.bridges.burden import burden_of
from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden.figures import Figure
from meetinghub.burden.following import Following, follow
from meetinghub.burden.model import Source
from meetinghub.burden.periods import named
from meetinghub.burden.rows import View
from meetinghub.burden.service import Burden
from meetinghub.db import Database
from meetinghub.errors import NotFound
from meetinghub.ledger import store as ledger
from meetinghub.ledger.coordination import RequestStepDecided
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.quotas import QuotaDecided
from meetinghub.people.tables import DepartmentRow
from tests.meetinghub.burden.test_following import sealed
from tests.meetinghub.meetings.planned import SetClock

NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)
NOVEMBER, YEAR = named("2026-11"), named("2026")


@pytest.fixture
def burden(database: Database) -> Burden:
    """The meeting of the examples on 26 November 2026, sealed and followed; a survey of an earlier half-year."""

    def fill(db: Db) -> None:
        sealed(db)
        db.add(DepartmentRow(id=1, street_office_id=1, name="民政科", line="民政", position=1))
        survey = Baseline(0, date(2025, 10, 1), date(2026, 3, 31), 282, 274, 33, "调查")
        surveys.add(db, survey, Provenance(NOW, "coordinator", "", "", ""))

    database.write_now(fill)
    database.write_now(follow, HeldMeetings())
    return burden_of(database, SetClock(NOW))


async def test_a_statement_says_what_it_counts_out_of_what_and_beside_what(burden: Burden) -> None:
    assert NOVEMBER is not None
    found = await burden.statement(View(), NOVEMBER)
    assert (found.totals.sittings, found.totals.attendances, found.committees) == (1, 4, 33)
    assert found.running
    assert (found.days.first, found.days.last, found.days.days) == (date(2026, 11, 1), date(2026, 11, 28), 20)
    assert found.before.sittings == 0
    assert found.survey is not None
    assert found.survey.fewer(found.totals.attendances) == 100
    assert [(month.attendances, month.known) for month in found.months][-2:] == [(0, False), (4, True)]
    assert len(found.months) == 14
    one = await burden.statement(View(committee=101), NOVEMBER)
    assert (one.committees, one.totals.attendances) == (1, 1)
    for view in (View(department=1), View(role="secretary")):
        other = await burden.statement(view, NOVEMBER)
        assert (other.survey, other.surveyed) == (None, True)


async def test_a_period_long_ago_has_a_picture_of_its_own_months(burden: Burden) -> None:
    old = named("2020")
    assert old is not None
    found = await burden.statement(View(), old)
    assert (found.months[0].month, found.months[-1].month) == (201911, 202012)
    assert not found.running


async def test_the_usual_period_is_the_last_whole_month_with_anything_in_it(burden: Burden, database: Database) -> None:
    assert (await burden.usual_period(View())).name == "2026-11"
    later = burden_of(database, SetClock(NOW + timedelta(days=10)))
    assert (await later.usual_period(View())).name == "2026-11"
    assert (await later.usual_period(View(committee=106))).name == "2026-12"


async def test_a_sitting_is_opened_with_its_lines_or_ones_own(burden: Burden) -> None:
    assert len((await burden.opened(Source.MEETING, 1, None)).lines) == 33
    own = await burden.opened(Source.MEETING, 1, 101)
    assert [line.committee for line in own.lines] == [101]
    assert own.entry.minutes == 60
    for source, number, committee in ((Source.MEETING, 1, 9), (Source.MEETING, 2, None), (Source.CALL, 1, None)):
        with pytest.raises(NotFound):
            await burden.opened(source, number, committee)
    assert NOVEMBER is not None
    page = await burden.rows(View(), NOVEMBER, Figure.MINUTES)
    assert (len(page.entries), page.whole) == (1, 1)


async def test_what_rules_or_approvers_refused_is_followed_with_its_reason(burden: Burden, database: Database) -> None:
    assert YEAR is not None

    def refuse(db: Db) -> None:
        number = asking.add(db, Wish(title="宣讲会", minutes=60), by="dept-01", department=1, now=NOW)
        decided = QuotaDecided(
            0, NOW, 60, (101, 102), ("secretary",), 1, "", 2, True, (), "", (), "总结会", None,
            "refused", 3, ("calls",), (), "",
        )  # fmt: skip
        facts = [
            NewFact(RequestStepDecided(number, 1, "leader", "refuse", "可以放进周一提示")),
            NewFact(RequestStepDecided(number, 1, "coordinator", "approve", "")),
            NewFact(RequestStepDecided(99, 1, "leader", "refuse", "没有这件")),
            NewFact(decided),
        ]
        ledger.append(db, facts, meeting_id=None, at=NOW, actor="leader")

    await database.write(refuse)
    await Following(database, HeldMeetings()).run()
    found = await burden.refusals(View(), YEAR)
    assert [(each.why, each.title, each.committees, each.reason, each.rules) for each in found] == [
        ("rules", "总结会", 2, "", ("3:calls",)),
        ("leader", "宣讲会", 33, "可以放进周一提示", ()),
    ]
    assert (await burden.statement(View(department=1), YEAR)).refused == {"rules": 1, "leader": 1}
