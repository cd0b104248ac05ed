"""The spreadsheets, read back by another programme's library."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from meetinghub.attendance import xlsx
from meetinghub.attendance.service import Named
from meetinghub.attendance.sheet import sheet
from meetinghub.attendance.store import Entry
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Status
from meetinghub.words import all_words
from tests.meetinghub.attendance.examples import ABSENT, CUT_OFF, END, held, sealed
from tests.meetinghub.meetings.examples import NOON

ZH = all_words()["zh-CN"]
NAMES = {101: "韩知远", 102: "=1+1", 103: "<b>王芳</b>"}


def named(*, title: str = "书记主任月度工作例会", reason: str = "用电话参会") -> Named:
    course = held()
    sealed(course)
    course.write(p.AttendanceCorrectionProposed(ABSENT, "present", 4, reason), actor=ABSENT)
    course.write(p.AttendanceCorrectionDecided(course.facts[-1].number, True, ""), actor="coordinator")
    found = sheet(replace(course.meeting, title=title), course.facts, course.now)
    assert found is not None
    return Named(found, NAMES, {ABSENT: "严守一", "coordinator": "季云帆"}, {}, True, "21-abc")


def opened(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def texts(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_first_sheet_has_chinese_heads_a_line_for_each_committee_and_heads_that_stay() -> None:
    of = named()
    book = opened(xlsx.workbook(of, of.sheet.lines, ZH, "清河湾街道"))
    first = book.worksheets[0]
    rows = texts(first)
    assert first.title == "出席表"
    assert rows[3][:10] == [
        "席位", "居委会", "出席情况", "应到时段", "在会时段", "断线", "人数", "到会人员", "请假", "更正",
    ]  # fmt: skip
    assert len(rows) == 4 + 33
    assert first.freeze_panes == "C5"
    assert first.print_title_rows == "$4:$4"
    assert "校验点 21-abc" in rows[2][0]
    assert rows[4][:10] == [
        1, "居委会1", "出席", "14:00–15:00", "14:00–15:00", "", 3, "韩知远、=1+1；来宾 1 人", "<b>王芳</b>（公务）", "",
    ]  # fmt: skip
    assert rows[5][2] == "迟到、早退"
    assert rows[6][5] == "断线 1 次，共 72 秒"
    assert rows[9][2] == "出席"
    assert rows[9][9] == "封存时：未到、人数没有报"


def test_presence_is_drawn_in_cells() -> None:
    of = named()
    first = opened(xlsx.workbook(of, of.sheet.lines, ZH, "")).worksheets[0]
    there, asked = "FF0F4C81", "FFEFEDE7"
    late = [first.cell(6, column).fill.fgColor.rgb for column in range(11, 11 + 30)]
    assert late == [asked] * 6 + [there] * 19 + [asked] * 5  # cells of two minutes: 14:12 to 14:50


def test_every_stretch_stands_on_the_second_sheet_with_its_times_in_shanghai() -> None:
    of = named()
    rows = texts(opened(xlsx.workbook(of, of.sheet.lines, ZH, "")).worksheets[1])
    cut = [row for row in rows if row[0] == 3]
    assert [(f"{row[3]:%H:%M:%S}", f"{row[4]:%H:%M:%S}", row[5], row[6]) for row in cut] == [
        ("14:00:00", "14:12:00", 720, "自行离开"),
        ("14:13:12", "15:00:00", 2808, "会议结束"),
    ]
    assert of.sheet.line(CUT_OFF) is not None


def test_corrections_stand_on_the_third_with_both_people() -> None:
    of = named()
    rows = texts(opened(xlsx.workbook(of, of.sheet.lines, ZH, "")).worksheets[2])
    assert rows[1][1:4] == ["居委会6", "出席情况改为「出席」、人数改为 4", "用电话参会"]
    assert "严守一" in rows[1][4]
    assert "季云帆" in rows[1][5]
    assert rows[1][6] == "同意"


@pytest.mark.parametrize("hostile", ["=1+1", "@SUM(A1)", "+1", "-1", "http://x.example", "<b>x</b>", "a\nb\tc"])
def test_whatever_a_text_begins_with_it_stays_a_text(hostile: str) -> None:
    of = named(title=hostile, reason=hostile)
    book = opened(xlsx.workbook(of, of.sheet.lines, ZH, hostile))
    assert book.worksheets[0]["A1"].value == hostile
    assert book.worksheets[2]["D2"].value == hostile
    for page in book.worksheets:
        assert all(cell.data_type != "f" and cell.hyperlink is None for row in page.iter_rows() for cell in row)


def test_in_english_it_is_english() -> None:
    of = named(title="Monthly meeting")
    book = opened(xlsx.workbook(of, of.sheet.lines, all_words()["en"], ""))
    assert book.sheetnames == ["Attendance sheet", "Stretches", "Corrections"]
    assert texts(book.worksheets[0])[5][2] == "Late, Left early"


def test_a_history_has_sums_or_for_one_committee_what_was_said_of_it() -> None:
    entry = Entry(
        meeting=1,
        title="=cmd()",
        host="自治办",
        starts_at=NOON,
        ends_at=END,
        sealed_at=END + timedelta(seconds=30),
        asked=33,
        counts={Status.PRESENT: 31, Status.LATE: 2},
        headcount=66,
        corrected=1,
        statuses=(Status.LATE,),
    )
    heads, row = texts(opened(xlsx.history([entry], ZH, own=False)).active)
    assert dict(zip(heads, row, strict=True)) | {"日期": None} == {
        "日期": None, "时间": "14:00–15:00", "会议": "=cmd()", "召集科室": "自治办", "应到": 33, "出席": 31, "迟到": 2,
        "早退": 0, "到过": 0, "未到": 0, "请假": 0, "人数": 66, "更正": 1,
    }  # fmt: skip
    heads, row = texts(opened(xlsx.history([entry], ZH, own=True)).active)
    assert (heads[4], row[4]) == ("出席情况", "迟到")
