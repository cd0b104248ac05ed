"""The meeting of the mockup, and how Hypothesis makes agendas."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from meetinghub.agendas.board import Agenda
from meetinghub.meetings.model import Audience, Segment

WHOLE = Audience(("secretary", "director", "line_worker"))
OPENING = Segment(
    1, "自治办", "开场与上月办理情况", "", 10, audience=Audience(("secretary", "director")), pinned="first"
)
PARTY = Segment(2, "党建办", "年度组织生活会准备", "", 20, audience=Audience(("secretary", "director")))
PROJECTS = Segment(3, "自治办", "居民自治项目申报", "", 25, audience=Audience(("director", "line_worker"), "民政"))
FIRE = Segment(4, "平安办", "冬季消防检查", "", 15, audience=Audience(("director", "line_worker"), "平安"))
CLOSING = Segment(5, "自治办", "提问与小结", "", 10, audience=Audience(("director",)), pinned="last")
AGENDA: Agenda = (OPENING, PARTY, PROJECTS, FIRE, CLOSING)
WARM = Segment(0, "民政科", "冬季送温暖对象核对", "", 10, audience=Audience(("director", "line_worker"), "民政"))


class Weekdays:
    """Monday to Friday, without a holiday."""

    def add(self, day: date, count: int) -> date:
        step = timedelta(days=1 if count > 0 else -1)
        while count:
            day += step
            if day.weekday() < 5:
                count += -1 if count > 0 else 1
        return day


@st.composite
def agendas(draw: st.DrawFn, most: int = 7) -> Agenda:
    """Up to ``most`` segments that move, with or without pinned ones at the ends."""
    free = draw(st.lists(st.integers(1, 60), min_size=1, max_size=most))
    first, last = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    lengths = [*([10] * first), *free, *([5] * last)]
    pins = [*(["first"] * first), *([""] * len(free)), *(["last"] * last)]
    return tuple(
        Segment(number, "", f"议题{number}", "", minutes, pinned=pin)
        for number, (minutes, pin) in enumerate(zip(lengths, pins, strict=True), 1)
    )
