"""Every plan there is, for instances small enough."""

from __future__ import annotations

from itertools import product

from quotas.merging.model import Instance, Score, Sitting
from tests.quotas.merging.naive import Naive, partings


def cheapest(instance: Instance) -> Score:
    naive = Naive(instance)
    best: Score | None = None
    for parting in partings(tuple(range(len(instance.requests)))):
        for places in product(*(naive.sittings_of(members) for members in parting)):
            arrangement = tuple(Sitting(*each) for each in zip(parting, places, strict=True))
            if naive.fits(arrangement):
                score = naive.score(arrangement)
                best = score if best is None else min(best, score)
    assert best is not None
    return best
