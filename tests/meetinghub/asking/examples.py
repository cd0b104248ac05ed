"""People of a small street, and wishes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from meetinghub.asking.audience import CALLABLE, Audience
from meetinghub.asking.wish import Exempt, Item, Kind, Own, Wish
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.meetings.recurrence import Freq, On, Recurrence
from meetinghub.people.model import Person, Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LINES = ("民政", "平安", "卫生")
COMMITTEES = (1, 2, 3)


class Weekdays:
    """Monday to Friday."""

    def is_working(self, day: date, /) -> bool:
        return day.weekday() < 5

    def add(self, day: date, n: int, /) -> date:
        while n:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day


def person(number: int, *roles: Role, committee: int | None = 1, lines: tuple[str, ...] = ()) -> Person:
    where = CommitteeId(committee) if committee is not None else None
    return Person(PersonId(number), f"某{number}", "", tuple(roles), lines, None, where)


def street() -> list[Person]:
    """Each committee: secretary, director, and a line worker for each line."""
    found: list[Person] = []
    for committee in COMMITTEES:
        start = committee * 10
        found.append(person(start, Role.SECRETARY, committee=committee))
        found.append(person(start + 1, Role.DIRECTOR, committee=committee))
        for place, line in enumerate(LINES, start=2):
            found.append(person(start + place, Role.LINE_WORKER, committee=committee, lines=(line,)))
    return found


persons = st.builds(
    person,
    st.integers(1, 60),
    st.sampled_from(CALLABLE),
    st.sampled_from(CALLABLE),
    committee=st.sampled_from([*COMMITTEES, None]),
    lines=st.lists(st.sampled_from(LINES), max_size=2, unique=True).map(tuple),
)
peoples = st.lists(persons, max_size=30, unique_by=lambda each: each.id)
audiences = st.builds(
    Audience,
    st.lists(st.sampled_from(CALLABLE), max_size=4, unique=True).map(tuple),
    st.none() | st.frozensets(st.sampled_from([CommitteeId(each) for each in COMMITTEES])),
    st.sampled_from(["", *LINES]),
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
owns = st.builds(
    Own,
    st.integers(0, 700_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.text(max_size=10),
    st.booleans(),
    st.text(max_size=10),
    st.lists(st.builds(Item, st.text(max_size=5), st.text(max_size=5), st.integers(1, 60)), max_size=3).map(tuple),
    st.integers(0, 60),
    st.booleans(),
    st.none()
    | st.builds(Recurrence, st.sampled_from(Freq), st.integers(1, 12), st.sampled_from(On), st.integers(2, 26)),
    st.lists(st.tuples(days, st.none() | days), max_size=3).map(tuple),
)
wishes = st.builds(
    Wish,
    st.text(max_size=10),
    st.text(max_size=10),
    st.none() | st.sampled_from(Kind),
    audiences,
    st.integers(0, 240),
    st.none() | days,
    st.none() | days,
    st.sampled_from(Exempt),
    st.text(max_size=10),
    st.none() | owns,
)
