"""The archive's words: what is looked for, and what of a text is shown of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from digest import spelling
from digest import text as markup
from digest.model import Issue, Item

LONGEST_QUERY = 80
MOST_WORDS = 6
AROUND = 30
"""Characters of an excerpt on each side of what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a search found."""

    issue: Issue
    item: Item


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a text; ``hit``: it is what was looked for."""

    text: str
    hit: bool = False


def words_of(query: str) -> tuple[str, ...]:
    """What a search looks for: each word once, in one width and one case."""
    return tuple(dict.fromkeys(spelling.folded(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]


def marked(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """``text`` cut where one of ``words`` begins and ends."""
    pieces, at = [], 0
    while at < len(text):
        start, end = _next(text, words, at)
        if start > at:
            pieces.append(Piece(text[at:start]))
        if end > start:
            pieces.append(Piece(text[start:end], hit=True))
        at = end
    return tuple(pieces)


def excerpt(item: Item, words: Sequence[str]) -> tuple[Piece, ...]:
    """Of the item's text, around the first of ``words`` that it holds; its beginning when it holds none."""
    plain = " ".join(unicodedata.normalize("NFKC", markup.as_plain(item.wording.text)).split())
    start, end = _next(plain, words, 0)
    if start == len(plain):
        start = end = 0
    first, last = max(0, start - AROUND), min(len(plain), end + 2 * AROUND)
    before, after = "…" if first else "", "…" if last < len(plain) else ""
    return marked(f"{before}{plain[first:last]}{after}", words)


def _next(text: str, words: Sequence[str], at: int) -> tuple[int, int]:
    """Where the next hit begins and ends; both the text's end when there is none."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    hits = [(lower.find(word, at), -len(word)) for word in words if word]
    found = min((each for each in hits if each[0] >= 0), default=None)
    return (len(text), len(text)) if found is None else (found[0], found[0] - found[1])
