"""Which meeting a committee's room waits for or sits in, when nobody is there to choose.

A live meeting comes first; a room stays in the one it is in rather than change to another. Before a meeting its doors
are open from :data:`DOORS` before the start; one that is overdue (its planned time is over and nobody has started it)
is waited for a while, unless another one's doors are open. Whatever is cancelled or over is nothing to wait for, and a
meeting that was put off counts with its new time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing

CHECK = timedelta(minutes=30)
"""How long before the start cameras and microphones are tried."""
DOORS = timedelta(minutes=15)
OVERDUE = timedelta(hours=1)
COMING = (State.PLANNED, State.POSTPONED)


def upcoming(listed: Sequence[Listing], now: datetime, *, inside: int | None = None) -> Listing | None:
    """The meeting to be in or to wait for; ``inside`` is the one the room is in already."""
    live = [each for each in listed if each.state is State.LIVE]
    coming = [each for each in listed if each.state in COMING and now < each.ends_at + OVERDUE]
    open_now = [each for each in coming if each.starts_at - DOORS <= now < each.ends_at]
    overdue = [each for each in coming if each.ends_at <= now]
    if live or open_now:
        stay = next((each for each in live or open_now if each.id == inside), None)
        return stay or (max(live, key=_by_start) if live else min(open_now, key=_by_start))
    return min(overdue or coming, key=_by_start, default=None)


def _by_start(listing: Listing) -> tuple[datetime, int]:
    return listing.starts_at, listing.id
