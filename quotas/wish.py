"""What somebody wants of the committees' time, as far as rules look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from quotas.period import local_day


class Exempt(StrEnum):
    """Kinds of meetings that a policy may exempt."""

    STATUTORY = "statutory"
    EMERGENCY = "emergency"
    PASSED_ON = "passed_on"  # from above


@dataclass(frozen=True, slots=True)
class Call:
    """These committees' holders of ``role``; committees by the numbers of their rows."""

    role: str
    sites: frozenset[int]


@dataclass(frozen=True, slots=True)
class Wish:
    """A sitting of one's own, or (``own`` false) minutes in somebody else's.

    ``sites`` x ``roles`` is whom it is addressed to. ``calls`` are those who come only because of it: None = all of
    them (an own sitting), empty for a ride on a meeting where they sit already. ``speeches`` are the minutes of each
    speaker, ``exempt`` an :class:`Exempt` or empty. ``meeting``: the meeting it is part of, None while there is none.
    """

    starts_at: datetime
    minutes: int
    sites: frozenset[int]
    roles: frozenset[str]
    department: int | None = None
    line: str = ""
    persons: int = 0
    own: bool = True
    calls: tuple[Call, ...] | None = None
    exempt: str = ""
    speeches: tuple[int, ...] = ()
    title: str = ""
    meeting: int | None = None
    day: date = field(init=False, compare=False)
    """The date that decides where it is counted: that of its start in Shanghai, however long it lasts."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "day", local_day(self.starts_at))

    @property
    def called(self) -> tuple[Call, ...]:
        if self.calls is not None:
            return self.calls
        return tuple(Call(role, self.sites) for role in sorted(self.roles))
