"""Which column is which: a guess from the headings, which a person may change."""

from __future__ import annotations

from collections.abc import Sequence

from meetinghub.imports.model import Field, Settings, Table
from meetinghub.imports.moments import plain

LOOKED_AT = 10
"""Rows among which the heading is sought: sheets like to begin with a title."""
_WORDS = {
    Field.TITLE: "会议名称|会议主题|会议标题|会议内容|名称|主题|标题|议题|会议"
    "|title|subject|summary|meeting|name|topic",
    Field.DATE: "会议日期|召开日期|日期|召开时间|会议时间|date|day|meeting date|start date",
    Field.START: "开始时间|开始|起始时间|时间|几点|start|start time|from|begin|begins|time",
    Field.END: "结束时间|结束|散会时间|end|end time|to|until|ends",
    Field.MINUTES: "时长|分钟|时长(分钟)|会议时长|用时|minutes|duration|length|min",
    Field.DEPARTMENT: "召集科室|召集部门|主办科室|主办部门|主办单位|牵头科室|科室|部门|组织者"
    "|department|host|organizer|organiser|called by|office",
    Field.COMMITTEES: "参会居委会|参加居委会|参会居委|居委会|居委|参会范围|参会单位"
    "|committees|committee|sites|audience",
    Field.ROLES: "参会对象|参会人员|参加对象|参加人员|岗位|对象|人员|roles|role|attendees|who|participants",
    Field.LINE: "条线|业务条线|line|business line|categories|category",
    Field.MODE: "会议形式|召开形式|形式|方式|mode|form|format",
    Field.KIND: "召集方式|会议类型|自办/拼会|是否拼会|类型|kind|type",
    Field.PLACE: "会议地点|地点|会场|place|location|room|venue|where",
    Field.FILED: "申请日期|报备日期|申请时间|filed|asked on|requested",
    Field.STATUS: "状态|会议状态|status|state",
    Field.UID: "uid|编号|会议编号|id|number",
}
HEADINGS = {field: tuple(words.split("|")) for field, words in _WORDS.items()}


def guess(table: Table) -> Settings:
    """The row with most headings among the first, and what its columns are."""
    best, found = 0, dict[Field, int]()
    for number, row in enumerate(table.rows[:LOOKED_AT], 1):
        columns = of_heading(row)
        if len(columns) > len(found):
            best, found = number, columns
    return Settings(best, found)


def of_heading(heading: Sequence[str]) -> dict[Field, int]:
    """Field → column. A heading that is one of the known words goes first, one that begins with one goes after."""
    names = [_key(cell) for cell in heading]
    found: dict[Field, int] = {}
    taken: set[int] = set()
    for exact in (True, False):
        for field, words in HEADINGS.items():
            if field not in found:
                place = _place(names, words, taken, exact=exact)
                if place is not None:
                    found[field] = place
                    taken.add(place)
    return found


def _place(names: Sequence[str], words: Sequence[str], taken: set[int], *, exact: bool) -> int | None:
    for word in map(_key, words):
        for number, name in enumerate(names):
            fits = name == word if exact else len(word) > 1 and name.startswith(word) and len(name) <= 2 * len(word) + 6
            if number not in taken and name and fits:
                return number
    return None


def _key(cell: str) -> str:
    return plain(cell).replace(" ", "").lower()
