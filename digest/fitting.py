"""A letter that would be too long for a mail, cut where the page on the web goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.letter import Entry, Letter, Way

STEPS: tuple[tuple[int | None, int | None], ...] = (
    (None, None),
    (2000, None),
    (600, None),
    (150, None),
    (0, None),
    (0, 20),
    (0, 8),
)
"""Characters of a text and entries of a section that are left, from everything on; the last always fits."""
_STOPS = "。！？；!?;"


def cut(said: Letter, longest: int | None, most: int | None, *, whole: Way, rest: Callable[[int], Entry]) -> Letter:
    """Texts of at most ``longest`` characters, sections of at most ``most`` entries; ``whole`` leads to all of a text,
    ``rest`` to so many entries more."""
    sections = []
    for section in said.sections:
        entries = [_shorter(each, longest, whole) for each in section.entries]
        if most is not None and len(entries) > most:
            entries = [*entries[:most], rest(len(entries) - most)]
        sections.append(replace(section, entries=tuple(entries)))
    return replace(said, sections=tuple(sections))


def _shorter(entry: Entry, longest: int | None, whole: Way) -> Entry:
    if longest is None or len(entry.text) <= longest:
        return entry
    return replace(entry, text=beginning(entry.text, longest), links=(whole, *entry.links))


def beginning(text: str, longest: int) -> str:
    """At most ``longest`` characters: whole lines, or whole sentences of the first line, or as much of it as fits."""
    if len(text) <= longest:
        return text
    taken = text[:longest]
    lines, _, rest = taken.rpartition("\n")
    if lines:
        return lines
    stop = max(rest.rfind(each) for each in _STOPS)
    if stop >= 0:
        return rest[: stop + 1]
    return f"{rest[: rest.rfind('[')] if '[' in rest else rest}…" if rest else ""
