"""Who is needed when, for calendars, by the rules of agendas."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from meetinghub.agendas import audiences, board
from meetinghub.calendars.model import Planned
from meetinghub.calendars.ports import Span
from meetinghub.ids import site_identity
from meetinghub.meetings.model import Segment
from meetinghub.people.model import Role


class AgendaParts:
    def of_person(self, meeting: Planned, *, roles: Collection[Role], lines: Collection[str], seat: int) -> Span | None:
        asked = [
            each.id
            for each in _at_site(meeting, seat)
            if audiences.holds(each.audience or meeting.audience, roles, lines)
        ]
        return _span(meeting, asked)

    def of_site(self, meeting: Planned, seat: int) -> Sequence[tuple[str, str, Span]]:
        found = []
        for strip in audiences.strips(meeting.segments, meeting.audience):
            asked = [
                each.id
                for each in _at_site(meeting, seat)
                if audiences.concerns(each.audience or meeting.audience, strip)
            ]
            span = _span(meeting, asked)
            if span is not None:
                found.append((strip.role, strip.line, span))
        return found

    def of_department(self, meeting: Planned, department: int) -> Span | None:
        return _span(meeting, [each.id for each in meeting.segments if each.department_id == department])


def _at_site(meeting: Planned, seat: int) -> list[Segment]:
    return [each for each in meeting.segments if each.sites is None or site_identity(seat) in each.sites]


def _span(meeting: Planned, asked: Sequence[int]) -> Span | None:
    """From the start of the first of these items to the end of the last."""
    if not asked:
        return None
    spans = board.spans(meeting.segments)
    return spans[asked[0]][0], spans[asked[-1]][1]
