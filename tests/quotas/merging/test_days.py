from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from quotas.merging.model import Instance, PlaceKind, Sitting
from quotas.merging.solve import solve
from tests.quotas.merging.instances import week
from tests.quotas.merging.small import instances


def sittings_by_committee(instance: Instance, accepted: list[Sitting]) -> Counter[tuple[int, date]]:
    """Of each committee and day when just these rows are accepted and all else stays as it is planned."""
    counted = Counter[tuple[int, date]]()
    moved = {member for sitting in accepted for member in sitting.members}
    gone = {number for number in range(len(instance.requests)) if number not in moved}
    for number in gone:
        request = instance.requests[number]
        counted.update((committee, request.home) for committee in instance.committees(request.persons))
    riders = {s.place: s for s in accepted if instance.places[s.place].kind is PlaceKind.ANNOUNCED}
    for number, meeting in enumerate(instance.announced):
        ride = riders.get(len(instance.requests) + number)
        come = set(meeting.persons).union(*(instance.requests[m].persons for m in ride.members) if ride else ())
        counted.update((committee, meeting.day) for committee in instance.committees(come))
    for sitting in accepted:
        if sitting.place not in riders:
            come = set[int]().union(*(instance.requests[m].persons for m in sitting.members))
            day = instance.places[sitting.place].day
            counted.update((committee, day) for committee in instance.committees(come))
    return counted


def check(instance: Instance, accepted: list[Sitting]) -> None:
    bound = instance.rules.a_day
    before, after = sittings_by_committee(instance, []), sittings_by_committee(instance, accepted)
    assert bound is not None
    assert all(count <= max(bound, before[key]) for key, count in after.items())


@settings(max_examples=150, deadline=None)
@given(instances(), st.integers(0, 2), st.data())
def test_whichever_rows_are_accepted_no_committee_gets_a_fuller_day_than_allowed(
    instance: Instance, bound: int, data: st.DataObject
) -> None:
    instance = replace(instance, rules=replace(instance.rules, a_day=bound))
    rows = [s for s in solve(instance).arrangement if len(s.members) > 1 or s.place >= len(instance.requests)]
    check(instance, [row for row in rows if data.draw(st.booleans())])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.data())
def test_nor_in_a_whole_fortnight(seed: int, data: st.DataObject) -> None:
    instance = week(seed, 12)
    rows = [s for s in solve(instance).arrangement if len(s.members) > 1 or s.place >= len(instance.requests)]
    check(instance, [row for row in rows if data.draw(st.booleans())])
