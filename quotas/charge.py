"""What was asked for and is counted: holds while somebody decides, charges when the meeting is planned.

A charge counts in the period of its meeting's date in Shanghai, wholly, however far the meeting runs past a border. So
moving a meeting across a border moves its charge, and cancelling it gives the charge back, without anything being
added or subtracted: usage is always a sum over the rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from quotas.wish import Wish


class State(StrEnum):
    HELD = "held"
    CHARGED = "charged"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Charge:
    """``series`` binds the sittings that were asked for together. A hold counts until ``hold_expires_at``."""

    id: int
    wish: Wish
    state: State
    hold_expires_at: datetime | None = None
    series: str = ""

    def counts(self, now: datetime) -> bool:
        """Whether it uses anything up at this moment. An expired hold does not, whether or not anybody noticed."""
        if self.state is State.HELD:
            return self.hold_expires_at is None or now < self.hold_expires_at
        return self.state is State.CHARGED


@dataclass(frozen=True, slots=True)
class Metered:
    """What a planned meeting takes: its host's own part, and the agenda items of others by their numbers."""

    own: Wish
    rides: Mapping[int, Wish]


def commit(charge: Charge, meeting: int) -> Charge:
    """The hold became the planned ``meeting``."""
    wish = replace(charge.wish, meeting=meeting)
    return replace(charge, wish=wish, state=State.CHARGED, hold_expires_at=None)


def release(charge: Charge) -> Charge:
    """Refused, withdrawn or cancelled: it counts nowhere any more."""
    return replace(charge, state=State.RELEASED, hold_expires_at=None)


def move(charge: Charge, starts_at: datetime) -> Charge:
    return replace(charge, wish=replace(charge.wish, starts_at=starts_at))


def key_of(series: str, starts_at: datetime) -> str:
    """By which an occurrence of a series is found again."""
    return f"{series}:{starts_at.astimezone(UTC):%Y%m%dT%H%M}"


def occurrences(wish: Wish, starts: Iterable[datetime]) -> tuple[Wish, ...]:
    """A recurring meeting as one wish for each time it is held: each is charged in its own period."""
    return tuple(replace(wish, starts_at=moment) for moment in sorted(set(starts)))


@dataclass(frozen=True, slots=True)
class Edit:
    """What turns one series into another: give these back, ask for these, leave the rest."""

    released: tuple[Charge, ...]
    asked: tuple[Wish, ...]
    kept: tuple[Charge, ...]


def edit_series(charges: Sequence[Charge], wished: Iterable[Wish], *, since: datetime) -> Edit:
    """ "This and the following": what is from ``since`` on becomes ``wished``; what lies before stays as it is.

    A sitting that is the same in both is left alone, so a series that is edited into itself charges nothing anew.
    """
    before = tuple(each for each in charges if each.wish.starts_at < since)
    later = [each for each in charges if each.wish.starts_at >= since]
    asked: list[Wish] = []
    kept: list[Charge] = []
    for wish in wished:
        same = next((each for each in later if replace(each.wish, meeting=wish.meeting) == wish), None)
        if same is None:
            asked.append(wish)
        else:
            later.remove(same)
            kept.append(same)
    return Edit(tuple(later), tuple(asked), (*before, *kept))
