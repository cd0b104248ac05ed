"""Sets as numbers. A *group* is a set of parts: a bit for each request, then one for each announced meeting.

A group with the bit of an announced meeting rides on it.
"""

from __future__ import annotations

from collections.abc import Iterable


def bits(group: int) -> list[int]:
    """The indices of the bits that are set, ascending."""
    found = []
    while group:
        low = group & -group
        found.append(low.bit_length() - 1)
        group ^= low
    return found


def joined(sets: Iterable[int]) -> int:
    """What is in at least one of them."""
    found = 0
    for each in sets:
        found |= each
    return found
