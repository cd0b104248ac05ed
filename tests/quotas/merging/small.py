"""Small questions of every shape, for Hypothesis."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from quotas.merging.model import Announced, Instance, Opening, Request, Rules

MONDAY = date(2026, 11, 23)
PEOPLE = 12
_day = st.integers(0, 4)
_persons = st.one_of(
    st.sampled_from([frozenset(range(12)), frozenset(range(6)), frozenset(range(3, 9)), frozenset({0, 2, 4, 6})]),
    st.frozensets(st.integers(0, PEOPLE - 1), min_size=1),
)


def _on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


@st.composite
def instances(draw: st.DrawFn, most: int = 5) -> Instance:
    requests = []
    for number in range(draw(st.integers(1, most))):
        home = draw(_day)
        requests.append(
            Request(
                key=f"r{number}",
                minutes=draw(st.sampled_from([5, 10, 20, 30, 50])),
                persons=draw(_persons),
                home=_on(home),
                first=_on(draw(st.integers(0, home))),
                last=_on(draw(st.integers(home, 4))),
                room=draw(st.sampled_from([0, 40, 60, 90])),
                alone=draw(st.integers(0, 9)) == 0,
            )
        )
    announced = tuple(
        Announced(
            f"a{number}", _on(draw(_day)), draw(st.sampled_from([20, 50])), draw(st.integers(0, 40)), draw(_persons)
        )
        for number in range(draw(st.integers(0, 2)))
    )
    openings = tuple(
        Opening(f"o{number}", _on(draw(_day)), draw(st.sampled_from([30, 90])))
        for number in range(draw(st.integers(0, 2)))
    )
    rules = Rules(
        longest=draw(st.sampled_from([45, 60, 90])),
        parts=draw(st.integers(2, 5)),
        way=draw(st.sampled_from([0, 20, 40, 60])),
        early=draw(st.sampled_from([0, 5])),
        a_day=draw(st.sampled_from([None, 0, 1, 2])),
        closed=draw(st.frozensets(_day.map(_on), max_size=1)),
        apart=frozenset(
            frozenset(p) for p in draw(st.sets(st.sampled_from([("r0", "r1"), ("r0", "a0"), ("r1", "r2")]), max_size=1))
        ),
    )
    per = draw(st.sampled_from([1, 3, 4]))
    return Instance(
        requests=tuple(requests),
        announced=announced,
        openings=openings,
        rules=rules,
        committee_of={person: person // per for person in range(PEOPLE - 1)},
    )
