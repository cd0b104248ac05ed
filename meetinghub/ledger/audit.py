"""Follows the chain fact by fact and says which is the first that is not as it was written.

A chain proves that something is wrong, not what was done. :func:`explain` therefore looks for the fact that belongs in
the place and for the place in which the fact that stands there was written, which tells a fact that was changed from
one that was put in, taken out or moved. Whoever changes a fact and works out all hashes after it anew leaves a chain
without fault; only a checkpoint kept elsewhere shows that (``checkpoint.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from meetinghub.ledger.canonical import Speller, is_normal
from meetinghub.ledger.chain import GENESIS, link, row

NEAR = 1000
"""How far from its place a fact is looked for when no other fact tells where it was written."""


Watched = Mapping[int, Collection[bytes]]


class Wrong(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    NOT_CANONICAL = "not_canonical"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class BadFact:
    """``kind`` is what stands there; None when nothing does."""

    number: int
    kind: str | None
    wrong: Wrong


class Stored(NamedTuple):
    """A row as it was read; ``at`` has a space where RFC 3339 has ``T``, and no ``Z``.

    Nothing vouches for the types: whoever holds the file may have written something else. A text that is not UTF-8
    holds lone surrogates.
    """

    number: int
    meeting: int | None
    kind: str
    version: int
    at: str
    actor: str
    key: str | None
    payload: str
    prev: bytes
    hash: bytes

    def bad(self, wrong: Wrong) -> BadFact:
        return BadFact(self.number, str(self.kind).encode(errors="replace").decode(), wrong)


class Shelf(Protocol):
    """The rows of the ledger, looked up one by one; more than one where somebody has taken a constraint away."""

    def numbered(self, number: int) -> Sequence[Stored]: ...

    def following(self, prev: bytes) -> Sequence[Stored]:
        """Those that say they follow the fact with this hash."""
        ...

    def hashed(self, of: bytes) -> Sequence[Stored]: ...

    def head(self) -> tuple[int, bytes] | None:
        """Number and hash that the ledger's head tells, not looked up in the facts."""
        ...


class Walk:
    """Where the chain has been followed to.

    ``watched`` maps numbers to what checkpoints saw there: hashes, or as much of them as stands on paper. A walk that
    does not begin at the ledger's begins behind the fact ``number``, taking for granted that its hash is ``start``.
    """

    def __init__(self, watched: Watched, number: int = 0, start: bytes = GENESIS) -> None:
        self.number = number
        self.hash = start
        self._watched = watched
        self._speller = Speller()

    @property
    def contradicted(self) -> bool:
        """Whether a checkpoint saw another fact where the walk stands."""
        return not all(self.hash.startswith(seen) for seen in self._watched.get(self.number, ()))

    def on(self, rows: Iterable[tuple[Any, ...]]) -> tuple[Stored, Wrong | None] | None:
        """Go on over ``rows``, tuples with the fields of :class:`Stored`; the first that does not continue the chain.

        The reason is given where the row alone shows it. Stops without a word where a checkpoint contradicts.
        """
        last, watched, accepts = self.hash, self._watched, self._speller.accepts
        place = self.number + 1
        try:
            for stored in rows:
                text, prev, hashed = _text(stored, place), stored[8], stored[9]
                if stored[0] != place or prev != last or text is None or link(last, text) != hashed:
                    return Stored._make(stored), None
                if not accepts(stored[2], stored[7]) or not (text.isascii() or _has_normal_names(stored)):
                    return Stored._make(stored), Wrong.NOT_CANONICAL
                last, place = hashed, place + 1
                if place - 1 in watched and not all(last.startswith(seen) for seen in watched[place - 1]):
                    return None
            return None
        finally:
            self.number, self.hash = place - 1, last


def explain(stored: Stored, walk: Walk, shelf: Shelf) -> BadFact:
    """What is wrong with the row that did not continue ``walk``, and which fact to name."""
    place = walk.number + 1
    if stored.number < place:
        return stored.bad(Wrong.INSERTED)
    others = (other for other in shelf.following(walk.hash) if other != stored or stored.number > place)
    rightful = next((other for other in others if _origin(other, shelf) == place), None)
    if stored.number > place:
        if rightful is None:
            return BadFact(place, None, Wrong.MISSING)
        return BadFact(place, rightful.bad(Wrong.REORDERED).kind, Wrong.REORDERED)
    origin = _origin(stored, shelf)
    if origin == place and walk.number and _attested(stored, shelf):
        return _first(shelf.numbered(walk.number)).bad(Wrong.CHANGED)
    if origin is None or origin == place:
        return stored.bad(Wrong.CHANGED if rightful is None else Wrong.INSERTED)
    if origin > place:
        return stored.bad(Wrong.MISSING if rightful is None else Wrong.REORDERED)
    there = _first(shelf.numbered(origin))
    genuine = there.hash != stored.hash and _attested(stored, shelf)
    return (there if genuine else stored).bad(Wrong.INSERTED)


def conclude(walk: Walk, shelf: Shelf) -> BadFact | None:
    """After the last row: what the ledger's head says against it."""
    head = shelf.head()
    if head is None or head[0] > walk.number:
        return BadFact(walk.number + 1, None, Wrong.MISSING)
    if head[0] < walk.number:
        return _first(shelf.numbered(max(head[0], 0) + 1)).bad(Wrong.INSERTED)
    if head[1] != walk.hash:
        return (
            _first(shelf.numbered(walk.number)).bad(Wrong.CHANGED) if walk.number else BadFact(1, None, Wrong.MISSING)
        )
    return None


def _text(stored: tuple[Any, ...], number: int) -> str | None:
    """The row that is hashed, had it been written with this ``number``; None for one that nobody could have written."""
    _, meeting, kind, version, at, actor, key, payload, _, _ = stored
    if type(version) is not int or (meeting is not None and type(meeting) is not int):
        return None
    try:
        text = row(number, meeting, kind, version, f"{at[:10]}T{at[11:]}Z", actor, key, payload)
        return text if at[10] == " " and (text.isascii() or text.encode()) else None
    except (TypeError, ValueError, IndexError):
        return None


def _has_normal_names(stored: tuple[Any, ...]) -> bool:
    _, _, kind, _, _, actor, key, *_ = stored
    return is_normal(kind) and is_normal(actor) and (key is None or is_normal(key))


def _origin(stored: Stored, shelf: Shelf) -> int | None:
    """The number with which the row was written, by its hash; None when it was not written so."""
    behind = (before.number + 1 for before in shelf.hashed(stored.prev))
    near = range(max(1, stored.number - NEAR), stored.number + NEAR + 1)
    return next((number for number in (stored.number, *behind, *near) if _holds(stored, number)), None)


def _holds(stored: Stored, number: int) -> bool:
    text = _text(stored, number)
    try:
        return text is not None and link(stored.prev, text) == stored.hash
    except TypeError:
        return False


def _attested(stored: Stored, shelf: Shelf) -> bool:
    """Whether a fact, or the head, is bound to the row."""
    head = shelf.head()
    return bool(shelf.following(stored.hash)) or (head is not None and head[1] == stored.hash)


def _first(rows: Sequence[Stored]) -> Stored:
    return rows[0]
