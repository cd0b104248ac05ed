"""What facts say of documents: which content was put to which segment, and what was taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class DocumentAdded(Payload):
    """``digest``: SHA-256 of the content; ``replaces``: the document's number it is a newer version of, 0 for none."""

    kind: ClassVar = FactKind.DOCUMENT_ADDED
    document: int
    segment: int
    digest: str
    bytes: int
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class DocumentRemoved(Payload):
    """It is shown no more, nor are its earlier versions; the content stays kept."""

    kind: ClassVar = FactKind.DOCUMENT_REMOVED
    document: int
    reason: str
