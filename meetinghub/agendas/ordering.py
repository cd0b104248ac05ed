"""The order in which people sit through the fewest minutes that are not theirs.

What an order costs: every minute between the first and the last segment that concern a person, times the people. Put
one segment after another, and what the next one costs depends only on which are behind: its minutes, times everybody
whom it concerns or who has had one and still waits for another. So the best order of a set is the best of its parts
plus one (Held and Karp, 1962), exact over 2^n sets. Above :data:`EXACT` segments that may move, the given order is
improved by moving single segments while that helps.

Of equally good orders the one is taken that departs from the given one as late as possible; one that is as good as
any stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from meetinghub.agendas.audiences import Signatures, waiting
from meetinghub.agendas.board import Agenda, movable
from meetinghub.meetings.model import Segment

EXACT = 12


def arrange(agenda: Agenda, groups: Signatures) -> Agenda:
    """Never worse than ``agenda``; pinned segments stay."""
    places = movable(agenda)
    free = agenda[places.start : places.stop]
    if len(free) < 2:
        return agenda
    head, tail = agenda[: places.start], agenda[places.stop :]
    ordered = _best(head, free, groups) if len(free) <= EXACT else _improved(head, free, tail, groups)
    found = (*head, *ordered, *tail)
    return found if waiting(found, groups) < waiting(agenda, groups) else agenda


def _best(head: Sequence[Segment], free: Sequence[Segment], groups: Signatures) -> list[Segment]:
    """Exact: ``rest[done]`` is what the best order of everything not in the set ``done`` costs."""
    bits = {each.id: 1 << place for place, each in enumerate(free)}
    opened = {each.id for each in head}
    kinds = [
        (
            sum(bits.get(each, 0) for each in signature),
            heads,
            bool(signature & opened),
            bool(signature - opened - bits.keys()),
        )
        for signature, heads in groups.items()
    ]
    whole = (1 << len(free)) - 1
    rest = [0] * (whole + 1)
    chosen = [0] * (whole + 1)
    for done in range(whole - 1, -1, -1):
        kept = sum(
            heads for own, heads, before, after in kinds if (before or own & done) and (after or own & ~done & whole)
        )
        best = -1
        for place, each in enumerate(free):
            bit = 1 << place
            if done & bit:
                continue
            coming = sum(heads for own, heads, before, after in kinds if own & bit and not (before or own & done))
            cost = each.minutes * (kept + coming) + rest[done | bit]
            if best < 0 or cost < best:
                best, chosen[done] = cost, place
        rest[done] = best
    order: list[Segment] = []
    done = 0
    while done != whole:
        order.append(free[chosen[done]])
        done |= 1 << chosen[done]
    return order


def _improved(
    head: Sequence[Segment], free: Sequence[Segment], tail: Sequence[Segment], groups: Signatures
) -> list[Segment]:
    """Take the single move that helps most, until none does; each lowers a whole number, so it ends."""
    order = list(free)
    cost = waiting((*head, *order, *tail), groups)
    while True:
        best: list[Segment] | None = None
        for at in range(len(order)):
            others = order[:at] + order[at + 1 :]
            for to in range(len(order)):
                tried = [*others[:to], order[at], *others[to:]]
                costs = waiting((*head, *tried, *tail), groups)
                if costs < cost:
                    best, cost = tried, costs
        if best is None:
            return order
        order = best
