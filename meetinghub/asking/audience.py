"""Whom a wish calls: roles x committees x business line, counted in persons.

A business line narrows line workers only: 「主任、民政条线」 means every director and those line workers who answer for
民政. Two audiences are compared by the persons they reach, never by their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetinghub.ids import CommitteeId, PersonId
from meetinghub.people.model import Person, Role

CALLABLE = (
    Role.SECRETARY,
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.LINE_WORKER,
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_MANAGER,
    Role.VOLUNTEER,
)
"""Whom a meeting may call, in the order in which pages name them."""


@dataclass(frozen=True, slots=True)
class Audience:
    """``committees`` None means all of them; ``line`` empty means line workers of every line."""

    roles: tuple[Role, ...] = ()
    committees: frozenset[CommitteeId] | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """``by_role``: persons by the first of the audience's roles that calls them, in its order."""

    persons: frozenset[PersonId]
    committees: frozenset[CommitteeId]
    by_role: tuple[tuple[Role, int], ...]


def called(person: Person, audience: Audience) -> Role | None:
    """The first of the audience's roles that calls this person; None when none does."""
    if person.committee is None:
        return None
    if audience.committees is not None and person.committee not in audience.committees:
        return None
    for role in audience.roles:
        if role in person.roles and (
            role is not Role.LINE_WORKER or not audience.line or audience.line in person.lines
        ):
            return role
    return None


def reached(people: Iterable[Person], audience: Audience) -> frozenset[PersonId]:
    """The persons an audience calls."""
    return frozenset(person.id for person in people if called(person, audience) is not None)


def count(people: Iterable[Person], audience: Audience) -> Counted:
    persons: set[PersonId] = set()
    committees: set[CommitteeId] = set()
    roles: Counter[Role] = Counter()
    for person in people:
        role = called(person, audience)
        if role is not None and person.id not in persons and person.committee is not None:
            persons.add(person.id)
            committees.add(person.committee)
            roles[role] += 1
    named = tuple((role, roles[role]) for role in audience.roles)
    return Counted(frozenset(persons), frozenset(committees), named)


def union(people: Sequence[Person], audiences: Iterable[Audience]) -> frozenset[PersonId]:
    """A meeting's persons: everybody whom any of its parts calls."""
    return frozenset().union(*(reached(people, each) for each in audiences))


def by_committee(people: Iterable[Person], persons: frozenset[PersonId]) -> Mapping[CommitteeId, int]:
    """How many of ``persons`` each committee sends."""
    return Counter(each.committee for each in people if each.id in persons and each.committee is not None)
