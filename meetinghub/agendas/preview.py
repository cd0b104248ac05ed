"""What a change of the agenda would change: times of segments, lengths, people's parts, the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetinghub.agendas.audiences import Part, Strip, part, strips
from meetinghub.agendas.board import length, spans
from meetinghub.meetings.model import Audience, Segment


@dataclass(frozen=True, slots=True)
class Moved:
    """A segment of both agendas that begins at another minute, or has another length; minutes from the start."""

    segment: Segment
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def resized(self) -> bool:
        return self.before[1] - self.before[0] != self.after[1] - self.after[0]

    @property
    def shifted(self) -> bool:
        return self.before[0] != self.after[0]


@dataclass(frozen=True, slots=True)
class Kept:
    """People whose part is another one; None: nothing concerns them before, or no more."""

    strip: Strip
    before: Part | None
    after: Part | None


@dataclass(frozen=True, slots=True)
class Preview:
    moved: tuple[Moved, ...]
    parts: tuple[Kept, ...]
    end_before: int
    end_after: int


def compare(before: Sequence[Segment], after: Sequence[Segment], whole: Audience) -> Preview:
    old, new = spans(before), spans(after)
    moved = tuple(
        Moved(each, old[each.id], new[each.id]) for each in after if each.id in old and old[each.id] != new[each.id]
    )
    parts = (
        Kept(strip, part(before, whole, strip), part(after, whole, strip)) for strip in strips((*before, *after), whole)
    )
    changed = tuple(each for each in parts if _times(each.before) != _times(each.after))
    return Preview(moved, changed, length(before), length(after))


def _times(kept: Part | None) -> tuple[int, int] | None:
    return None if kept is None else (kept.start, kept.end)
