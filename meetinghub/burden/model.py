"""What was counted of one sitting. All lengths are whole seconds; ``sat`` and ``addressed`` are summed over persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MEASURED = ("meeting",)
"""Sources that tell minute by minute who was there and whom it concerned."""


class Source(StrEnum):
    """Where a sitting is known from; its ``number`` counts the rows of that source."""

    MEETING = "meeting"
    """Held in the system: facts and a sealed attendance sheet."""
    IMPORT = "import"
    """History from before, imported from a file."""
    CALL = "call"
    """A committee wrote down that it was called outside the system."""


@dataclass(frozen=True, slots=True)
class Share:
    """Of a committee's persons those of one role, or all of them. ``addressed`` is that part of ``sat`` in which the
    item that was on was meant for them."""

    persons: int = 0
    trips: int = 0
    sat: int = 0
    addressed: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(
            self.persons + other.persons,
            self.trips + other.trips,
            self.sat + other.sat,
            self.addressed + other.addressed,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One committee at one sitting. ``called`` but not ``attended``: it did not come.

    ``roles``: role → its share; those whose role nobody knows (guests, a room that only gave a number) are under
    ``""``, and all shares together are ``whole``. ``uncounted``: it was there, and nobody said how many.
    """

    committee: int
    called: bool
    attended: bool
    uncounted: bool = False
    roles: Mapping[str, Share] = field(default_factory=dict)

    @property
    def whole(self) -> Share:
        return sum(self.roles.values(), Share())

    @property
    def untold(self) -> bool:
        """It is not known how many sat there; that is not none."""
        return self.uncounted and not self.whole.persons


@dataclass(frozen=True, slots=True)
class Ride:
    """What another department had on the agenda: how many items, and how long they took in the end."""

    department: int
    items: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """``department`` called it; None when that is no department of ours (then only ``host`` says who).

    ``day`` is Shanghai's. ``measured``: minutes addressed are known; where they are not, shares leave the row out.
    """

    source: Source
    number: int
    day: date
    starts_at: datetime
    seconds: int
    title: str
    host: str
    department: int | None
    mode: str
    measured: bool
    lines: tuple[Line, ...]
    rides: tuple[Ride, ...] = ()

    @property
    def month(self) -> int:
        """202611 for November 2026."""
        return self.day.year * 100 + self.day.month


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wish for a meeting that was refused; ``number`` is the fact's. ``why``: ``rules`` (``rules`` are those it
    broke, as ``policy:rule``) or the office that said no, with its ``reason``."""

    number: int
    day: date
    at: datetime
    department: int | None
    request: int | None
    title: str
    minutes: int
    committees: int
    why: str
    rules: tuple[str, ...] = ()
    reason: str = ""
