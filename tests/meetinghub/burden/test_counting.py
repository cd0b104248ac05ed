"""What one meeting cost, against a count second by second."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.burden.counting import Attendee, Held, Item, Seat, Span, counted
from meetinghub.burden.model import Line, Share
from meetinghub.meetings.model import Mode

START = datetime(2026, 11, 26, 6, tzinfo=UTC)
LENGTH = 40
COMMITTEES = (1, 2, 3)
ROLES = ("secretary", "director", "line_worker", "volunteer")
LINES = ("", "民政", "平安")


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


@st.composite
def spans(draw: st.DrawFn, most: int = 3) -> tuple[Span, ...]:
    """Disjoint, in order, within the meeting."""
    cuts = sorted(draw(st.sets(st.integers(0, LENGTH), min_size=0, max_size=2 * most)))
    return tuple(Span(at(first), at(last)) for first, last in zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    found = []
    for span in draw(spans()):
        committees = draw(st.none() | st.frozensets(st.sampled_from(COMMITTEES), min_size=1))
        roles = draw(st.none() | st.frozensets(st.sampled_from(ROLES), min_size=1))
        found.append(
            Item(
                draw(st.sampled_from((None, 1, 2, 3))),
                span.start,
                span.end,
                committees,
                roles,
                draw(st.sampled_from(LINES)) if roles else "",
            )
        )
    return tuple(found)


ATTENDEES = st.lists(
    st.tuples(st.sampled_from(ROLES), st.sampled_from(LINES)).map(
        lambda duty: duty if duty[0] == "line_worker" else (duty[0], "")
    ),
    max_size=2,
    unique=True,
).map(lambda duties: Attendee(tuple(duties)))


@st.composite
def seats(draw: st.DrawFn, committee: int) -> Seat:
    people = tuple(draw(st.lists(ATTENDEES, max_size=3)))
    return Seat(
        committee=committee,
        came=draw(st.sampled_from((True, True, False, None))),
        there=draw(spans()),
        part=draw(st.none() | spans(1).filter(bool).map(lambda found: found[0])),
        heads=draw(st.none() | st.integers(0, 5)),
        people=people,
    )


@st.composite
def meetings(draw: st.DrawFn) -> Held:
    return Held(
        number=1,
        title="例会",
        host="自治办",
        department=1,
        mode=draw(st.sampled_from(Mode)),
        start=START,
        end=at(LENGTH),
        roles=frozenset(draw(st.sets(st.sampled_from(ROLES)))),
        items=draw(items()),
        seats=tuple(draw(seats(committee)) for committee in COMMITTEES),
    )


def concerned(held: Held, committee: int, person: Attendee | None, second: int) -> bool:
    """Whether what was on in this second was meant for the person."""
    for item in held.items:
        if item.start <= at(second) < item.end:
            if item.committees is not None and committee not in item.committees:
                return False
            if item.roles is None or person is None:
                return True
            matching = []
            for role, line in person.duties:
                narrowed = role == "line_worker" and item.line != ""
                matching.append(role in item.roles and (line == item.line if narrowed else True))
            return any(matching)
    return True


def sat_in(held: Held, seat: Seat, second: int) -> bool:
    inside = any(span.start <= at(second) < span.end for span in seat.there)
    match held.mode:
        case Mode.IN_PERSON:
            return True
        case Mode.MIXED:
            return inside if seat.there else True
        case Mode.VIDEO:
            if seat.there:
                return inside
            return seat.part is None or seat.part.start <= at(second) < seat.part.end


def by_the_second(held: Held, seat: Seat) -> tuple[bool, Share]:
    """Whether the committee attended, and its whole share."""
    if seat.came is None:
        attended = len(seat.there) > 0
    else:
        attended = seat.came or (held.mode is not Mode.VIDEO and (seat.heads or 0) > 0)
    if not attended:
        return False, Share()
    heads = seat.heads or 0
    persons: list[Attendee | None] = [*seat.people, *([None] * heads)][:heads]
    sat = addressed = 0
    for second in range(LENGTH):
        if sat_in(held, seat, second):
            sat += len(persons)
            addressed += sum(concerned(held, seat.committee, person, second) for person in persons)
    travelled = held.mode is Mode.IN_PERSON or (held.mode is Mode.MIXED and not seat.there)
    return True, Share(heads, heads if travelled else 0, sat, addressed)


@given(meetings())
def test_each_committee_is_counted_as_second_by_second(held: Held) -> None:
    found = counted(held)
    assert found.seconds == LENGTH
    for seat, line in zip(held.seats, found.lines, strict=True):
        assert (line.attended, line.whole) == by_the_second(held, seat)
        assert line.whole.addressed <= line.whole.sat
        assert line.uncounted is (line.attended and seat.heads is None)


@given(meetings())
def test_every_person_is_counted_under_one_role(held: Held) -> None:
    for seat, line in zip(held.seats, counted(held).lines, strict=True):
        if not line.attended:
            assert line.roles == {}
            continue
        named = seat.people[: seat.heads or 0]
        without = (seat.heads or 0) - sum(1 for person in named if person.duties)
        assert line.roles.get("", Share()).persons == without


@given(meetings())
def test_rides_are_the_items_of_others(held: Held) -> None:
    expected: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for item in held.items:
        if item.department in (2, 3):
            expected[item.department][0] += 1
            expected[item.department][1] += int((item.end - item.start).total_seconds())
    assert {each.department: [each.items, each.seconds] for each in counted(held).rides} == expected


def test_a_committee_that_was_cut_off_is_not_charged_for_the_gap() -> None:
    there = (Span(at(0), at(10)), Span(at(30), at(LENGTH)))
    held = Held(
        1, "例会", "自治办", 1, Mode.VIDEO, START, at(LENGTH), frozenset(), (), (Seat(1, True, there, heads=2),)
    )
    assert counted(held).lines == (Line(1, True, True, roles={"": Share(2, 0, 40, 40)}),)
