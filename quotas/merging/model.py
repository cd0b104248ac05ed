"""What a merge plan is made from: requests, meetings held anyway, days on which somebody could meet, rules.

Every request has a home: the place and time at which it sits alone when nothing is joined. Persons and committees are
plain numbers here; ``minutes`` are minutes, ``day`` is a date in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Request:
    """``home`` is the day on which it sits when nobody joins, ``room`` how long a joint sitting may last there.

    ``room`` 0: it may go elsewhere, but nobody may come to it. ``first`` and ``last`` bound the days it may go to.
    ``alone``: it is held by itself whatever it would save (statutory, emergency, secret).
    """

    key: str
    minutes: int
    persons: frozenset[int]
    home: date
    first: date
    last: date
    room: int
    department: str = ""
    line: str = ""
    kind: str = "discussion"
    alone: bool = False

    def __post_init__(self) -> None:
        if self.minutes <= 0 or not self.first <= self.home <= self.last:
            raise ValueError(f"{self.key}: takes no time, or its home lies outside its window")


@dataclass(frozen=True, slots=True)
class Announced:
    """A meeting that is held anyway. Its own part comes first, for its time has been told; ``free`` is what is left."""

    key: str
    day: date
    minutes: int
    free: int
    persons: frozenset[int]


@dataclass(frozen=True, slots=True)
class Opening:
    """A time at which the venue is free: one joint sitting of up to ``minutes`` may be held there."""

    key: str
    day: date
    minutes: int


class PlaceKind(StrEnum):
    HOME = "home"
    ANNOUNCED = "announced"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests may sit together; ``number`` counts within its kind."""

    kind: PlaceKind
    number: int
    day: date
    minutes: int


Permit = Callable[[tuple[Request, ...], Place], bool]
"""Whether the policies in force let these requests sit together there. What may, may also with fewer of them."""


def anything(_members: tuple[Request, ...], _place: Place) -> bool:
    """The permit that forbids nothing."""
    return True


@dataclass(frozen=True, slots=True)
class Rules:
    """Policy in numbers. A sitting is never longer than ``longest`` nor of more than ``parts`` parts.

    ``way`` is what going to a sitting and coming back costs one person in minutes; ``early`` how long before the own
    part somebody has to be there when it is not the first. ``a_day`` bounds the sittings of a committee on one day
    (None: no bound; what is planned already stays). Nobody is sent to a day in ``closed``. Requests whose keys are a
    pair in ``apart`` never meet.
    """

    longest: int = 90
    parts: int = 5
    way: int = 40
    early: int = 5
    a_day: int | None = 2
    closed: frozenset[date] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Instance:
    """One weekly question. ``committee_of`` says where a person belongs; who belongs nowhere has no daily bound."""

    requests: tuple[Request, ...]
    announced: tuple[Announced, ...] = ()
    openings: tuple[Opening, ...] = ()
    rules: Rules = field(default_factory=Rules)
    committee_of: Mapping[int, int] = field(default_factory=dict)
    permit: Permit = anything

    def __post_init__(self) -> None:
        keys = [each.key for each in self.parts] + [each.key for each in self.openings]
        if len(keys) != len(set(keys)):
            raise ValueError("two things of one key")

    @property
    def parts(self) -> tuple[Request | Announced, ...]:
        """What can be joined: the requests, then the announced meetings."""
        return (*self.requests, *self.announced)

    @property
    def places(self) -> tuple[Place, ...]:
        """Homes in the order of the requests, then announced meetings, then openings: their index is their number."""
        longest = self.rules.longest
        homes = (Place(PlaceKind.HOME, n, r.home, min(longest, r.room)) for n, r in enumerate(self.requests))
        held = (Place(PlaceKind.ANNOUNCED, n, a.day, a.free) for n, a in enumerate(self.announced))
        free = (Place(PlaceKind.OPENING, n, o.day, min(longest, o.minutes)) for n, o in enumerate(self.openings))
        return (*homes, *held, *free)

    def committees(self, persons: Iterable[int]) -> frozenset[int]:
        return frozenset(self.committee_of[person] for person in persons if person in self.committee_of)


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """What a plan costs, the first difference deciding. Smaller is better.

    ``attendances``: one person at one sitting is 1; whoever comes to an announced meeting anyway costs nothing there.
    ``person_minutes``: from when each has to be there to when each may go, beyond what announced meetings take anyway.
    ``sittings``: besides the announced ones. ``days``: sum over the requests of the days after the earliest day.
    """

    attendances: int
    person_minutes: int
    sittings: int
    days: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """Requests (by index, ascending) that sit together at a place (by index)."""

    members: tuple[int, ...]
    place: int


Arrangement = tuple[Sitting, ...]
"""Every request in exactly one sitting; by first member."""


def untouched(instance: Instance) -> Arrangement:
    """Every request alone at its home."""
    return tuple(Sitting((number,), number) for number in range(len(instance.requests)))
