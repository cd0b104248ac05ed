"""What a joint sitting costs whom, and where it may be held.

Nothing here depends on what the other groups are (see :mod:`quotas.merging.bits`).
"""

from __future__ import annotations

from functools import lru_cache

from quotas.merging.bits import bits
from quotas.merging.days import Added, Days
from quotas.merging.model import Instance, PlaceKind, Score, Sitting
from quotas.merging.seating import Seating

_DAYS, _SITTINGS, _MINUTES = 1 << 24, 1 << 16, 1 << 44
KEPT = 1 << 18
"""Groups whose cost is remembered, for each question."""


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
        self._openings = -1 << len(self.parts)
        self._reach = {1 << index: self._within(index) for index in range(len(self.parts))}
        self._takes = {1 << index: minutes for index, minutes in enumerate(self.minutes)}
        self._roomiest = max((place.minutes for place in self.places), default=0)
        self._short = self._by_minutes()
        self._apart = self._pairs_apart()
        self.union = lru_cache(KEPT)(self._union)
        self.seated = lru_cache(KEPT)(self._seated)
        self.time = lru_cache(KEPT)(self._time)
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
        parts = bits(group)
        return tuple(parts[place] for place in self._seating(group).order())

    def _seated(self, group: int) -> int:
        """Person-minutes from when each has to be there to when each may go."""
        return self._seating(group).least

    def _seating(self, group: int) -> Seating:
        parts = bits(group)
        held = parts[-1] >= self.count
        return Seating([self.persons[part] for part in parts], [self.minutes[part] for part in parts], self.rules, held)

    def _time(self, group: int) -> int:
        """Minutes that people are away from their work for it, their way included."""
        come: int = self.union(group)
        seated: int = self.seated(group)
        return seated + self.rules.way * come.bit_count()

    def gives_time(self, group: int) -> bool:
        """Whether every way of parting it in two would take more of people's time. So it hangs together by persons."""
        low = group & -group
        others = group ^ low
        if not others:
            return True
        whole: int = self.time(group)
        part = (others - 1) & others
        while True:  # every proper part with the lowest bit, against the rest
            rest = others ^ part
            if whole >= self.time(low | part) + self.time(rest):
                return False
            if not part:
                return True
            part = (part - 1) & others

    def mates(self, part: int) -> int:
        """The parts it might sit with somewhere, in whatever company."""
        found = 0
        for bit, reach in self._reach.items():
            minutes = sum(self._takes[each] for each in (1 << part, bit) if not each & self.riding)
            if reach & self._reach[1 << part] and minutes <= self._roomiest:
                found |= bit
        return found & ~self._apart[part]

    def short(self, group: int) -> int:
        """The parts short enough to come to it: longer ones would have too little time wherever it sat."""
        taken = sum(self.minutes[member] for member in bits(group & ~self.riding))
        return self._short[self._roomiest - taken] if taken <= self._roomiest else self.riding

    def _by_minutes(self) -> list[int]:
        """By minutes left: the parts that take no more. An announced meeting takes none of what is free in it."""
        short = [self.riding] * (self._roomiest + 1)
        for number, minutes in enumerate(self.minutes[: self.count]):
            for left in range(minutes, self._roomiest + 1):
                short[left] |= 1 << number
        return short

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
        members = group ^ ride
        if ride & (ride - 1):
            return ()
        if not members or group == members & -members:
            return (group.bit_length() - 1,)
        if group.bit_count() > self.rules.parts:
            return ()
        # Nobody joins at the home of one who is not of the group.
        within, minutes, left = ride or members | self._openings, 0, members
        while left:
            low = left & -left
            within &= self._reach[low]
            minutes += self._takes[low]
            left ^= low
            if not within or minutes > self._roomiest:
                return ()
        if self.rules.apart and any(self._apart[part] & group for part in bits(group)):
            return ()
        fitting = self._fitting(group, within, members, minutes)
        return tuple(sorted(fitting, key=lambda place: (self.places[place].day, place)))

    def _fitting(self, group: int, within: int, members: int, minutes: int) -> list[int]:
        roomy = [place for place in bits(within) if minutes <= self.places[place].minutes]
        if not roomy:
            return []
        requests = tuple(self.instance.requests[member] for member in bits(members))
        return [
            place
            for place in roomy
            if self.days.fits(Added(), group, place) and self.instance.permit(requests, self.places[place])
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
