"""What facts say of merge plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class MergeAccepted(Payload):
    """A row of a merge plan was accepted: ``merged`` meetings became items of the meeting this is said of.

    ``saved`` attendances were promised.
    """

    kind: ClassVar = FactKind.MERGE_ACCEPTED
    row: int
    merged: tuple[int, ...]
    saved: int
