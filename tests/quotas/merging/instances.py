"""Weeks as a street office has them, made from a seed: 33 committees, calls of roles, lines and districts."""

from __future__ import annotations

import random
from datetime import date, timedelta

from quotas.merging.model import Announced, Instance, Opening, Request, Rules

MONDAY = date(2026, 11, 23)
COMMITTEES, STAFF = 33, 9  # secretary, director, deputy, six line workers
DAYS = [MONDAY + timedelta(days=offset) for offset in range(12) if offset % 7 < 5]
ROLES = ((0,), (1,), (0, 1), (0, 1, 2), (3,), (4,), (5,), (6, 7), (3, 4, 5, 6, 7, 8), tuple(range(STAFF)))


def week(seed: int, requests: int, *, announced: int = 2, openings: int = 2, a_day: int | None = 2) -> Instance:
    """A fortnight's requests; most call all committees, some a district of them."""
    chance = random.Random(seed)
    rules = Rules(a_day=a_day, closed=frozenset({DAYS[chance.randrange(10)]}))
    return Instance(
        requests=tuple(_request(chance, number) for number in range(requests)),
        announced=tuple(_announced(chance, number) for number in range(announced)),
        openings=tuple(Opening(f"o{number}", chance.choice(DAYS), 90) for number in range(openings)),
        rules=rules,
        committee_of={person: person // STAFF for person in range(COMMITTEES * STAFF)},
    )


def called(chance: random.Random) -> frozenset[int]:
    whole, roles = range(COMMITTEES), chance.choice(ROLES)
    some = whole if chance.random() < 0.6 else chance.sample(whole, chance.randint(4, 20))
    return frozenset(committee * STAFF + role for committee in some for role in roles)


def _request(chance: random.Random, number: int) -> Request:
    home, before, after = chance.randrange(len(DAYS)), chance.randint(0, 3), chance.randint(1, 4)
    return Request(
        key=f"r{number:02}",
        minutes=chance.choice((10, 15, 20, 25, 30, 40, 45)),
        persons=called(chance),
        home=DAYS[home],
        first=DAYS[max(0, home - before)],
        last=DAYS[min(len(DAYS) - 1, home + after)],
        room=chance.choice((60, 90, 90, 120)),
        alone=chance.random() < 0.05,
    )


def _announced(chance: random.Random, number: int) -> Announced:
    return Announced(f"a{number}", chance.choice(DAYS), 50, chance.choice((10, 20, 30, 40)), called(chance))
