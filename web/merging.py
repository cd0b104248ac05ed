"""What the merge plan's page shows, worked out from a plan: its rows with titles, and both pictures to scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp.web import AppKey

from meetinghub.agendas.plan import OPEN
from meetinghub.bridges.merging import Merging
from meetinghub.meetings.model import Listing
from meetinghub.merging.model import Proposed, ProposedRow

MERGING = AppKey("merging", Merging)

SCALE = 2
"""Pixels a minute, in every picture of a merge plan."""
WAY = 20
"""Minutes there, and as many back."""
LINE = 62
"""Pixels from one sitting to the next, its date above it included."""
LABEL = 190
"""Pixels that a date and a department's name take: arrows turn behind them."""
GAP = 70
"""Pixels between the two halves of a picture."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One meeting in the picture; all in pixels. ``host``: it stays where it is."""

    x: int
    y: int
    width: int
    text: str
    starts_at: datetime
    ends_at: datetime
    host: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """``before``: each by itself; ``after``: one behind the other. ``joint_at``: where the joint sitting begins."""

    width: int
    height: int
    way: int
    before: tuple[Bar, ...]
    after: tuple[Bar, ...]
    arrows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """``gone`` when one of its meetings was changed since: it cannot be accepted any more."""

    row: ProposedRow
    host: Listing
    ends_at: datetime
    others: tuple[Listing, ...]
    picture: Picture
    gone: bool


def shown(plan: Proposed, known: Mapping[int, Listing]) -> list[Shown]:
    """Rows whose meetings all exist, in the order of the plan."""
    return [_shown(row, known) for row in plan.rows if all(number in known for number in row.meetings)]


def _shown(row: ProposedRow, known: Mapping[int, Listing]) -> Shown:
    start = next(part.starts_at for part in row.parts if part.meeting == row.host)
    changed = any(
        known[part.meeting].state not in OPEN or known[part.meeting].starts_at != part.starts_at for part in row.parts
    )
    return Shown(
        row=row,
        host=known[row.host],
        ends_at=start + timedelta(minutes=sum(part.minutes for part in row.parts)),
        others=tuple(known[number] for number in row.meetings if number != row.host),
        picture=_picture(row, known),
        gone=changed and row.accepted_at is None,
    )


def _picture(row: ProposedRow, known: Mapping[int, Listing]) -> Picture:
    way, before = WAY * SCALE, []
    parts = sorted(row.parts, key=lambda part: (part.starts_at, part.meeting))
    for number, part in enumerate(parts):
        ends_at = part.starts_at + timedelta(minutes=part.minutes)
        host = part.meeting == row.host
        text = known[part.meeting].host
        before.append(Bar(way, number * LINE + 24, part.minutes * SCALE, text, part.starts_at, ends_at, host))
    left = max(LABEL, max(bar.width for bar in before) + 2 * way)
    middle, x, at = (len(parts) - 1) * LINE // 2 + 24, left + GAP + way, known[row.host].starts_at
    after = []
    for part in row.parts:
        ends_at = at + timedelta(minutes=part.minutes)
        host = part.meeting == row.host
        after.append(Bar(x, middle, part.minutes * SCALE, known[part.meeting].host, at, ends_at, host))
        x, at = x + part.minutes * SCALE, ends_at
    arrows = tuple(
        f"M{bar.x + bar.width + way + 8} {bar.y + 14} C{left + 40} {bar.y + 14} {left + 20} {middle + 14} "
        f"{left + GAP - 10} {middle + 14}"
        for bar in before
    )
    return Picture(x + way, len(parts) * LINE, way, tuple(before), tuple(after), arrows)
