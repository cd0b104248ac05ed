"""What the ledger was at one moment, in a few lines that can be kept where nobody who holds the database reaches.

The chain shows a change only as long as its end stays. A checkpoint names the end: how many facts there were, and the
hash of the newest, which covers all before it. ::

    ledger-3f9a1c2e.meetinghub              which ledger: the name of its key
    1200                                    number of facts
    5f3a9c0e1b2d4c6f…                       hash of the newest, hexadecimal
    2026-11-26T07:12:30.000000Z             when, by the clock of the server

and its signature (``note.py``). A file of checkpoints holds one after the other, an empty line after each. The short
form, ``1200-5f3a-9c0e-1b2d-4c6f``, goes on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from meetinghub.ledger.fact import utc_moment, utc_text
from meetinghub.ledger.note import SIGNED_BY, Signed, Signer, Verifier, judge

_SHORT = re.compile(r"([0-9]+)[-:· ]+((?:[0-9a-f]{4}[- ]*){4})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``head`` is the hash of fact number ``facts``."""

    origin: str
    facts: int
    head: bytes
    at: datetime

    def text(self) -> str:
        return f"{self.origin}\n{self.facts}\n{self.head.hex()}\n{utc_text(self.at)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The inverse of :meth:`text`; ``ValueError`` for anything else."""
        try:
            origin, facts, head, at = text.removesuffix("\n").split("\n")
            made = cls(origin, int(facts), bytes.fromhex(head), utc_moment(at))
        except ValueError as error:
            raise ValueError("this is no checkpoint") from error
        if made.text() != text or made.facts < 0 or len(made.head) != 32:
            raise ValueError("this is no checkpoint as we write it")
        return made


def entry(checkpoint: Checkpoint, signer: Signer) -> str:
    """What is added to a file of checkpoints."""
    return f"{signer.sign(checkpoint.text())}\n"


def short(number: int, hashed: bytes) -> str:
    """Fact ``number`` and the first 64 bits of its hash, for paper: finding other facts that fit takes 2⁶⁴ attempts."""
    digits = hashed.hex()
    return f"{number}-{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:16]}"


def parse_short(text: str) -> tuple[int, bytes]:
    """Number and the first 64 bits of the hash; forgives how it was typed off. ``ValueError`` for anything else."""
    found = _SHORT.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no short form of a checkpoint")
    return int(found[1]), bytes.fromhex(re.sub(r"[- ]", "", found[2]))


class Entry(NamedTuple):
    """One entry of a file: the line where it begins, what it says, and what its signature is worth.

    ``checkpoint`` is None where there is none, as where power failed while it was written.
    """

    line: int
    checkpoint: Checkpoint | None
    signed: Signed


def entries(text: str, known: Sequence[Verifier]) -> Iterator[Entry]:
    """All entries of a file, the broken ones too; ``known`` are the keys that may have signed."""
    paragraphs = []
    for blank, lines in groupby(enumerate(text.split("\n"), 1), lambda line: not line[1]):
        if not blank:
            numbered = list(lines)
            paragraphs.append((numbered[0][0], [line for _, line in numbered]))
    place = 0
    while place < len(paragraphs):
        line, body = paragraphs[place]
        signatures = paragraphs[place + 1][1] if place + 1 < len(paragraphs) else []
        signed = all(each.startswith(SIGNED_BY) for each in signatures) and bool(signatures)
        place += 2 if signed else 1
        yield _entry(line, "\n".join([*body, ""]), signatures if signed else [], known)


def _entry(line: int, text: str, signatures: Sequence[str], known: Sequence[Verifier]) -> Entry:
    signed = judge(text, signatures, known)
    try:
        return Entry(line, Checkpoint.parse(text) if signatures else None, signed)
    except ValueError:
        return Entry(line, None, signed)
