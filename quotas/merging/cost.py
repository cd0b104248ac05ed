"""What a joint sitting costs whom, and where it may be held.

Nothing here depends on what the other groups are (see :mod:`quotas.merging.bits`).
"""

from __future__ import annotations

from functools import lru_cache

from quotas.merging.bits import bits
from quotas.merging.days import Added, Days
from quotas.merging.model import Instance, PlaceKind, Score, Sitting

_DAYS, _SITTINGS, _MINUTES = 1 << 24, 1 << 16, 1 << 44
KEPT = 1 << 18
"""Groups whose cost is remembered, for each of three questions."""


def unpacked(value: int) -> Score:
    value, days = divmod(value, _DAYS)
    value, sittings = divmod(value, _SITTINGS)
    attendances, minutes = divmod(value, _MINUTES)
    return Score(attendances, minutes, sittings, days)


class Costs:
    """Answers about groups of one instance; remembers them."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.rules = instance, instance.rules
        self.places, self.days = instance.places, Days(instance)
        self.count = len(instance.requests)
        self.riding = ((1 << len(instance.announced)) - 1) << self.count
        self.parts = instance.parts
        """What a bit stands for."""
        number = {person: bit for bit, person in enumerate(sorted(set[int]().union(*(p.persons for p in self.parts))))}
        self.persons = [sum(1 << number[person] for person in part.persons) for part in self.parts]
        self.minutes = [part.minutes for part in self.parts]
        self.epoch = min((place.day for place in self.places), default=None)
        self._reach = [self._within(index) for index in range(len(self.parts))]
        self._apart = self._pairs_apart()
        self.union = lru_cache(KEPT)(self._union)
        self.seated = lru_cache(KEPT)(self._seated)
        self.options = lru_cache(KEPT)(self._options)
        self.value = lru_cache(KEPT)(self._value)

    def group(self, sitting: Sitting) -> int:
        place = self.places[sitting.place]
        members = sum(1 << member for member in sitting.members)
        return members | (1 << (self.count + place.number) if place.kind is PlaceKind.ANNOUNCED else 0)

    def _union(self, group: int) -> int:
        """The persons who come, as bits."""
        low = group & -group
        if not group:
            return 0
        rest: int = self.union(group ^ low)
        return rest | self.persons[low.bit_length() - 1]

    def attendances(self, group: int) -> int:
        """Persons who come besides those who come anyway."""
        ride = group & self.riding
        anyway: int = self.union(ride)
        come: int = self.union(group)
        return come.bit_count() - anyway.bit_count()

    def order(self, group: int) -> tuple[int, ...]:
        """The parts in the order that keeps people shortest; an announced meeting's own part is the first."""
        return _best_order(self, bits(group))[1]

    def _seated(self, group: int) -> int:
        """Person-minutes from when each has to be there to when each may go."""
        return _best_order(self, bits(group))[0]

    def time(self, group: int) -> int:
        """Minutes that people are away from their work for it, their way included."""
        come: int = self.union(group)
        seated: int = self.seated(group)
        return seated + self.rules.way * come.bit_count()

    def gives_time(self, group: int) -> bool:
        """Whether every way of parting it in two would take more of people's time. So it hangs together by persons."""
        whole, low = self.time(group), group & -group
        others = group ^ low
        if not others:
            return True
        part = (others - 1) & others
        while True:  # every proper part with the lowest bit, against the rest
            rest = others ^ part
            if whole >= self.time(low | part) + self.time(rest):
                return False
            if not part:
                return True
            part = (part - 1) & others

    def _within(self, index: int) -> int:
        """The places whose day this part may go to, as bits, whatever else sits there."""
        if index >= self.count:
            return 1 << index
        request, found = self.instance.requests[index], 1 << index
        for number, place in enumerate(self.places):
            host = self.instance.requests[place.number] if place.kind is PlaceKind.HOME else None
            if request.alone or (host is not None and host.alone) or place.day in self.rules.closed:
                continue
            if request.first <= place.day <= request.last and request.minutes <= place.minutes:
                found |= 1 << number
        return found

    def _pairs_apart(self) -> list[int]:
        """For each part, the parts it may never sit with."""
        keys = [part.key for part in self.parts]
        return [
            sum(1 << other for other, name in enumerate(keys) if frozenset({key, name}) in self.rules.apart)
            for key in keys
        ]

    def _options(self, group: int) -> tuple[int, ...]:
        """Places at which it may sit, earliest day first; one alone stays at home."""
        ride = group & self.riding
        if ride & (ride - 1):
            return ()
        members = bits(group ^ ride)
        if not members:
            return (ride.bit_length() - 1,)
        if len(members) == 1 and not ride:
            return (members[0],)
        within = ride or self._hosting(group)
        for member in members:
            within &= self._reach[member]
        if not within or len(members) + bool(ride) > self.rules.parts:
            return ()
        if self.rules.apart and any(self._apart[part] & group for part in bits(group)):
            return ()
        return tuple(sorted(self._fitting(group, within, members), key=lambda place: (self.places[place].day, place)))

    def _hosting(self, group: int) -> int:
        """The members' homes and all openings: nobody joins at the home of one who is not of the group."""
        return (group & ~self.riding) | -1 << (self.count + len(self.instance.announced))

    def _fitting(self, group: int, within: int, members: list[int]) -> list[int]:
        minutes = sum(self.minutes[member] for member in members)
        requests = tuple(self.instance.requests[member] for member in members)
        return [
            place
            for place in bits(within)
            if minutes <= self.places[place].minutes
            and self.days.fits(Added(), group, place)
            and self.instance.permit(requests, self.places[place])
        ]

    def _value(self, group: int) -> int | None:
        """Its share of the score as one number that can be added and compared; None when it may not be."""
        options: tuple[int, ...] = self.options(group)
        if not options or not self.gives_time(group):
            return None
        return self.value_at(group, options[0])

    def value_at(self, group: int, place: int) -> int:
        ride = group & self.riding
        members = group ^ ride
        if not members:
            return 0
        assert self.epoch is not None
        seated: int = self.seated(group)
        anyway: int = self.seated(ride) if ride else 0
        value = self.attendances(group) * _MINUTES + seated - anyway
        value = value * _SITTINGS + (not ride)
        return value * _DAYS + members.bit_count() * (self.places[place].day - self.epoch).days


def _best_order(costs: Costs, parts: list[int]) -> tuple[int, tuple[int, ...]]:
    """Person-minutes and order. By prefixes: who is there during a part is whoever it calls, and whoever was called
    before it and is called again after it."""
    size = len(parts)
    whole = (1 << size) - 1
    persons, minutes = [costs.persons[part] for part in parts], [costs.minutes[part] for part in parts]
    called = [0] * (whole + 1)
    for subset in range(1, whole + 1):
        low = subset & -subset
        called[subset] = called[subset ^ low] | persons[low.bit_length() - 1]
    first = 1 << size - 1 if parts and parts[-1] >= costs.count else whole  # an announced part is the last bit
    best: list[tuple[int, tuple[int, ...]] | None] = [None] * (whole + 1)
    best[0] = (0, ())
    for prefix in range(whole):
        reached = best[prefix]
        if reached is None:
            continue
        spent, order = reached
        for index in range(size):
            bit = 1 << index
            if prefix & bit or not (prefix or bit & first):
                continue
            there = persons[index] | (called[prefix] & called[whole ^ prefix ^ bit])
            cost = spent + minutes[index] * there.bit_count()
            if prefix:
                cost += costs.rules.early * (persons[index] & ~called[prefix]).bit_count()
            known, candidate = best[prefix | bit], (cost, (*order, parts[index]))
            if known is None or candidate < known:
                best[prefix | bit] = candidate
    found = best[whole]
    assert found is not None
    return found
