"""The model of docs/decisions/0017 said again, as plainly as can be: sets of persons, every order tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations, permutations

from quotas.merging.model import Announced, Arrangement, Instance, PlaceKind, Request, Score

Part = Request | Announced


class Naive:
    def __init__(self, instance: Instance) -> None:
        self.instance, self.rules = instance, instance.rules
        self.places = instance.places
        self.seated = cache(self._seated)
        self.gives_time = cache(self._gives_time)

    def parts(self, members: Iterable[int], place: int) -> tuple[Part, ...]:
        """What sits there; an announced meeting's own part first."""
        at = self.places[place]
        own = (self.instance.announced[at.number],) if at.kind is PlaceKind.ANNOUNCED else ()
        return (*own, *(self.instance.requests[member] for member in members))

    def _seated(self, parts: tuple[Part, ...]) -> int:
        kinds = Counter(
            tuple(person in part.persons for part in parts) for person in set().union(*(p.persons for p in parts))
        )
        free = parts[1:] if isinstance(parts[0], Announced) else parts
        fixed = parts[: len(parts) - len(free)]
        least = None
        for order in permutations(range(len(free))):
            numbers = [*range(len(fixed)), *(number + len(fixed) for number in order)]
            spent = sum(count * self._one(parts, numbers, called) for called, count in kinds.items())
            least = spent if least is None else min(least, spent)
        assert least is not None
        return least

    def _one(self, parts: tuple[Part, ...], order: list[int], called: tuple[bool, ...]) -> int:
        own = [position for position, number in enumerate(order) if called[number]]
        first, last = own[0], own[-1]
        there = sum(parts[number].minutes for number in order[first : last + 1])
        return there + (self.rules.early if first else 0)

    def time(self, parts: tuple[Part, ...]) -> int:
        return self.seated(parts) + self.rules.way * len(set().union(*(part.persons for part in parts)))

    def _gives_time(self, parts: tuple[Part, ...]) -> bool:
        whole = self.time(parts)
        for size in range(1, len(parts)):
            for some in combinations(range(len(parts)), size):
                one = tuple(part for number, part in enumerate(parts) if number in some)
                other = tuple(part for number, part in enumerate(parts) if number not in some)
                if whole >= self.time(one) + self.time(other):
                    return False
        return True

    def allowed(self, members: tuple[int, ...], place: int) -> bool:
        """Whether these may sit there, whatever the rest of the plan is."""
        at, rules = self.places[place], self.rules
        requests = [self.instance.requests[member] for member in members]
        if len(members) == 1 and at.kind is not PlaceKind.ANNOUNCED:
            return at.kind is PlaceKind.HOME and at.number == members[0]
        if at.kind is PlaceKind.HOME and at.number not in members:
            return False
        parts = self.parts(members, place)
        stay_home = {at.number} if at.kind is PlaceKind.HOME else set()
        return (
            not any(request.alone for request in requests)
            and sum(request.minutes for request in requests) <= at.minutes
            and len(parts) <= rules.parts
            and all(
                member in stay_home or (r.first <= at.day <= r.last and at.day not in rules.closed)
                for member, r in zip(members, requests, strict=True)
            )
            and not any(frozenset({a.key, b.key}) in rules.apart for a, b in combinations(parts, 2))
            and self.instance.permit(tuple(requests), at)
            and self.gives_time(parts)
        )

    def attendances(self, members: tuple[int, ...], place: int) -> int:
        come = set().union(*(self.instance.requests[member].persons for member in members))
        at = self.places[place]
        return len(come - self.instance.announced[at.number].persons if at.kind is PlaceKind.ANNOUNCED else come)

    def score(self, arrangement: Arrangement) -> Score:
        seated = sittings = days = attendances = 0
        for sitting in arrangement:
            at = self.places[sitting.place]
            ride = at.kind is PlaceKind.ANNOUNCED
            seated += self.seated(self.parts(sitting.members, sitting.place))
            seated -= self.seated((self.instance.announced[at.number],)) if ride else 0
            attendances += self.attendances(sitting.members, sitting.place)
            sittings += not ride
            days += len(sitting.members) * (at.day - min(place.day for place in self.places)).days
        return Score(attendances, seated, sittings, days)

    def gained(self, members: tuple[int, ...], place: int) -> frozenset[int]:
        """Committees that sit once more on that day than before, when only this row is accepted."""
        if len(members) == 1 and self.places[place].kind is not PlaceKind.ANNOUNCED:
            return frozenset()
        day = self.places[place].day
        before = Counter[int]()
        parts = self.parts(members, place)
        for part in parts:
            if (part.home if isinstance(part, Request) else part.day) == day:
                before.update(self.instance.committees(part.persons))
        come = self.instance.committees(set().union(*(part.persons for part in parts)))
        return frozenset(committee for committee in come if before[committee] < 1)

    def planned(self, committee: int, place: int) -> int:
        """Sittings of the committee on the place's day before any row is accepted."""
        day = self.places[place].day
        days = [r.home for r in self.instance.requests if committee in self.instance.committees(r.persons)]
        days += [a.day for a in self.instance.announced if committee in self.instance.committees(a.persons)]
        return days.count(day)

    def fits(self, arrangement: Arrangement) -> bool:
        """Whether the rows go together: openings once, announced meetings once, no committee's day too full."""
        places = [sitting.place for sitting in arrangement]
        if len(places) != len(set(places)):
            return False
        if self.rules.a_day is None:
            return True
        added = Counter[tuple[int, object]]()
        for sitting in arrangement:
            for committee in self.gained(sitting.members, sitting.place):
                key = (committee, self.places[sitting.place].day)
                added[key] += 1
                if added[key] > max(0, self.rules.a_day - self.planned(committee, sitting.place)):
                    return False
        return True

    def sittings_of(self, members: tuple[int, ...]) -> list[int]:
        return [place for place in range(len(self.places)) if self.allowed(members, place)]


def partings(numbers: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way of putting numbers into groups."""
    if not numbers:
        yield ()
        return
    first, rest = numbers[0], numbers[1:]
    for size in range(len(rest) + 1):
        for some in combinations(rest, size):
            for others in partings(tuple(number for number in rest if number not in some)):
                yield ((first, *some), *others)
