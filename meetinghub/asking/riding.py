"""Meetings that a wish could ride on, as the page draws them, bars to scale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.asking.model import DeclinedRide


@dataclass(frozen=True, slots=True)
class Stretch:
    """``kind``: ``taken`` (somebody's item), ``mine`` (the wish), ``free``."""

    kind: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Ride:
    """A planned meeting as it ranks for a wish. ``free`` is before the ride; ``mine_at`` where it would begin, None
    when it does not fit. ``newly`` are called only for it, ``coming`` sit there anyway. ``reasons``: keys, counts."""

    meeting_id: int
    place: int
    title: str
    host: str
    host_department_id: int | None
    where: str
    starts_at: datetime
    capacity: int
    booked: int
    free: int
    mine_at: datetime | None
    bars: tuple[Stretch, ...]
    coming: int
    newly: int
    newly_called: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    closes_at: datetime | None = None

    @property
    def fits(self) -> bool:
        return self.mine_at is not None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.capacity)

    def mine_ends_at(self, minutes: int) -> datetime:
        """When a ride of so many minutes would end."""
        return (self.mine_at or self.ends_at) + timedelta(minutes=minutes)

    @property
    def drawn(self) -> int:
        """Minutes that the bars make together."""
        return sum(bar.minutes for bar in self.bars)

    @property
    def declined(self) -> DeclinedRide:
        return DeclinedRide(
            self.meeting_id, self.place, self.title, self.starts_at, self.coming, self.newly, max(self.free, 0)
        )


def bars(taken: tuple[int, ...], free: int, mine: int, *, before_last: bool) -> tuple[tuple[Stretch, ...], int]:
    """The meeting's stretches with the wish in its place, and the minute at which it begins.

    A closing item (``before_last``) stays last. Without room for the wish only what there is is drawn, and the minute
    is -1.
    """
    fits = free >= mine
    items = [Stretch("taken", minutes) for minutes in taken]
    if not fits:
        return (*items, *_free(free)), -1
    at = len(items) - 1 if before_last and len(items) > 1 else len(items)
    begins = sum(taken[:at])
    items.insert(at, Stretch("mine", mine))
    return (*items, *_free(free - mine)), begins


def _free(minutes: int) -> tuple[Stretch, ...]:
    return (Stretch("free", minutes),) if minutes > 0 else ()
