"""Meetings to ride on come in the order of what riding costs, and say why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quotas.ranking import Ranked, Rideable, RideWish, rank

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECRETARIES, DIRECTORS, WORKERS = (frozenset(range(start, start + 33)) for start in (0, 100, 200))
AUDIENCES = {
    "leads": SECRETARIES | DIRECTORS,
    "workers": WORKERS,
    "directors and workers": DIRECTORS | WORKERS,
    "nobody": frozenset[int](),
}
WISH = RideWish(DIRECTORS | WORKERS, 10, date(2026, 11, 23), date(2026, 12, 4), "民政")


def meeting(
    number: int, audience: str, *, days: int = 3, free: int = 20, lines: frozenset[str] = frozenset()
) -> Rideable:
    return Rideable(number, NOW + timedelta(days=days, hours=4), 60, free, audience, lines)


def ranked(*meetings: Rideable, wish: RideWish = WISH) -> list[Ranked]:
    return rank(wish, meetings, AUDIENCES, now=NOW)


def keys(found: Ranked) -> list[str]:
    return [reason.key for reason in found.reasons]


def test_a_meeting_where_everybody_sits_already_comes_first_and_says_so() -> None:
    found = ranked(meeting(1, "leads", days=1), meeting(2, "directors and workers", days=9))
    assert [each.meeting.id for each in found] == [2, 1]
    assert keys(found[0]) == ["ride.nobody_new", "ride.left"]
    assert (found[0].shared, found[0].bystanders, found[0].place) == (66, 0, 1)
    assert keys(found[1])[0] == "ride.newly"
    assert found[1].newly == WORKERS
    assert found[1].bystanders == 33


def test_what_does_not_fit_comes_last_and_says_how_many_minutes_are_short() -> None:
    found = ranked(meeting(1, "directors and workers", free=4), meeting(2, "leads"))
    assert [each.meeting.id for each in found] == [2, 1]
    assert not found[1].fits
    assert (keys(found[1])[1], found[1].reasons[1].count) == ("ride.short", 6)


def test_the_wished_dates_count_before_people() -> None:
    found = ranked(meeting(1, "directors and workers", days=20), meeting(2, "leads"))
    assert [each.meeting.id for each in found] == [2, 1]
    assert found[1].days_off == 9
    assert "ride.days_off" in keys(found[1])


def test_a_day_is_a_day_in_shanghai() -> None:
    late = datetime(2026, 12, 4, 15, 59, tzinfo=UTC)
    found = ranked(Rideable(1, late, 60, 20, "workers"), Rideable(2, late + timedelta(minutes=1), 60, 20, "workers"))
    assert [each.days_off for each in found] == [0, 1]


def test_the_same_line_decides_between_equals_then_the_earlier_start() -> None:
    found = ranked(
        meeting(1, "workers", days=2),
        meeting(2, "workers", days=4, lines=frozenset({"民政"})),
        meeting(3, "workers", days=1),
    )
    assert [each.meeting.id for each in found] == [2, 3, 1]
    assert keys(found[0])[-1] == "ride.same_line"


def test_nothing_that_began_closed_or_reaches_nobody_is_offered() -> None:
    closed = Rideable(3, NOW + timedelta(days=1), 60, 30, "workers", closes_at=NOW)
    assert ranked(meeting(1, "nobody"), meeting(2, "workers", days=-1), closed) == []


def test_minutes_that_fill_it_exactly_still_fit() -> None:
    (found,) = ranked(meeting(1, "workers", free=10))
    assert found.fits
    assert keys(found)[1] == "ride.just_full"


@given(st.lists(st.tuples(st.sampled_from(sorted(AUDIENCES)), st.integers(-2, 30), st.integers(0, 30), st.booleans())))
def test_the_best_few_are_the_head_of_the_whole_list_whatever_the_order_of_asking(
    drawn: list[tuple[str, int, int, bool]],
) -> None:
    meetings = [
        meeting(number, audience, days=days, free=free, lines=frozenset({"民政"} if same else ()))
        for number, (audience, days, free, same) in enumerate(drawn)
    ]
    whole = rank(WISH, meetings, AUDIENCES, now=NOW, most=len(meetings) + 1)
    assert rank(WISH, meetings[::-1], AUDIENCES, now=NOW, most=5) == whole[:5]
    merits = [(not each.fits, each.days_off, len(each.newly), not each.same_line) for each in whole]
    assert merits == sorted(merits)
    for each in whole:
        assert len(each.newly) + each.shared == len(WISH.people)
