"""How meetings of a series become those of other dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.recurrence import Freq, Recurrence
from meetinghub.meetings.series import Sitting, shift, step

START = datetime(2026, 12, 8, 6, tzinfo=UTC)
moments = st.lists(st.integers(0, 200).map(lambda day: START + timedelta(days=day)), unique=True, max_size=12)
within = st.integers(1, 60).map(lambda days: timedelta(days=days))


def sittings(starts: list[datetime]) -> list[Sitting]:
    return [
        Sitting(100 + place, place, "例会", "302", State.PLANNED, at, at + timedelta(hours=1))
        for place, at in enumerate(starts, start=1)
    ]


@given(moments, moments, within)
def test_afterwards_it_is_held_at_the_wanted_times_and_no_others(
    before: list[datetime], wanted: list[datetime], within: timedelta
) -> None:
    known = {each.meeting: each.starts_at for each in sittings(before)}
    found = shift(sittings(before), wanted, within=within)
    held = [*(known[each] for each in found.kept), *(to for _, to in found.moved), *found.added]
    assert sorted(held) == sorted(wanted)
    assert sorted([*found.kept, *(each for each, _ in found.moved), *found.dropped]) == sorted(known)


@given(moments, moments, within)
def test_nothing_moves_further_than_is_sensible_and_what_fits_stays(
    before: list[datetime], wanted: list[datetime], within: timedelta
) -> None:
    known = {each.meeting: each.starts_at for each in sittings(before)}
    found = shift(sittings(before), wanted, within=within)
    assert all(abs(to - known[meeting]) < within for meeting, to in found.moved)
    assert {known[each] for each in found.kept} == set(before) & set(wanted)


def test_a_step_is_what_lies_between_two_at_least() -> None:
    assert step(Recurrence(Freq.WEEKLY, 2)) == timedelta(days=14)
    assert step(Recurrence(Freq.MONTHLY)) == timedelta(days=28)
