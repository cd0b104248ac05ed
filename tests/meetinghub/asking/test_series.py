"""Series in a database, on both engines: asked for as one, planned one by one, changed from a date on, called off."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from meetinghub.asking.approval import Verdict
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import changed, starts
from meetinghub.asking.ports import NEEDS_APPROVAL, REFUSED
from meetinghub.asking.request import State
from meetinghub.asking.rescheduling import Rescheduler, Wanted
from meetinghub.asking.wish import Wish
from meetinghub.bridges.charging import quotas
from meetinghub.bridges.rules import QuotaRules
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused
from meetinghub.meetings import series_store
from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State as Held
from meetinghub.meetings.recurrence import Freq, Recurrence
from meetinghub.meetings.series import Series
from quotas import store as charges
from quotas.charge import Charge
from quotas.policy import Action, Ceiling, NoMeetingDays, Quota, QuotaPeriod, Rule
from tests.meetinghub.agendas.hosted import CIVIL
from tests.meetinghub.asking.office import CALLS, WISH, Office

MONTHLY = Recurrence(Freq.MONTHLY, count=4)
WEEKLY = Recurrence(Freq.WEEKLY, count=4)
EIGHTH = date(2026, 12, 8)


def coming_back(repeat: Recurrence, day: date = EIGHTH) -> Wish:
    assert WISH.own is not None
    return replace(WISH, own=replace(WISH.own, repeat=repeat, starts_at=datetime.combine(day, time(9), SHANGHAI)))


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return with_rules(database, tmp_path, CALLS)


def with_rules(database: Database, folder: Path, *rules: Rule) -> Office:
    return Office(database, folder, *rules)


def rescheduler(office: Office) -> Rescheduler:
    return Rescheduler(office.database, office.clock, QuotaRules(quotas()))


async def planned(office: Office, wish: Wish) -> Series:
    """Asked for, approved by both offices where they are needed, and planned."""
    found = await office.handed_in(wish)
    for name in ("coordinator", "leader"):
        if office.request(found.id).state is State.SUBMITTED:
            await office.asking.decide(found.id, office.account(name), round=1, verdict=Verdict.APPROVE, reason="")
    return series_of(office, found)


def series_of(office: Office, found: Request) -> Series:
    number = office.database.read_now(series_store.of_request, found.id)
    assert number is not None
    return series(office, number)


def series(office: Office, number: int) -> Series:
    found = office.database.read_now(series_store.series, number)
    assert found is not None
    return found


def days(of: Series) -> list[str]:
    return [f"{each.starts_at.astimezone(SHANGHAI):%m-%d %H}" for each in of.sittings if each.open]


def charged(office: Office) -> list[Charge]:
    """What counts for the department after everything that was said of meetings."""

    def read(db: object) -> list[Charge]:
        service = quotas()
        service.settle(db, now=office.clock.now(), most=10_000)  # type: ignore[arg-type]
        since, until = (datetime(year, 1, 1, tzinfo=SHANGHAI) for year in (2026, 2030))
        return [each for each, _ in charges.between(db, since, until) if each.wish.department == CIVIL]  # type: ignore[arg-type]

    return office.database.write_now(read)


def months(office: Office) -> Counter[str]:
    return Counter(f"{each.wish.day:%Y-%m}" for each in charged(office))


async def test_a_series_is_planned_as_one_meeting_for_each_of_its_days(office: Office) -> None:
    of = await planned(office, coming_back(MONTHLY))
    assert days(of) == ["12-08 09", "01-12 09", "02-09 09", "03-09 09"]
    assert [each.place for each in of.sittings] == [1, 2, 3, 4]
    assert months(office) == {"2026-12": 1, "2027-01": 1, "2027-02": 1, "2027-03": 1}
    request = office.request(of.request_id)
    assert (request.state, request.meeting_id) == (State.APPROVED, of.sittings[0].meeting)
    parts = office.database.read_now(series_store.parts, [each.meeting for each in of.sittings])
    assert {(part.series, part.whole) for part in parts.values()} == {(of.id, 4)}
    for each in of.sittings:
        meeting = office.database.read_now(meetings.meeting, each.meeting)
        assert meeting is not None
        assert (meeting.title, len(meeting.sites)) == (WISH.title, 3)


async def test_days_that_were_moved_or_left_out_before_sending_are_planned_so(office: Office) -> None:
    own = coming_back(MONTHLY).own
    assert own is not None
    own = changed(own, date(2027, 1, 12), date(2027, 1, 14))
    own = changed(own, date(2027, 2, 9), None)
    of = await planned(office, replace(WISH, own=own))
    assert days(of) == ["12-08 09", "01-14 09", "03-09 09"]


async def test_each_time_is_judged_by_its_own_date_and_the_check_page_says_the_same_as_handing_in(
    database: Database, tmp_path: Path
) -> None:
    limit = Quota("q", period=QuotaPeriod.QUARTER, limit=2, action=Action.BLOCK)
    office = with_rules(database, tmp_path, limit)
    wish = coming_back(WEEKLY)  # 8, 15, 22, 29 December: one quarter
    account = office.account("dept-03")
    number = await office.drafts.begin(wish, account)
    look = (await office.asking.look(await office.drafts.draft(number, account))).assessed
    assert [each.outcome for each in look.each] == ["granted", "granted", REFUSED, REFUSED]
    submitted = await office.asking.submit(number, account)
    assert submitted.refused
    assert submitted.assessed == look
    assert charged(office) == []
    assert wish.own is not None
    left = changed(changed(wish.own, date(2026, 12, 22), None), date(2026, 12, 29), date(2027, 1, 5))
    await office.drafts.answer(number, account, lambda kept: replace(kept, own=left))
    assert (await office.asking.submit(number, account)).request.state is State.APPROVED
    assert months(office) == {"2026-12": 2, "2027-01": 1}


async def test_what_falls_on_a_day_without_meetings_is_told_the_next_one_with(
    database: Database, tmp_path: Path
) -> None:
    office = with_rules(database, tmp_path, NoMeetingDays("d", weekdays=(5,)))
    wish = coming_back(Recurrence(Freq.WEEKLY, count=3), date(2026, 12, 25))  # Fridays; 1 January is a holiday
    account = office.account("dept-03")
    number = await office.drafts.begin(wish, account)
    look = await office.asking.look(await office.drafts.draft(number, account))
    assert [each.better for each in look.assessed.each] == [
        date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 11),
    ]  # fmt: skip
    assert [f"{each.on:%m-%d}" for each in look.conflicts if each.on and each.other is None] == ["01-01"]


async def test_a_returned_series_gives_everything_back(office: Office) -> None:
    found = await office.handed_in(coming_back(MONTHLY))
    held = office.database.read_now(charges.series, f"request:{found.id}")
    assert len(held) == 4
    coordinator = office.account("coordinator")
    await office.asking.decide(found.id, coordinator, round=1, verdict=Verdict.RETURN, reason="改一改")
    assert office.database.read_now(charges.series, f"request:{found.id}") == []
    await office.asking.submit(found.id, office.account("dept-03"))
    assert len(office.database.read_now(charges.series, f"request:{found.id}")) == 4


async def test_the_mail_to_approvers_names_the_rule_and_every_day(office: Office) -> None:
    await office.handed_in(coming_back(replace(WEEKLY, count=2)))
    (mail,) = [each for each in office.mails("approval") if each.to.startswith("coordinator@")]
    assert "每周二，共 2 次：12月8日（周二）、12月15日（周二），每次 09:00–09:40" in mail.text


async def test_one_meeting_moves_across_a_border_with_its_charge(office: Office) -> None:
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    wanted = Wanted(2, date(2027, 2, 1), time(14), None, "元宵节前安排")
    done = await rescheduler(office).change(of.id, account, wanted)
    assert (done.done, done.series) == (True, of.id)
    assert days(series(office, of.id)) == ["12-08 09", "02-01 14", "02-09 09", "03-09 09"]
    assert series(office, of.id).sittings[1].state is Held.POSTPONED
    assert months(office) == {"2026-12": 1, "2027-02": 2, "2027-03": 1}
    with pytest.raises(Invalid):
        await rescheduler(office).change(of.id, account, replace(wanted, place=1, day=date(2027, 2, 9), hour=time(9)))


async def test_this_and_the_following_become_a_series_of_their_own(office: Office) -> None:
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    wanted = Wanted(3, date(2027, 2, 11), time(9), replace(MONTHLY, count=3), "改到每月第二个星期四")
    done = await rescheduler(office).change(of.id, account, wanted)
    assert done.done
    before, after = series(office, of.id), series(office, done.series)
    assert (before.followed_by, after.follows) == (after.id, before.id)
    assert days(before) == ["12-08 09", "01-12 09"]
    assert days(after) == ["02-11 09", "03-11 09", "04-08 09"]
    assert [each.meeting for each in after.sittings][:2] == [each.meeting for each in of.sittings][2:]
    assert months(office) == {"2026-12": 1, "2027-01": 1, "2027-02": 1, "2027-03": 1, "2027-04": 1}
    assert sorted(each.wish.meeting or 0 for each in charged(office)) == sorted(
        each.meeting for one in (before, after) for each in one.sittings
    )
    again = Wanted(2, date(2027, 1, 13), time(9), Recurrence(Freq.WEEKLY, count=2), "改为每周")
    done = await rescheduler(office).change(of.id, account, again)
    middle = series(office, done.series)
    assert (middle.follows, middle.followed_by, series(office, after.id).follows) == (of.id, after.id, middle.id)


async def test_moving_a_weekly_series_on_by_a_week_disturbs_two_meetings_only(
    database: Database, tmp_path: Path
) -> None:
    ceiling = Ceiling("c", ("secretary",), limit=4, action=Action.BLOCK)
    office = with_rules(database, tmp_path, ceiling)
    of, account = await planned(office, coming_back(WEEKLY, date(2027, 1, 6))), office.account("dept-03")
    wanted = Wanted(1, date(2027, 1, 13), time(9), WEEKLY, "推后一周")
    done = await rescheduler(office).change(of.id, account, wanted)
    assert (done.done, done.series) == (True, of.id)
    now = series(office, of.id)
    assert sorted(days(now)) == ["01-13 09", "01-20 09", "01-27 09", "02-03 09"]
    assert [each.state.value for each in now.sittings].count("cancelled") == 1
    assert months(office) == {"2027-01": 3, "2027-02": 1}


async def test_what_the_rules_refuse_changes_nothing(database: Database, tmp_path: Path) -> None:
    limit = Quota("q", period=QuotaPeriod.MONTH, limit=1, action=Action.BLOCK)
    office = with_rules(database, tmp_path, limit)
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    before = charged(office)
    refused = await rescheduler(office).change(of.id, account, Wanted(2, date(2027, 2, 1), time(9), None, "换日子"))
    assert (refused.done, refused.assessed.outcome) == (False, REFUSED)
    again = replace(WEEKLY, count=3)
    refused = await rescheduler(office).change(of.id, account, Wanted(2, date(2027, 1, 12), time(9), again, "改每周"))
    assert [each.outcome for each in refused.assessed.each].count(REFUSED) >= 1
    assert charged(office) == before
    assert series(office, of.id) == of


async def test_an_office_that_said_yes_is_not_asked_again_and_no_other_is_passed_by(
    database: Database, tmp_path: Path
) -> None:
    late = Quota("q", period=QuotaPeriod.MONTH, limit=1, action=Action.APPROVAL_LEADER)
    office = with_rules(database, tmp_path, late)
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    assert office.request(of.request_id).steps == ()
    two = Wanted(2, date(2027, 2, 1), time(9), None, "换日子")
    kept = await rescheduler(office).change(of.id, account, two)
    assert (kept.done, kept.assessed.outcome) == (False, NEEDS_APPROVAL)
    assert series(office, of.id) == of
    calls = await planned(office, replace(coming_back(replace(WEEKLY, count=2), date(2027, 6, 2)), title="两次"))
    assert office.request(calls.request_id).steps != ()
    moved = await rescheduler(office).change(calls.id, account, Wanted(1, date(2027, 6, 3), time(9), None, "换日子"))
    assert (moved.done, moved.assessed.outcome) == (True, NEEDS_APPROVAL)


async def test_days_without_meetings_are_evaded_when_a_series_moves(database: Database, tmp_path: Path) -> None:
    office = with_rules(database, tmp_path, NoMeetingDays("d", weekdays=(5,)))
    of, account = await planned(office, coming_back(WEEKLY, date(2026, 12, 9))), office.account("dept-03")
    wanted = Wanted(2, date(2026, 12, 18), time(9), replace(WEEKLY, count=3), "改到星期五")
    done = await rescheduler(office).change(of.id, account, wanted)
    assert days(series(office, done.series)) == ["12-21 09", "12-28 09", "01-04 09"]
    refused = await rescheduler(office).change(
        done.series, account, Wanted(1, date(2026, 12, 25), time(9), None, "就要星期五", evade=False)
    )
    assert not refused.done


async def test_one_or_the_rest_is_called_off_and_given_back(office: Office) -> None:
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    doing = rescheduler(office)
    after = await doing.cancel(of.id, account, place=2, following=False, reason="与换届冲突")
    assert [each.state for each in after.sittings] == [Held.PLANNED, Held.CANCELLED, Held.PLANNED, Held.PLANNED]
    assert months(office) == {"2026-12": 1, "2027-02": 1, "2027-03": 1}
    with pytest.raises(Refused):
        await doing.cancel(of.id, account, place=2, following=False, reason="再来一次")
    await doing.cancel(of.id, account, place=1, following=True, reason="合并到例会")
    assert charged(office) == []
    with pytest.raises(NotFound):
        await doing.cancel(of.id, account, place=9, following=False, reason="再来一次")


async def test_calling_off_and_moving_need_a_reason(office: Office) -> None:
    of, account = await planned(office, coming_back(MONTHLY)), office.account("dept-03")
    with pytest.raises(Invalid):
        await rescheduler(office).cancel(of.id, account, place=2, following=False, reason=" ")
    with pytest.raises(Invalid):
        await rescheduler(office).change(of.id, account, Wanted(2, date(2027, 1, 20), time(9), None, " "))
    assert series(office, of.id) == of


async def test_only_the_department_and_the_coordinator_change_a_series(office: Office) -> None:
    of = await planned(office, coming_back(MONTHLY))
    doing = rescheduler(office)
    for stranger in ("dept-04", "site-01", "leader"):
        with pytest.raises((Forbidden, NotFound)):
            await doing.cancel(of.id, office.account(stranger), place=1, following=True, reason="试试")
    with pytest.raises(NotFound):
        await doing.cancel(of.id + 1, office.account("dept-03"), place=1, following=True, reason="试试")
    await doing.cancel(of.id, office.account("coordinator"), place=1, following=True, reason="统筹")
    with pytest.raises(NotFound):
        await doing.series(of.id + 1)


def test_the_days_of_a_series_stay_in_shanghai() -> None:
    own = coming_back(replace(WEEKLY, count=2)).own
    assert own is not None
    assert [each.astimezone(SHANGHAI).hour for each in starts(own)] == [9, 9]
    assert starts(own)[1] - starts(own)[0] == timedelta(days=7)
