"""When each site was really there, and how far an attendance is from it. Pure: seconds of one clock, no waiting."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Span = tuple[float, float]  # from, to


class Cause(StrEnum):
    SEEN = "seen"  # somebody said goodbye, or came: known to the second
    DIED = "died"  # a process or a line died: known within one heartbeat


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment at which a site came or went."""

    at: float
    cause: Cause


@dataclass
class Presence:
    """One site's own account. Coming twice, or going twice, is once.

    ``unsure``: from asking to come to hearing that it is in; when in between the server let it in, only that knows.
    """

    spans: list[Span] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    unsure: list[Span] = field(default_factory=list)
    _since: float | None = None

    @property
    def there(self) -> bool:
        return self._since is not None

    def came(self, at: float, *, asked: float | None = None) -> None:
        if self._since is None:
            self._since = at
            self.unsure.append((at if asked is None else asked, at))
            self.edges.append(Edge(at, Cause.SEEN))

    def went(self, at: float, cause: Cause) -> None:
        if self._since is not None:
            self.spans.append((self._since, at))
            self.edges.append(Edge(at, cause))
            self._since = None

    def news_died(self, since: float) -> None:
        """What was seen from then on was known only to a process that has died since."""
        self.edges = [Edge(each.at, Cause.DIED) if each.at >= since else each for each in self.edges]

    def until(self, end: float) -> list[Span]:
        """What there was by ``end``, an open span included."""
        return [*self.spans, *([(self._since, end)] if self._since is not None else [])]


@dataclass(frozen=True, slots=True)
class Error:
    """A stretch in which an attendance says otherwise than the truth. ``cause``: what it touches; ``claims`` is what
    the attendance says of it."""

    site: str
    start: float
    end: float
    cause: Cause
    claims: bool

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def without(self, spans: Iterable[Span]) -> float:
        """Its seconds outside of ``spans``."""
        return self.seconds - sum(end - start for start, end in clipped(spans, (self.start, self.end)))


def errors(
    truth: Mapping[str, Presence], claimed: Mapping[str, Sequence[Span]], window: Span, *, near: float = 1.0
) -> list[Error]:
    """Every stretch of the window where the two differ, longest first.

    One that comes within ``near`` seconds of a death is the death's; all others have nothing to excuse them.
    """
    found: list[Error] = []
    for site, presence in truth.items():
        really = clipped(presence.until(window[1]), window)
        says = clipped(claimed.get(site, ()), window)
        deaths = [edge.at for edge in presence.edges if edge.cause is Cause.DIED]
        for start, end, claims in _differences(really, says, presence.unsure):
            died = any(start - near <= at <= end + near for at in deaths)
            found.append(Error(site, start, end, Cause.DIED if died else Cause.SEEN, claims))
    return sorted(found, key=lambda error: -error.seconds)


def clipped(spans: Iterable[Span], window: Span) -> list[Span]:
    """Within the window, in order, overlapping ones joined."""
    joined: list[Span] = []
    for start, end in sorted((max(a, window[0]), min(b, window[1])) for a, b in spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _differences(one: Sequence[Span], other: Sequence[Span], unsure: Sequence[Span]) -> list[tuple[float, float, bool]]:
    """Stretches that only one of the two covers, but for what is ``unsure``; True where it is ``other``."""
    cuts = sorted({moment for span in (*one, *other, *unsure) for moment in span})
    found: list[tuple[float, float, bool]] = []
    for start, end in itertools.pairwise(cuts):
        middle = (start + end) / 2
        first, second = _covers(one, middle), _covers(other, middle)
        if first == second or _covers(unsure, middle):
            continue
        if found and found[-1][1] == start and found[-1][2] == second:
            found[-1] = (found[-1][0], end, second)
        else:
            found.append((start, end, second))
    return found


def _covers(spans: Sequence[Span], moment: float) -> bool:
    return any(start <= moment < end for start, end in spans)
