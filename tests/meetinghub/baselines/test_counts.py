"""Counts by department as they are pasted, typed, or exported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.baselines import counts
from meetinghub.baselines.counts import MOST_ROWS, Problem
from meetinghub.baselines.model import DepartmentCount

KNOWN = {"城管科": 2}
NAMES = st.text("城管民政自治办科", min_size=1, max_size=6)


@given(st.dictionaries(NAMES, st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=12))
def test_what_is_pasted_in_any_of_the_usual_ways_is_read_the_same(lines: dict[str, tuple[int, int]]) -> None:
    wanted = tuple(DepartmentCount(name, KNOWN.get(name), *found) for name, found in lines.items())
    for joint in ("\t", ",", "，", "; ", "、"):
        text = "\r\n".join(f"{name}{joint}{a}{joint}{b}" for name, (a, b) in lines.items())
        assert counts.read(counts.split(text), KNOWN) == (wanted, ())


def test_a_heading_blank_lines_and_sums_are_passed_over() -> None:
    text = "科室\t会议\t全部\n\n城管科 40 场 38 场\n总务 3\n合计\t43\t38"
    found, problems = counts.read(counts.split(text), KNOWN)
    assert found == (DepartmentCount("城管科", 2, 40, 38), DepartmentCount("总务", None, 3, 0))
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("城管科 很多", Problem(1, "baseline.bad_line", "城管科 很多")),
        ("城管科\t40\n民政科\t若干", Problem(2, "baseline.bad_line", "民政科 若干")),
        ("城管科\t40\n城管科\t41", Problem(2, "baseline.twice", "城管科")),
        ("科室\n说明\n城管科\t40", Problem(2, "baseline.bad_line", "说明")),
        ("城管科\t4x", Problem(1, "baseline.bad_line", "城管科 4x")),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, problem: Problem) -> None:
    assert counts.read(counts.split(text), KNOWN)[1] == (problem,)


def test_more_departments_than_any_street_has_are_refused() -> None:
    rows = [[f"科{chr(0x4E00 + number)}", "1"] for number in range(MOST_ROWS + 1)]
    found, problems = counts.read(rows, {})
    assert (len(found), problems) == (MOST_ROWS, (Problem(MOST_ROWS + 1, "baseline.too_many_lines"),))


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=8))
def test_no_sheet_at_all_breaks_it(rows: list[list[str]]) -> None:
    found, _ = counts.read(rows, KNOWN)
    assert len({each.name for each in found}) == len(found)
