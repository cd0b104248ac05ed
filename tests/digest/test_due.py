"""What is due for an issue, at every moment of its week."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.due import Due, due
from digest.model import Issue, IssueKind, IssueState, Week
from digest.settings import Pause, Settings, Unapproved
from meetinghub.clock import SHANGHAI
from meetinghub.ids import IssueId
from meetinghub.workdays.calendar import Kind, Source, Workdays

WEEK = Week(2026, 48)
MONDAY = datetime(2026, 11, 23, tzinfo=SHANGHAI)
PLAIN = Workdays({}, [2026, 2027])
OPEN = Issue(IssueId(1), WEEK, 0, IssueKind.REGULAR, IssueState.OPEN, None, None, "", "", None, None)
APPROVED = replace(OPEN, state=IssueState.APPROVED, approved_by="host", approved_at=MONDAY)
PAUSED = Settings(paused=Pause("admin", MONDAY, "服务器搬迁"))
AS_DRAFTED = Settings(unapproved=Unapproved.SEND)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("issue", "settings", "now", "what"),
    [
        (OPEN, Settings(), at(7, 29), Due.NOTHING),
        (OPEN, Settings(), at(7, 30), Due.WARN),
        (OPEN, Settings(), at(7, 40), Due.WARN_DEPUTY),
        (OPEN, Settings(), at(8, 30), Due.HELD),
        (OPEN, AS_DRAFTED, at(8, 29), Due.WARN_DEPUTY),
        (OPEN, AS_DRAFTED, at(8, 30), Due.FREEZE),
        (OPEN, PAUSED, at(8, 30), Due.PAUSED),
        (APPROVED, Settings(), at(8, 29), Due.NOTHING),
        (APPROVED, Settings(), at(8, 30), Due.SEND),
        (APPROVED, Settings(), at(9, day=3), Due.SEND),
        (APPROVED, PAUSED, at(8, 29), Due.NOTHING),
        (APPROVED, PAUSED, at(8, 30), Due.PAUSED),
        (APPROVED, Settings(), at(16, 59, day=4), Due.SEND),
        (APPROVED, Settings(), at(17, day=4), Due.LAPSE),
        (OPEN, AS_DRAFTED, at(17, day=4), Due.LAPSE),
        (APPROVED, PAUSED, at(17, day=4), Due.LAPSE),
        (replace(APPROVED, state=IssueState.SENT), Settings(), at(17, day=4), Due.NOTHING),
        (replace(APPROVED, state=IssueState.LAPSED), Settings(), at(8, 30), Due.NOTHING),
    ],
)
def test_a_regular_issue_at_a_moment(issue: Issue, settings: Settings, now: datetime, what: Due) -> None:
    assert due(issue, PLAIN, settings, now) is what


SUPPLEMENT = replace(APPROVED, part=1, kind=IssueKind.SUPPLEMENT, approved_at=at(14))


@pytest.mark.parametrize(
    ("issue", "settings", "now", "what"),
    [
        (replace(SUPPLEMENT, state=IssueState.OPEN, approved_at=None), AS_DRAFTED, at(14), Due.NOTHING),
        (replace(SUPPLEMENT, state=IssueState.OPEN, approved_at=None), AS_DRAFTED, at(12, day=4), Due.LAPSE),
        (SUPPLEMENT, Settings(), at(14), Due.SEND),
        (replace(SUPPLEMENT, send_at=at(15)), Settings(), at(14), Due.NOTHING),
        (replace(SUPPLEMENT, send_at=at(15)), Settings(), at(15), Due.SEND),
        (replace(SUPPLEMENT, send_at=at(9, day=9)), Settings(), at(8, day=9), Due.NOTHING),
        (replace(SUPPLEMENT, send_at=at(9, day=9)), Settings(), at(9, day=9), Due.SEND),
        (replace(SUPPLEMENT, send_at=at(9, day=9)), Settings(), at(9, day=10), Due.LAPSE),
        (replace(SUPPLEMENT, kind=IssueKind.CORRECTION), Settings(), at(14), Due.SEND),
        (SUPPLEMENT, PAUSED, at(14), Due.PAUSED),
        (SUPPLEMENT, Settings(), at(17, day=4), Due.LAPSE),
    ],
)
def test_a_supplement_goes_out_when_it_is_approved_and_never_without(
    issue: Issue, settings: Settings, now: datetime, what: Due
) -> None:
    assert due(issue, PLAIN, settings, now) is what


def test_a_week_that_lost_its_last_working_day_hands_its_items_on_at_once() -> None:
    off = Source(Kind.OFF, "", "公告")
    closed = Workdays({(MONDAY + timedelta(days=number)).date(): off for number in range(5)}, [2026])
    assert due(OPEN, closed, Settings(), at(0, day=-10)) is Due.LAPSE


STATES = st.sampled_from([IssueState.OPEN, IssueState.APPROVED])
SETTINGS = st.sampled_from([Settings(), AS_DRAFTED, PAUSED])


@given(st.integers(-20_000, 20_000), STATES, SETTINGS)
def test_nothing_ever_goes_out_too_early_too_late_paused_or_without_approval(
    minutes: int, state: IssueState, settings: Settings
) -> None:
    now = at(8, 30) + timedelta(minutes=minutes)
    what = due(replace(APPROVED, state=state), PLAIN, settings, now)
    if what in {Due.SEND, Due.FREEZE}:
        assert at(8, 30) <= now < at(17, day=4)
        assert settings.paused is None
        assert state is IssueState.APPROVED or settings.unapproved is Unapproved.SEND
    if state is IssueState.APPROVED and settings == Settings() and at(8, 30) <= now < at(17, day=4):
        assert what is Due.SEND
