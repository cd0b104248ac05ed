"""How few attendances any plan could come down to: nobody's sittings can be fewer than these.

Persons called to the same parts are one class. For each the argument is its own: what must happen between two days
needs so many sittings, for none is longer than the longest and none has more parts than allowed; what happens in
stretches of days that do not touch adds up. Meetings the class attends anyway take what is free in them for nothing.
That the classes want different sittings is left out, so the bound may lie below what is possible, never above.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from quotas.merging.bits import bits
from quotas.merging.cost import Costs


@dataclass(frozen=True, slots=True)
class _Task:
    first: date
    last: date
    minutes: int


def attendances_at_least(costs: Costs) -> int:
    """In the unit of :attr:`quotas.merging.model.Score.attendances`."""
    classes = Counter[int]()
    for person in range(_width(costs)):
        classes[sum(1 << part for part, persons in enumerate(costs.persons) if persons >> person & 1)] += 1
    return sum(count * _sittings(costs, called) for called, count in classes.items())


def _width(costs: Costs) -> int:
    return max((persons.bit_length() for persons in costs.persons), default=0)


def _sittings(costs: Costs, called: int) -> int:
    """The fewest sittings, besides announced meetings, that one person of this class has to go to."""
    requests = [costs.instance.requests[number] for number in bits(called & ~costs.riding)]
    together = [r for r in requests if not r.alone]
    tasks = [_Task(r.first, r.last, r.minutes) for r in together]
    anyway = [costs.instance.announced[bit - costs.count] for bit in bits(called & costs.riding)]
    starts, ends = sorted({task.first for task in tasks}), sorted({task.last for task in tasks})
    fewest: dict[date, int] = {}
    for end in ends:
        best = max((fewest[day] for day in ends if day < end), default=0)
        for start in starts:
            inside = [task for task in tasks if task.first >= start and task.last <= end]
            if inside:
                free = [each.free for each in anyway if start <= each.day <= end]
                before = max((fewest[day] for day in ends if day < start), default=0)
                best = max(best, before + _needed(costs, inside, free, start, end))
        fewest[end] = best
    return max(fewest.values(), default=0) + len(requests) - len(together)


def _needed(costs: Costs, tasks: list[_Task], free: list[int], start: date, end: date) -> int:
    """Sittings for ``tasks``, which all have to be held from ``start`` to ``end``."""
    parts = costs.rules.parts
    left = sorted((task.minutes for task in tasks), reverse=True)
    room = max(place.minutes for place in costs.places if start <= place.day <= end)
    room = max(room, left[0])  # whoever takes longer than any joint sitting may sits alone
    by_time = -(-(sum(left) - sum(free)) // room)
    rides = sum(min(parts - 1, _most(left, minutes)) for minutes in free)
    by_number = -(-(len(left) - rides) // parts)
    return max(by_time, by_number, _too_long_to_share(left[rides:], room) if rides < len(left) else 0, 0)


def _most(minutes: list[int], room: int) -> int:
    """How many of them fit into ``room``."""
    count = 0
    for each in reversed(minutes):
        room -= each
        if room < 0:
            break
        count += 1
    return count


def _too_long_to_share(minutes: list[int], room: int) -> int:
    """Sittings that those of more than half of ``room`` need, and what the others need that fit beside none of them.

    ``minutes`` descend. Martello and Toth's second bound for packing.
    """
    best = 0
    for least in {each for each in minutes if each <= room // 2} | {0}:
        alone = sum(1 for each in minutes if each > room - least)
        halves = [each for each in minutes if room // 2 < each <= room - least]
        small = sum(each for each in minutes if least <= each <= room // 2)
        beside = len(halves) * room - sum(halves)
        best = max(best, alone + len(halves) + max(0, -(-(small - beside) // room)))
    return best
