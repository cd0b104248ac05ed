"""Ratios and comparisons, and the picture of months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.burden.charts import BOTTOM, TOP, picture
from meetinghub.burden.figures import Totals, against, daily, least_attendances
from meetinghub.burden.model import Share
from meetinghub.burden.rows import Month


@dataclass(frozen=True)
class Survey:
    meetings: int = 282
    meetings_for_all: int = 274
    committees: int = 33
    period_from: date = date(2018, 10, 1)
    period_to: date = date(2019, 3, 31)
    source: str = "第三方调查"


def test_what_nobody_measured_has_no_figure() -> None:
    assert Totals().addressed is None
    assert Totals().ride_share is None
    assert daily(5, 33, 0) is None
    assert daily(512, 33, 18) == Fraction(512, 594)
    some = Totals(sittings=1, rides=3, whole=Share(sat=90), measured=Share(sat=60, addressed=15))
    assert (some.addressed, some.ride_share, some.minutes) == (Fraction(1, 4), Fraction(3, 4), 1)


def test_a_survey_gives_the_least_number_of_attendances_and_says_whether_it_is_the_only_one() -> None:
    assert least_attendances(Survey()) == 274 * 33 + 8
    found = against(Survey(), 121, days=18, committees=33)
    assert found is not None
    assert not found.exact
    assert round(float(found.daily), 2) == 2.27
    assert round(found.attendances) == 1346
    assert round(found.sittings) == 42
    assert found.fewer(512) == 62
    exact = against(Survey(meetings=274), 121, days=18, committees=33)
    assert exact is not None
    assert exact.exact


def test_nothing_can_be_compared_with_a_survey_of_no_days_or_no_meetings() -> None:
    assert against(Survey(), 0, days=18, committees=33) is None
    assert against(Survey(committees=0), 121, days=18, committees=33) is None
    empty = against(Survey(meetings=0, meetings_for_all=0), 121, days=18, committees=33)
    assert empty is not None
    assert empty.fewer(3) is None


MONTHS = st.lists(st.integers(0, 3000), min_size=1, max_size=14).map(
    lambda figures: [Month(202501 + place, figure, figure // 3) for place, figure in enumerate(figures[:12])]
)


@given(MONTHS, st.none() | st.floats(0, 4000))
def test_every_point_lies_within_the_picture_to_scale(months: list[Month], survey: float | None) -> None:
    found = picture(months, running=202511, survey=survey)
    top = found.ticks[-1]
    assert 1 <= len(found.ticks) <= 7
    for point, month in zip(found.points, months, strict=True):
        assert TOP <= point.y <= BOTTOM
        assert abs(point.y - (BOTTOM - (BOTTOM - top.y) * month.attendances / top.value)) < 0.11
        assert point.partial is (month.month >= 202511)
        assert (point.calls_y is None) is (month.calls == 0)
    assert found.survey is None or TOP <= found.survey <= BOTTOM


def test_a_month_that_is_not_over_hangs_on_a_dotted_line_and_carries_no_figure() -> None:
    found = picture([Month(202509, 10, 0), Month(202510, 20, 0), Month(202511, 5, 0)], running=202511)
    assert found.named is not None
    assert (found.named.month, found.named.number) == (202510, 10)
    assert len(found.line.split()) == 2
    assert len(found.dotted.split()) == 2
    assert found.points[0].year == 2025
    alone = picture([Month(202511, 5, 0)], running=202511)
    assert (alone.named, alone.dotted, alone.line) == (None, "", "")


def test_the_months_of_a_survey_are_tinted_when_they_are_in_the_picture() -> None:
    months = [Month(202509, 1, 0), Month(202510, 2, 0)]
    assert picture(months, running=202511, surveyed=(202401, 202403)).tint is None
    tint = picture(months, running=202511, surveyed=(202503, 202509)).tint
    assert tint is not None
    assert tint[0] < picture(months, running=202511).points[0].x < tint[1]


def test_months_before_anybody_counted_are_not_drawn_as_nothing() -> None:
    found = picture([Month(202509, 0, 0, known=False), Month(202510, 3, 0)], running=202511)
    assert found.line == f"{found.points[1].x},{found.points[1].y}"
    assert [point.known for point in found.points] == [False, True]
