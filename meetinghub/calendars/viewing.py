"""Whether a meeting belongs in somebody's calendar, and what it says there."""

from __future__ import annotations

from datetime import timedelta

from meetinghub.calendars.model import Item, Kind, Part, Planned, Sitting, Viewer
from meetinghub.calendars.ports import Parts, Span
from meetinghub.meetings.lifecycle import State
from meetinghub.people.model import Role


def seen(meeting: Planned, viewer: Viewer, parts: Parts) -> Sitting | None:
    """None when it does not concern them."""
    found = _parts(meeting, viewer, parts)
    return None if found is None else sitting(meeting, found)


def sitting(meeting: Planned, parts: tuple[Part, ...]) -> Sitting:
    items, at = [], meeting.starts_at
    for segment in meeting.segments:
        end = at + timedelta(minutes=segment.minutes)
        items.append(Item(at, end, segment.title, segment.department))
        at = end
    return Sitting(
        meeting=meeting.id,
        title=meeting.title,
        host=meeting.host,
        place=meeting.place,
        phone=meeting.phone,
        starts_at=meeting.starts_at,
        ends_at=max(meeting.ends_at, meeting.starts_at + timedelta(minutes=1)),
        sites=len(meeting.seats),
        items=tuple(items),
        revision=meeting.revision,
        changed_at=meeting.changed_at,
        cancelled=meeting.state is State.CANCELLED,
        reason=meeting.reason,
        parts=parts,
    )


def of_site(meeting: Planned, seat: int, parts: Parts) -> tuple[Part, ...]:
    """The parts of a committee's people, group by group."""
    return tuple(part(meeting, span, role, line) for role, line, span in parts.of_site(meeting, seat))


def part(meeting: Planned, span: Span, role: str = "", line: str = "") -> Part:
    start, end = (meeting.starts_at + timedelta(minutes=minutes) for minutes in span)
    return Part(start, end, role, line)


def _parts(meeting: Planned, viewer: Viewer, parts: Parts) -> tuple[Part, ...] | None:
    """Empty: it concerns them as a whole; None: not at all."""
    match viewer.scope.kind:
        case Kind.VENUE:
            return () if meeting.place == viewer.scope.subject else None
        case Kind.SITE:
            return () if viewer.committee in meeting.seats else None
        case Kind.COMMITTEE:
            if viewer.committee not in meeting.seats or viewer.seat is None:
                return None
            return of_site(meeting, viewer.seat, parts)
        case Kind.DEPARTMENT:
            return _of_department(meeting, viewer, parts)
        case Kind.PERSON:
            return _of_person(meeting, viewer, parts)


def _of_department(meeting: Planned, viewer: Viewer, parts: Parts) -> tuple[Part, ...] | None:
    if viewer.department is None:
        return None
    if meeting.host_department_id == viewer.department:
        return ()
    span = parts.of_department(meeting, viewer.department)
    return None if span is None else (part(meeting, span),)


def _of_person(meeting: Planned, viewer: Viewer, parts: Parts) -> tuple[Part, ...] | None:
    """Chairing or looking after a room takes all of the meeting; else it is one's own part."""
    if viewer.username and viewer.username == meeting.chair:
        return ()
    if viewer.committee is None or viewer.seat is None:
        return _of_department(meeting, viewer, parts)
    if viewer.committee not in meeting.seats:
        return None
    if Role.OPERATOR in viewer.roles:
        return ()
    span = parts.of_person(meeting, roles=viewer.roles, lines=viewer.lines, seat=viewer.seat)
    return None if span is None else (part(meeting, span),)
