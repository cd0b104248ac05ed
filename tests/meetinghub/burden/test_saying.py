"""Objections with a second person, and calls from outside; pure rules, and the acts on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session as Db

from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden import calls, contests, sums
from meetinghub.burden.calls import Event, State
from meetinghub.burden.contests import Contest
from meetinghub.burden.following import follow, rebuild
from meetinghub.burden.model import Line, Share, Source
from meetinghub.burden.rows import View
from meetinghub.burden.saying import Saying, Told
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import AccountId, CommitteeId, DepartmentId
from meetinghub.people.model import Account, Right
from meetinghub.people.tables import DepartmentRow
from tests.meetinghub.burden.test_following import DAY, sealed, totals
from tests.meetinghub.meetings.planned import SetClock

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
TODAY = date(2026, 11, 27)
SAT = Line(1, True, True, roles={"secretary": Share(1, 0, 60, 30), "director": Share(1, 0, 60, 60)})


def account(name: str, *rights: Right, committee: int | None = None, department: int | None = None) -> Account:
    return Account(
        id=AccountId(1),
        username=name,
        name=name,
        rights=frozenset(rights),
        department=None if department is None else DepartmentId(department),
        committee=None if committee is None else CommitteeId(committee),
        seat=None,
        unit="",
        demo=False,
    )


SITE, OTHER_SITE = account("site-01", Right.SITE, committee=101), account("site-02", Right.SITE, committee=102)
OFFICE = account("coordinator", Right.COORDINATOR)
CALLER, OTHER = account("dept-01", Right.DEPARTMENT, department=1), account("dept-02", Right.DEPARTMENT, department=2)


def contest(**changes: object) -> Contest:
    first = Contest(1, Source.MEETING, 1, 1, None, None, None, "x", "site-01", NOW, accepted=True)
    return replace(first, **changes)  # type: ignore[arg-type]


def test_a_contest_must_say_something_that_can_be_and_why() -> None:
    assert set(contests.problems(attended=None, persons=None, travelled=None, reason=" ")) == {"what", "reason"}
    wrong = contests.problems(attended=None, persons=501, travelled=None, reason="x" * 201)
    assert set(wrong) == {"persons", "reason"}
    assert contests.problems(attended=None, persons=0, travelled=None, reason="x") == {}


def test_an_accepted_contest_counts_instead_of_the_record() -> None:
    def after(line: Line, *said: Contest) -> Line:
        return contests.corrected(line, said, seconds=100)

    assert after(SAT, contest(accepted=None, attended=False)) == SAT
    assert after(SAT, contest(committee=2, attended=False)) == SAT
    assert after(SAT, contest(attended=False)) == Line(1, True, False)
    assert after(SAT, contest(travelled=True)).whole == replace(SAT.whole, trips=2)
    assert after(SAT, contest(persons=4)).roles == {"": Share(4, 0, 240, 180)}
    assert after(SAT, contest(persons=2)) == SAT
    assert after(SAT, contest(persons=0)).roles == {}
    away = Line(1, True, False)
    assert after(away, contest(attended=True)) == Line(1, True, True, uncounted=True)
    assert after(away, contest(attended=True, persons=2)).whole == Share(2, 0, 200, 200)
    assert after(SAT, contest(number=2, travelled=True), contest(persons=3)).whole.trips == 3


def test_only_a_second_person_decides_and_once_and_says_why_not() -> None:
    waiting = contest(accepted=None)
    contests.may_decide(waiting, by="coordinator", accepted=True, reason="")
    with pytest.raises(Stale):
        contests.may_decide(contest(), by="coordinator", accepted=True, reason="")
    with pytest.raises(Refused, match="own"):
        contests.may_decide(waiting, by="site-01", accepted=True, reason="")
    for reason in ("", "x" * 201):
        with pytest.raises(Invalid):
            contests.may_decide(waiting, by="coordinator", accepted=False, reason=reason)


def test_a_call_passes_through_the_states_of_its_table_only() -> None:
    for state in State:
        for event in Event:
            following = calls.TRANSITIONS[state].get(event)
            if following is None:
                with pytest.raises(Stale):
                    calls.after(state, event)
            else:
                assert calls.after(state, event) is following


def test_what_is_wrong_with_a_call_is_said_field_by_field() -> None:
    good = {"day": TODAY, "minutes": 60, "persons": 1, "subject": "消防", "today": TODAY}
    assert calls.problems(**good) == {}  # type: ignore[arg-type]
    for change, name in (
        ({"day": TODAY + timedelta(days=1)}, "day"), ({"day": TODAY - timedelta(days=61)}, "day"),
        ({"minutes": 0}, "minutes"), ({"persons": 51}, "persons"), ({"subject": " "}, "subject"),
        ({"subject": "x" * 81}, "subject"),
    ):  # fmt: skip
        assert set(calls.problems(**{**good, **change})) == {name}  # type: ignore[arg-type]


@pytest.fixture
def saying(database: Database) -> Saying:
    """The meeting of the examples, sealed and followed; two departments."""

    def fill(db: Db) -> None:
        sealed(db)
        for number in (1, 2):
            db.add(DepartmentRow(id=number, street_office_id=1, name=f"科室{number}", line="", position=number))

    database.write_now(fill)
    database.write_now(follow, HeldMeetings())
    return Saying(database, SetClock(NOW), HeldMeetings())


async def test_an_accepted_objection_changes_the_row_at_once_and_for_ever(saying: Saying, database: Database) -> None:
    before = totals(database, View(committee=101))
    told = Told(None, 9, None, "去了九人")
    waiting = await saying.contest(Source.MEETING, 1, told, SITE)
    with pytest.raises(Refused, match="waits"):
        await saying.contest(Source.MEETING, 1, told, SITE)
    assert totals(database, View(committee=101)) == before
    assert [each.number for each in (await saying.waiting(OFFICE, decides=True)).contests] == [waiting.number]
    await saying.decide_contest(waiting.number, accepted=True, reason="", by=OFFICE)
    after = totals(database, View(committee=101))
    assert after.whole.persons == 9
    rebuild(database, HeldMeetings())
    assert totals(database, View(committee=101)) == after


async def test_a_refused_objection_stays_and_changes_nothing(saying: Saying, database: Database) -> None:
    before = totals(database)
    waiting = await saying.contest(Source.MEETING, 1, Told(False, None, None, "没有叫我们"), SITE)
    await saying.decide_contest(waiting.number, accepted=False, reason="有签到", by=OFFICE)
    assert totals(database) == before
    with pytest.raises(Stale):
        await saying.decide_contest(waiting.number, accepted=True, reason="", by=OFFICE)


async def test_a_committee_contests_its_own_rows_only(saying: Saying) -> None:
    told = Told(None, 1, None, "x")
    with pytest.raises(NotFound):
        await saying.contest(Source.MEETING, 7, told, SITE)
    with pytest.raises(NotFound):
        await saying.contest(Source.MEETING, 1, told, OFFICE)
    with pytest.raises(Invalid):
        await saying.contest(Source.MEETING, 1, Told(None, None, None, ""), SITE)
    with pytest.raises(NotFound):
        await saying.decide_contest(99, accepted=True, reason="", by=OFFICE)


async def log(saying: Saying, by: Account = SITE, **changes: object) -> int:
    answers = {
        "department": 1,
        "subject": "消防",
        "minutes": 60,
        "persons": 2,
        "day": DAY,
        "in_person": True,
        **changes,
    }
    return await saying.log(**answers, by=by)  # type: ignore[arg-type]


async def test_a_call_counts_from_the_moment_it_is_written_down_until_it_is_struck_out(
    saying: Saying, database: Database
) -> None:
    before = totals(database)
    number = await log(saying)
    found = totals(database)
    assert (found.calls, found.sittings, found.call_attendances) == (1, before.sittings, 1)
    assert found.whole == before.whole + Share(2, 2, 7200, 0)
    assert found.measured == before.measured
    await saying.answer(number, confirmed=False, reason="没有叫过", by=CALLER)
    assert totals(database) == found
    await saying.decide_call(number, upheld=False, reason="记错了", by=OFFICE)
    assert totals(database) == before
    rebuild(database, HeldMeetings())
    assert totals(database) == before


async def test_each_step_of_a_call_has_its_own_people(saying: Saying) -> None:
    number = await log(saying)
    assert [each.id for each in (await saying.waiting(CALLER, decides=False)).named] == [number]
    with pytest.raises(NotFound):
        await saying.answer(number, confirmed=True, reason="", by=OTHER)
    with pytest.raises(Stale):
        await saying.decide_call(number, upheld=True, reason="", by=OFFICE)
    with pytest.raises(Invalid):
        await saying.answer(number, confirmed=False, reason="", by=CALLER)
    await saying.answer(number, confirmed=True, reason="", by=CALLER)
    with pytest.raises(Stale):
        await saying.answer(number, confirmed=False, reason="x", by=CALLER)
    with pytest.raises(NotFound):
        await saying.decide_call(99, upheld=True, reason="", by=OFFICE)
    assert [each.state for each in await saying.calls_of(SITE, every=False)] == [State.CONFIRMED]
    assert await saying.calls_of(OTHER_SITE, every=False) == []
    with pytest.raises(Refused, match="own_call"):
        await saying.contest(Source.CALL, number, Told(False, None, None, "x"), SITE)


async def test_a_call_that_cannot_be_is_not_written_down(saying: Saying, database: Database) -> None:
    for change in ({"department": 9}, {"subject": ""}, {"minutes": 0}):
        with pytest.raises(Invalid):
            await log(saying, **change)
    with pytest.raises(Forbidden):
        await log(saying, by=OFFICE)
    read = partial(sums.totals, view=View(), first=DAY, last=DAY)
    assert database.read_now(read).calls == 0
