"""Rows of a register → meetings, and every cell that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.imports import columns, document
from meetinghub.imports.model import Field, Reading, Settings, Table
from meetinghub.imports.reading import read
from tests.meetinghub.imports.examples import COMMITTEES, HEADING, NOW, REGISTER, ROWS


def table(*rows: tuple[str, ...], heading: tuple[str, ...] = HEADING) -> Table:
    return Table("csv", (heading, *rows))


def found(*rows: tuple[str, ...], heading: tuple[str, ...] = HEADING, **said: object) -> Reading:
    whole = table(*rows, heading=heading)
    settings = replace(columns.guess(whole), **said)  # type: ignore[arg-type]
    return read(whole, settings, REGISTER, now=NOW)


def problems(reading: Reading) -> list[tuple[int, str | None, str]]:
    return [(each.row, each.field and each.field.value, each.code) for each in reading.problems]


def changed(**cells: str) -> tuple[str, ...]:
    row = dict(zip(("title", "date", "start", "minutes", "department", "committees", "roles"), ROWS[0], strict=True))
    return tuple((row | cells).values())


def test_a_plain_register_is_read_without_a_word() -> None:
    reading = found(*ROWS)
    assert (problems(reading), reading.rows, len(reading.meetings)) == ([], 2, 2)
    assert reading.meetings[0].starts_at == datetime(2026, 3, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"title": ""}, "title", "imports.no_title"),
        ({"title": "x" * 201}, "title", "imports.too_long"),
        ({"title": "=A1"}, "title", "imports.formula"),
        ({"date": ""}, "date", "imports.no_date"),
        ({"date": "某天"}, "date", "imports.bad_day"),
        ({"date": "=TODAY()"}, "date", "imports.formula"),
        ({"date": "2026-12-24"}, "date", "imports.not_yet"),
        ({"date": "1999-12-31"}, "date", "imports.too_early"),
        ({"date": "3月5日"}, "date", "imports.no_year"),
        ({"start": ""}, "date", "imports.no_time"),
        ({"start": "早"}, "start", "imports.bad_time"),
        ({"start": "15:00-14:00"}, "start", "imports.ends_before"),
        ({"minutes": ""}, "minutes", "imports.no_minutes"),
        ({"minutes": "很久"}, "minutes", "imports.bad_minutes"),
        ({"minutes": "17小时"}, "minutes", "imports.too_many_minutes"),
        ({"minutes": "=B2*60"}, "minutes", "imports.formula"),
        ({"department": ""}, "department", "imports.no_department"),
        ({"department": "文教科"}, "department", "imports.unknown_department"),
        ({"committees": ""}, "committees", "imports.no_committees"),
        ({"committees": "青禾一村、青禾三村"}, "committees", "imports.unknown_committees"),
        ({"committees": "=C1"}, "committees", "imports.formula"),
        ({"roles": "调解员"}, "roles", "imports.unknown_roles"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_row(cells: dict[str, str], field: str, code: str) -> None:
    reading = found(ROWS[1], changed(**cells))
    assert (3, field, code) in problems(reading)
    assert [each.row for each in reading.meetings] == [2]
    assert reading.bad_rows == 1


def test_what_the_file_does_not_say_is_said_once_for_all_rows() -> None:
    row = changed(date="3月5日", start="", minutes="", department="", committees="", roles="")
    fixed = {
        "year": "2026",
        "start": "9:00",
        "minutes": "45",
        "department": "3",
        "committees": "all",
        "roles": "director",
    }
    (held,) = found(row, fixed=fixed).meetings
    assert (held.starts_at, held.minutes) == (datetime(2026, 3, 5, 1, tzinfo=UTC), 45)
    assert (held.department, held.line, len(held.committees)) == (3, "民政", len(COMMITTEES))
    assert held.roles == {"director"}


def test_a_word_of_the_file_is_explained_once_for_all_rows() -> None:
    rows = [changed(department="老文教科", date=f"2026-3-{day}") for day in (5, 6)]
    reading = found(*rows)
    assert [(each.field, each.text, each.rows) for each in reading.unknown] == [(Field.DEPARTMENT, "老文教科", 2)]
    reading = found(*rows, words={Field.DEPARTMENT: {"老文教科": "2"}})
    assert [each.department for each in reading.meetings] == [2, 2]
    reading = found(*rows, words={Field.DEPARTMENT: {"老文教科": "-"}})
    assert [(each.department, each.department_name) for each in reading.meetings] == [(None, "老文教科")] * 2
    reading = found(*rows, words={Field.DEPARTMENT: {"老文教科": "99"}})
    assert reading.meetings == (), "a department that is no more explains nothing"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("全部", {1, 2, 3, 4}),
        ("33个居委会", {1, 2, 3, 4}),
        ("各居委", {1, 2, 3, 4}),
        ("all committees", {1, 2, 3, 4}),
        ("青禾一村、桂园居委会", {1, 3}),
        ("青禾一村 河滨", {1, 4}),
        ("河滨居民委员会", {4}),
        ("青禾一村，青禾二村；桂园", {1, 2, 3}),
    ],
)
def test_committees_are_named_in_many_ways(text: str, ids: set[int]) -> None:
    (held,) = found(changed(committees=text)).meetings
    assert held.committees == ids


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("书记、主任", {"secretary", "director"}),
        ("书记主任", {"secretary", "director"}),
        ("居委会书记", {"secretary"}),
        ("副主任", {"deputy_director"}),
        ("条线社工", {"line_worker"}),
        ("Secretaries, directors", {"secretary", "director"}),
        ("", set()),
    ],
)
def test_roles_are_named_in_many_ways(text: str, roles: set[str]) -> None:
    (held,) = found(changed(roles=text)).meetings
    assert held.roles == roles


@pytest.mark.parametrize(
    ("text", "number"), [("城管科", 2), ("城管", 2), (" 城 管 科 ", 2), ("自治办公室", 1), ("民政", 3)]
)
def test_departments_are_known_by_name_short_name_and_line(text: str, number: int) -> None:
    (held,) = found(changed(department=text)).meetings
    assert held.department == number


def test_a_row_for_each_committee_is_one_meeting() -> None:
    rows = [changed(committees=name) for name in COMMITTEES]
    reading = found(*rows)
    assert reading.merged == len(COMMITTEES) - 1
    (held,) = reading.meetings
    assert (held.row, held.committees) == (2, frozenset(range(1, len(COMMITTEES) + 1)))
    apart = found(changed(), changed(start="16:00"))
    assert len(apart.meetings) == 2, "morning and afternoon are two"


def test_rows_that_say_that_nothing_was_held_are_passed_over() -> None:
    rows = [(*changed(), "已取消"), (*changed(date="2026-3-6"), "正常")]
    reading = found(*rows, heading=(*HEADING, "状态"))
    assert [each.row for each in reading.skipped] == [2]
    assert [each.row for each in reading.meetings] == [3]


def test_mode_kind_place_and_line_are_read_where_the_file_has_them() -> None:
    heading = (*HEADING, "会议形式", "召集方式", "地点", "条线", "申请日期", "编号")
    row = (*changed(), "视频会议", "拼会", "302", "民政条线", "2026-3-1", "A-7")
    (held,) = found(row, heading=heading).meetings
    assert (held.mode, held.own, held.place, held.line, held.uid) == ("video", False, "302", "民政", "A-7")
    assert held.filed_at == datetime(2026, 3, 1, 4, tzinfo=UTC)
    bad = found((*changed(), "电话", "临时", "x" * 81, "外事", "早就", "A" * 256), heading=heading)
    assert {field for _, field, _ in problems(bad)} == {"mode", "kind", "place", "line", "filed", "uid"}


def test_dates_and_times_of_one_cell_and_of_an_end_with_a_date() -> None:
    heading = ("会议名称", "会议时间", "结束时间", "召集科室", "居委会")
    (held,) = found(("夜巡", "2026-3-5 23:00", "2026-3-6 1:30", "城管科", "全部"), heading=heading).meetings
    assert held.minutes == 150
    (held,) = found(("夜巡", "2026-3-5 14:00-15:10", "", "城管科", "全部"), heading=heading).meetings
    assert held.minutes == 70
    assert problems(found(("夜巡", "2026-3-5 14:00", "不久", "城管科", "全部"), heading=heading)) == [
        (2, "end", "imports.bad_time")
    ]


def test_blank_rows_and_the_title_above_the_heading_say_nothing() -> None:
    whole = Table("xlsx", (("2026 年会议登记", *[""] * 6), HEADING, ("",) * 7, ROWS[0]))
    settings = columns.guess(whole)
    assert settings.heading == 2
    assert [each.row for each in read(whole, settings, REGISTER, now=NOW).meetings] == [4]


@given(st.permutations(range(len(HEADING))))
def test_columns_are_found_wherever_they_stand(order: list[int]) -> None:
    whole = Table("csv", tuple(tuple(row[place] for place in order) for row in (HEADING, *ROWS)))
    reading = read(whole, columns.guess(whole), REGISTER, now=NOW)
    assert [replace(each, row=0) for each in reading.meetings] == [
        replace(each, row=0) for each in found(*ROWS).meetings
    ]


@given(st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=7).map(tuple), max_size=6))
def test_no_file_at_all_breaks_it_and_every_row_ends_somewhere(rows: list[tuple[str, ...]]) -> None:
    reading = found(*rows)
    bad = {each.row for each in reading.problems}
    assert reading.rows == len(bad) + len(reading.skipped) + len(reading.meetings) + reading.merged


@given(
    st.integers(0, 9),
    st.dictionaries(st.sampled_from(list(Field)), st.integers(0, 59)),
    st.dictionaries(st.sampled_from(["year", "start", "roles"]), st.text(max_size=9)),
    st.dictionaries(
        st.sampled_from([Field.DEPARTMENT, Field.ROLES]), st.dictionaries(st.text(), st.text(), max_size=3)
    ),
)
def test_settings_and_tables_are_kept_whole(
    heading: int, places: dict[Field, int], fixed: dict[str, str], words: dict[Field, dict[str, str]]
) -> None:
    settings = Settings(heading, places, fixed, words)
    assert document.settings(document.plain(settings)) == settings
    whole = Table("xlsx", (HEADING, *ROWS), "Sheet1", ("x",), "utf-8")
    assert document.unpacked(document.packed(whole)) == whole
