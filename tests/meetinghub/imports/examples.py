"""A small street and files about its meetings."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from sqlmodel import Session as Db

from meetinghub.imports.register import Committee, Department, Register
from meetinghub.people.tables import CommitteeRow, DepartmentRow, PersonRoleRow, PersonRow, StreetOfficeRow

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DEPARTMENTS = (("自治办", "自治"), ("城管科", "城管"), ("民政科", "民政"))
COMMITTEES = ("青禾一村", "青禾二村", "桂园", "河滨")
REGISTER = Register(
    tuple(Department(number, name, line) for number, (name, line) in enumerate(DEPARTMENTS, 1)),
    tuple(Committee(number, number, name, f"{name}居民委员会") for number, name in enumerate(COMMITTEES, 1)),
    ("secretary", "director", "line_worker"),
)
HEADING = ("会议名称", "日期", "开始时间", "时长", "召集科室", "居委会", "参会对象")
ROWS = (
    ("垃圾分类部署会", "2026年3月5日", "14:00", "90分钟", "城管科", "全部", "书记、主任"),
    ("低保复核培训", "2026-3-12", "下午2:30-4:00", "", "民政科", "青禾一村、桂园", "条线社工"),
)


def fill(db: Db) -> None:
    """The register's rows, each committee with a secretary and a director."""
    db.add(StreetOfficeRow(id=1, name="街道"))
    db.flush()
    for number, (name, line) in enumerate(DEPARTMENTS, 1):
        db.add(DepartmentRow(id=number, street_office_id=1, name=name, line=line, position=number))
    for number, name in enumerate(COMMITTEES, 1):
        full = f"{name}居民委员会"
        db.add(CommitteeRow(id=number, street_office_id=1, seat=number, name=name, full_name=full, phone="1"))
    db.flush()
    for number in range(1, len(COMMITTEES) + 1):
        for place, role in enumerate(("secretary", "director")):
            person = number * 2 + place
            db.add(PersonRow(id=person, name=f"人{person}", committee_id=number))
            db.flush()
            db.add(PersonRoleRow(person_id=person, role=role))


def csv_file(
    rows: Iterable[Sequence[str]] = ROWS, *, heading: Sequence[str] = HEADING, mark: str = ",", encoding: str = "utf-8"
) -> bytes:
    return "".join(mark.join(row) + "\r\n" for row in (heading, *rows)).encode(encoding)


def xlsx_file(rows: Iterable[Sequence[object]], *, merged: Iterable[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for each in merged:
        sheet.merge_cells(each)
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()
